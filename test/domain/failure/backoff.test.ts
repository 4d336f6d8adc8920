import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterRepeat, afterSuccess, FULL_BUDGET, fullJitterMs, mayRepeat } from '../../../src/domain/failure/backoff.ts'

describe('the wait before the next try', () => {
  it('is anywhere between nothing and a bound that doubles, up to the longest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, random) => {
          const wait = fullJitterMs(failures, { baseMs: 100, capMs: 10_000 }, random)
          expect(wait).toBeGreaterThanOrEqual(0)
          expect(wait).toBeLessThanOrEqual(Math.min(10_000, 100 * 2 ** (failures - 1)))
        },
      ),
    )
    expect([1, 2, 3, 9].map((failures) => fullJitterMs(failures, { baseMs: 100, capMs: 10_000 }, 0.5))).toEqual([
      50, 100, 200, 5_000,
    ])
  })
})

describe('the budget of repeats', () => {
  it('is spent by repeats, earned back slowly by successes, and never more than full', () => {
    let budget = FULL_BUDGET
    for (let repeat = 0; repeat < 10; repeat++) {
      expect(mayRepeat(budget)).toBe(true)
      budget = afterRepeat(budget)
    }
    expect(mayRepeat(budget)).toBe(false)
    for (let success = 0; success < 5; success++) budget = afterSuccess(budget)
    expect(mayRepeat(budget)).toBe(true)
    for (let success = 0; success < 500; success++) budget = afterSuccess(budget)
    expect(budget).toEqual(FULL_BUDGET)
  })
})
