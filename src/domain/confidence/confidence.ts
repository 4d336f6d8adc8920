import type { CancelSignal } from '../cancel/cancel-signal.ts'
import type { TradingContext } from '../context/trading-context.ts'
import type { Side } from '../order/order.ts'

/** What the pool of experiences says of a setup. */
export type Confidence = Readonly<{
  /** 0..1; 0.5 where nothing is known. */
  value: number
  shouldTrade: boolean
  /** Multiplies the size; never above 1, so that shared learning can only shrink a decision. */
  sizeFactor: number
  sampleSize: number
  reason: string
}>

export type ConfidenceQuery = Readonly<{
  symbol: string
  side: Side
  features: Readonly<Record<string, number>>
}>

/** Port to the shared pool. Answers within its own budget; on any failure the answer is `NEUTRAL_CONFIDENCE`, with the reason. */
export interface ConfidenceSource {
  ask(context: TradingContext, query: ConfidenceQuery, signal: CancelSignal): Promise<Confidence>
}

/** Neither for nor against: size unchanged, trade allowed. */
export const NEUTRAL_CONFIDENCE: Confidence = Object.freeze({
  value: 0.5,
  shouldTrade: true,
  sizeFactor: 1,
  sampleSize: 0,
  reason: 'no shared experience asked: neutral',
})

/** The source of an installation without a pool. */
export const neutralConfidence: ConfidenceSource = { ask: () => Promise.resolve(NEUTRAL_CONFIDENCE) }
