import type { Bar } from '../market/bar.ts'
import { signOf, type Side } from '../order/order.ts'
import type { Ticks } from '../units/units.ts'

/**
 * How a trade has gone since it was opened, bar by bar. One object, refilled; plain numbers, so that it can be kept with
 * the place in the feed.
 */
export type HeldTrade = {
  readonly tradeId: string
  /** Who opened it: the account may have another strategy by the time it ends. */
  readonly strategyId: string
  /** Bars seen while it was held, the one it was opened in counted in. */
  bars: number
  /** Highest and lowest price of those bars, ticks. */
  high: Ticks
  low: Ticks
}

/** A trade in its first bar. */
export function heldSince(tradeId: string, strategyId: string, { high, low }: Readonly<Bar>): HeldTrade {
  return { tradeId, strategyId, bars: 1, high, low }
}

/** One more bar. Allocates nothing. */
export function holdThrough(trade: HeldTrade, { high, low }: Readonly<Bar>): void {
  trade.bars++
  if (high > trade.high) trade.high = high
  if (low < trade.low) trade.low = low
}

/** The farthest prices for and against a trade, as distances from its entry, ticks; `against` is 0 or negative. */
export type Excursion = Readonly<{ best: number; worst: number }>

/**
 * Both come from whole bars and from the price it was closed at: what the last bar did after that was not ours.
 *
 * @param entryPx, exitPx average prices, ticks, fractional
 */
export function excursionOf(side: Side, held: HeldTrade, entryPx: number, exitPx: number): Excursion {
  const sign = signOf(side)
  const [up, down] = [Math.max(held.high, exitPx) - entryPx, Math.min(held.low, exitPx) - entryPx]
  const [best, worst] = sign > 0 ? [up, down] : [-down, -up]
  return { best: Math.max(0, best), worst: Math.min(0, worst) }
}
