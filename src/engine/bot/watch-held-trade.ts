import { heldSince, holdThrough, type HeldTrade } from '../../domain/experience/held-trade.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import type { LaneBook } from './lane-book.ts'

/**
 * Notes one more bar of the open trade in a lane's instrument. Called at every bar while anything is held; allocates
 * only with the first bar of a trade.
 */
export function watchHeldTrade(ctx: BotContext, book: BotBook, lane: LaneBook, bar: Readonly<Bar>): void {
  const { trip } = book.positionOf(lane.instrument.symbol)
  if (!trip || trip.tradeId === lane.unwatched) return
  if (lane.held?.tradeId === trip.tradeId) holdThrough(lane.held, bar)
  else lane.held = heldSince(trip.tradeId, ctx.strategyId, bar)
}

/** How the trade that is open now has gone: what must outlive the bot. */
export function openHeld(book: BotBook, lane: LaneBook): HeldTrade | undefined {
  const { held } = lane
  return held && book.positionOf(lane.instrument.symbol).trip?.tradeId === held.tradeId ? held : undefined
}
