import { RATE_SUBJECTS, type RateAsk } from '../../src/domain/rate/rate-limiter.ts'
import type { RateBudgets } from '../../src/domain/rate/budgets.ts'
import type { RateRule } from '../../src/domain/rate/sliding-window.ts'

/** The same rule for every budget. */
export function budgetsOf(rule: RateRule): RateBudgets {
  return Object.fromEntries(RATE_SUBJECTS.map((subject) => [subject, rule])) as RateBudgets
}

export const licence = (key: string): RateAsk => ({ subject: 'licence', key })
export const address = (key: string): RateAsk => ({ subject: 'address', key })

/** Most of these times that lie within any span of that length. */
export function mostWithin(times: readonly number[], span: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  let [first, most] = [0, 0]
  for (const [at, time] of sorted.entries()) {
    while (sorted[first]! <= time - span) first++
    most = Math.max(most, at - first + 1)
  }
  return most
}
