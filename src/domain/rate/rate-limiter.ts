/** Whose requests are counted together. */
export const RATE_SUBJECTS = ['licence', 'user', 'address', 'admin', 'stranger', 'probe', 'page'] as const
export type RateSubject = (typeof RATE_SUBJECTS)[number]

/** One budget that a request is taken from. */
export type RateAsk = Readonly<{ subject: RateSubject; key: string }>

export type RateVerdict = Readonly<{
  allowed: boolean
  /** Of the budget that is nearest to its end, this request already taken off. */
  remaining: number
  /** Whole seconds, rounded up: then one request fits. 0 where it is allowed. */
  retryAfterSeconds: number
  /** The budget that turned it away. */
  refusedBy: RateAsk | undefined
}>

/** Lets a request in, or says when to come again. It never fails: whoever cannot ask the others decides by itself. */
export interface RateLimiter {
  /** Takes one request from all of the budgets, or from none of them. Whoever decides alone does so at once. */
  take(asks: readonly RateAsk[]): RateVerdict | Promise<RateVerdict>
}

/** Where no budget is asked for. */
export const UNLIMITED: RateVerdict = {
  allowed: true,
  remaining: Number.MAX_SAFE_INTEGER,
  retryAfterSeconds: 0,
  refusedBy: undefined,
}
