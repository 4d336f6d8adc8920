import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capShares } from '../../../src/domain/pool/cap-shares.ts'
import { confidenceOf } from '../../../src/domain/pool/confidence-of.ts'
import { namesOf, scaleOf, standardise } from '../../../src/domain/pool/feature-scale.ts'
import { tricube } from '../../../src/domain/pool/kernel.ts'
import { weightedMedian } from '../../../src/domain/pool/weighted-median.ts'
import { effectiveSize, wilsonLowerBound } from '../../../src/domain/pool/wilson.ts'

const masses = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true })), {
  minLength: 1,
  maxLength: 40,
})

describe("Wilson's lower bound", () => {
  it('is what the published formula gives', () => {
    // 40 of 50 at one-sided 90 %, and 5 of 10 at 95 % two-sided: values of statsmodels' proportion_confint.
    expect(wilsonLowerBound(0.8, 50)).toBeCloseTo(0.7186, 3)
    expect(wilsonLowerBound(0.5, 10, 1.959_963_985)).toBeCloseTo(0.2366, 4)
  })

  it('is never above the rate, and nearer to it the more there are', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 1e5, noNaN: true }),
        (rate, n) => {
          const bound = wilsonLowerBound(rate, n)
          expect(bound).toBeGreaterThanOrEqual(0)
          expect(bound).toBeLessThanOrEqual(rate + 1e-12)
          expect(wilsonLowerBound(rate, n * 2)).toBeGreaterThanOrEqual(bound - 1e-12)
        },
      ),
    )
  })
})

describe('confidence', () => {
  const estimate = (winRate: number, size: number, win = 1, loss = 1) => ({
    ...{ winRate, size, win, loss, meanR: 0, count: size },
  })

  it('is 0.5 where the lower bound is just what breaks even', () => {
    const bound = wilsonLowerBound(0.6, 40)
    const loss = bound / (1 - bound)
    expect(confidenceOf(estimate(0.6, 40, 1, loss))).toBeCloseTo(0.5, 10)
  })

  it('rises with the win rate, with the sample, and with what a win is worth', () => {
    const base = confidenceOf(estimate(0.5, 40))
    expect(confidenceOf(estimate(0.6, 40))).toBeGreaterThan(base)
    expect(confidenceOf(estimate(0.5, 400))).toBeGreaterThan(base)
    expect(confidenceOf(estimate(0.5, 40, 2))).toBeGreaterThan(base)
  })

  it('stays within 0 and 1 whatever comes', () => {
    const rate = fc.double({ min: 0, max: 1, noNaN: true })
    const size = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
    const money = fc.double({ min: 0, max: 20, noNaN: true })
    fc.assert(
      fc.property(rate, size, money, money, (p, n, win, loss) => {
        const value = confidenceOf(estimate(p, n, win + 1e-9, loss + 1e-9))
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('a share', () => {
  it('is never more than allowed where enough voices are there', () => {
    fc.assert(
      fc.property(masses, fc.double({ min: 0.05, max: 1, noNaN: true }), (given, share) => {
        const factors = capShares(given, share)
        const left = given.map((mass, index) => mass * factors[index]!)
        const total = left.reduce((sum, mass) => sum + mass, 0)
        const voices = given.filter((mass) => mass > 0).length
        for (const [index, mass] of left.entries()) {
          expect(mass).toBeLessThanOrEqual(given[index]! * (1 + 1e-9))
          if (voices * share > 1) expect(mass).toBeLessThanOrEqual(share * total * (1 + 1e-6) + 1e-9)
          else if (voices > 1 && given[index]! > 0) expect(mass).toBeLessThanOrEqual((total / voices) * (1 + 1e-6))
        }
      }),
    )
  })

  it('of 0.2 cuts the one that has most, and leaves the others as they are', () => {
    expect(capShares([6, 1, 1, 1, 1, 1, 1], 0.25)).toEqual([2 / 6, 1, 1, 1, 1, 1, 1])
    expect(capShares([3, 3, 3, 3, 3], 0.25)).toEqual([1, 1, 1, 1, 1])
  })
})

describe('a weighted median', () => {
  it('is among the values of the larger half, whatever the smaller half says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 6, maxLength: 30 }),
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 5 }),
        (honest, liars) => {
          const values = [...honest, ...liars]
          const median = weightedMedian(
            values,
            values.map(() => 1),
          )
          expect(median).toBeGreaterThanOrEqual(Math.min(...honest))
          expect(median).toBeLessThanOrEqual(Math.max(...honest))
        },
      ),
    )
  })

  it('of equal weights is the middle, or halfway between the two in the middle', () => {
    expect(weightedMedian([3, 1, 2], [1, 1, 1])).toBe(2)
    expect(weightedMedian([4, 1, 2, 3], [1, 1, 1, 1])).toBe(2.5)
    expect(weightedMedian([7], [0.1])).toBe(7)
    expect(weightedMedian([0, 1], [3, 1])).toBeCloseTo(0.25, 12)
  })
})

describe('the kernel', () => {
  it('is 1 at the question and 0 at its reach', () => {
    expect([tricube(0, 2), tricube(1, 2), tricube(2, 2), tricube(3, 2), tricube(0, 0)]).toEqual([
      1,
      (7 / 8) ** 3,
      0,
      0,
      1,
    ])
    expect([effectiveSize(10, 10), effectiveSize(4, 8), effectiveSize(0, 0)]).toEqual([10, 2, 0])
  })
})

describe('a feature scale', () => {
  const column = (...values: number[]) => Float64Array.from(values)

  it('measures from the median in robust standard deviations, and no farther than twelve', () => {
    const scale = scaleOf(['a'], [column(1, 2, 3, 4, 1_000_000)])
    const into = new Float32Array(12)
    standardise(scale, { a: 3 + 1.482_602_218_505_602 }, into)
    expect(into[0]).toBeCloseTo(1, 6)
    standardise(scale, { a: -1e6 }, into)
    expect([...into]).toEqual([-12, ...Array<number>(11).fill(0)])
  })

  it('takes a missing feature for a usual one, and leaves out what never varies', () => {
    const scale = scaleOf(['a', 'b', 'flag'], [column(1, 2, 3), column(5, 5, 5), column(0, 0, 0, 0, 0, 0, 0, 1)])
    const into = new Float32Array(12)
    standardise(scale, { b: 9, flag: 1 }, into)
    expect(into[0]).toBe(0)
    expect(into[1]).toBe(0)
    expect(into[2]).toBeCloseTo(1 / Math.sqrt(7 / 64), 5)
  })

  it('takes the twelve names that most trades have, in an order that all agree on', () => {
    const counts = new Map(Array.from({ length: 20 }, (_, n) => [`f${String(n).padStart(2, '0')}`, n < 10 ? 5 : 3]))
    counts.set('most', 9)
    expect(namesOf(counts)).toEqual(['most', ...Array.from({ length: 10 }, (_, n) => `f0${n}`), 'f10'])
  })
})
