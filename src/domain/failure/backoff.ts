/** How long to wait between tries. All times are milliseconds. */
export type BackoffRules = Readonly<{ baseMs: number; capMs: number }>

/**
 * Wait before the next try, somewhere between nothing and a bound that doubles with each: many clients that failed
 * together must not come back together.
 *
 * @param failures tries that failed so far, 1 or more
 * @param random   0 ≤ random < 1
 * @see Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: full jitter
 */
export function fullJitterMs(failures: number, { baseMs, capMs }: BackoffRules, random: number): number {
  return Math.floor(random * Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 40)))
}

/**
 * How many repeats are still in order: each takes one, each call that succeeds gives a part of one back, so that repeats
 * stay a small share of all calls when most of them fail.
 */
export type RetryBudget = Readonly<{ left: number }>

/** Repeats that may be made at once, and what a success gives back. */
export const RETRY_BUDGET = { most: 10, perSuccess: 0.2 } as const

export const FULL_BUDGET: RetryBudget = { left: RETRY_BUDGET.most }

export function afterRepeat({ left }: RetryBudget): RetryBudget {
  return { left: Math.max(0, left - 1) }
}

export function afterSuccess({ left }: RetryBudget): RetryBudget {
  return { left: Math.min(RETRY_BUDGET.most, left + RETRY_BUDGET.perSuccess) }
}

export function mayRepeat({ left }: RetryBudget): boolean {
  return left >= 1
}
