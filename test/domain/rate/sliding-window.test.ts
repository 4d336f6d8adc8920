import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeWindow, type RateRule } from '../../../src/domain/rate/sliding-window.ts'

const HUNDRED_A_MINUTE: RateRule = { limit: 100, windowMs: 60_000 }

/** Asks at each of these times, keeps what is let in, and tells which. */
function admittedOf(times: readonly number[], rule: RateRule): number[] {
  let kept: number[] = []
  const admitted: number[] = []
  for (const now of times) {
    const verdict = judgeWindow(kept, now, rule)
    kept = kept.slice(verdict.expired)
    if (!verdict.allowed) continue
    kept.push(now)
    admitted.push(now)
  }
  return admitted
}

/** Most that lie within any half-open span of the window's length. */
function mostInAnyWindow(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length))
}

describe('a sliding window', () => {
  it('lets a hundred in and then nobody', () => {
    const admitted = admittedOf(
      Array.from({ length: 1_000 }, () => 5_000),
      HUNDRED_A_MINUTE,
    )
    expect(admitted).toHaveLength(100)
  })

  it('does not let twice the limit through around a full minute', () => {
    const around = Array.from({ length: 1_000 }, (_, at) => 59_000 + at * 2)
    expect(admittedOf(around, HUNDRED_A_MINUTE)).toHaveLength(100)
  })

  it('tells how many more fit', () => {
    expect(judgeWindow([], 0, HUNDRED_A_MINUTE)).toMatchObject({ allowed: true, remaining: 99 })
    expect(judgeWindow([1, 2, 3], 4, { limit: 4, windowMs: 10 })).toMatchObject({ allowed: true, remaining: 0 })
  })

  it('tells exactly when one will fit, and not a millisecond later', () => {
    const rule = { limit: 2, windowMs: 1_000 }
    const verdict = judgeWindow([100, 400], 600, rule)
    expect(verdict).toMatchObject({ allowed: false, retryAfterMs: 500 })
    expect(judgeWindow([100, 400], 1_099, rule).allowed).toBe(false)
    expect(judgeWindow([100, 400], 1_100, rule).allowed).toBe(true)
  })

  it('waits for as many as are too many, where the limit was lowered', () => {
    expect(judgeWindow([100, 200, 300, 400], 500, { limit: 2, windowMs: 1_000 }).retryAfterMs).toBe(800)
  })

  it('holds in every span, whenever they ask', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 200 }),
        (limit, windowMs, gaps) => {
          let now = 0
          const times = gaps.map((gap) => (now += gap))
          const admitted = admittedOf(times, { limit, windowMs })
          expect(mostInAnyWindow(admitted, windowMs)).toBeLessThanOrEqual(limit)
        },
      ),
    )
  })

  it('lets in whoever comes when he was told to', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }),
        (limit, windowMs, gaps) => {
          let now = 0
          const rule = { limit, windowMs }
          const kept = admittedOf(
            gaps.map((gap) => (now += gap)),
            rule,
          )
          const verdict = judgeWindow(kept, now, rule)
          if (verdict.allowed) return
          expect(judgeWindow(kept, now + verdict.retryAfterMs, rule).allowed).toBe(true)
          expect(judgeWindow(kept, now + verdict.retryAfterMs - 1, rule).allowed).toBe(false)
        },
      ),
    )
  })
})
