import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { thinCurve, type BalancePoint } from '../../../src/domain/chart/balance-curve.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const curveOf = (steps: readonly number[]): BalancePoint[] => {
  let balance = 0
  let peak = 0
  return steps.map((step, n) => {
    balance += step
    peak = Math.max(peak, balance)
    return { at: epochMs(n), balance, drawdown: balance - peak }
  })
}

describe('a thinned curve', () => {
  it('keeps ends, highest, lowest and deepest drawdown, in order, within the number asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 8, max: 60 }),
        (steps, most) => {
          const points = curveOf(steps)
          const thinned = thinCurve(points, most)
          expect(thinned.length).toBeLessThanOrEqual(most)
          expect([thinned[0], thinned.at(-1)]).toEqual([points[0], points.at(-1)])
          const of = (pick: (values: number[]) => number, by: 'balance' | 'drawdown') => [
            pick(points.map((point) => point[by])),
            pick(thinned.map((point) => point[by])),
          ]
          for (const [all, kept] of [
            of((values) => Math.max(...values), 'balance'),
            of((values) => Math.min(...values), 'balance'),
            of((values) => Math.min(...values), 'drawdown'),
          ])
            expect(kept).toBe(all)
          const times = thinned.map(({ at }) => at)
          expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
        },
      ),
    )
  })

  it('is the curve itself while that is short enough', () => {
    const points = curveOf([5, -3, 8])
    expect(thinCurve(points, 8)).toBe(points)
  })
})
