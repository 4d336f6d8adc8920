import type { CancelSignal } from '../cancel/cancel-signal.ts'
import type { Refusal } from '../failure/refusal.ts'
import type { ShapeAnswer, ShapeQuestion } from './assess-shape.ts'
import type { ImpliedVolatility } from './implied-volatility.ts'
import type { OptionQuestion, OptionValue } from './option-pricing.ts'

/**
 * Why option mathematics gave no answer. What was to be decided with it is a HOLD with this code as its reason; nothing
 * else of the bot is touched.
 */
export type PricingFailureCode =
  /** No answer in time. */
  | 'pricing-timeout'
  /** The service ended while it was asked, or could not be started. */
  | 'pricing-crashed'
  /** It answered what cannot be: no number, a price beyond the no-arbitrage bounds, a question nobody asked. */
  | 'pricing-garbage'
  /** More was asked at once than it takes. */
  | 'pricing-busy'
  /** It failed a moment ago and has not come back yet. */
  | 'pricing-unavailable'
  /** Whoever asked no longer wants to know, or the bot is ending. */
  | 'pricing-canceled'

/** A failure as the reason of a decision: a stable code and a sentence. */
export type PricingFailure = Readonly<{ code: PricingFailureCode; text: string }>

/** The answer, or the reason for HOLD. */
export type PricingReply<T> = Readonly<{ ok: true; value: T }> | Readonly<{ ok: false; reason: PricingFailure }>

/** The answer to one question of several. A question that cannot be answered refuses itself, not its neighbours. */
export type EachPricing<T> = Readonly<{ kind: 'priced'; value: T }> | Readonly<{ kind: 'refused'; refusal: Refusal }>

export type ImpliedVolatilityQuestion = Readonly<{ option: OptionQuestion; price: number }>

/** Most questions that may be asked together. */
export const MOST_PRICED_TOGETHER = 1_000

/**
 * Option mathematics as the bot sees it: always a reply, always in time, never an exception for what mathematics or a
 * process can do to us. Answers are in the order of the questions.
 *
 * More than `MOST_PRICED_TOGETHER` at once is a bug of the caller. @throws {RangeError} then, and only then
 */
export interface OptionPricing {
  price(
    questions: readonly OptionQuestion[],
    signal?: CancelSignal,
  ): Promise<PricingReply<readonly EachPricing<OptionValue>[]>>
  impliedVolatility(
    questions: readonly ImpliedVolatilityQuestion[],
    signal?: CancelSignal,
  ): Promise<PricingReply<readonly EachPricing<ImpliedVolatility>[]>>
  /** Whether legs are the position they are meant to be, and what it can win, lose and needs. */
  checkShape(question: ShapeQuestion, signal?: CancelSignal): Promise<PricingReply<ShapeAnswer>>
}
