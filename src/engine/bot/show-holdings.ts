import { averagePx } from '../../domain/position/position.ts'
import type { HeldPosition, PositionView } from '../../domain/strategy/strategy.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { NOTHING_HELD, type LaneBook } from './lane-book.ts'

/** What a lane's strategy is shown of the account. Allocates nothing while nothing is held. */
export function showHoldings(ctx: BotContext, book: BotBook, lane: LaneBook): PositionView {
  const { view } = lane
  const own = book.positionOf(lane.instrument.symbol)
  view.quantity = own.quantity
  view.avgPx = averagePx(own)
  view.openedAt = own.trip?.entryTime
  view.entryPending = book.opens.size > 0 && isEntryPending(ctx, book)
  view.tradesToday = lane.day.tradesOpened
  view.held = book.holding ? heldIn(ctx, book) : NOTHING_HELD
  return view
}

function isEntryPending(ctx: BotContext, book: BotBook): boolean {
  for (const { order, cumQty } of book.opens.values())
    if (order.purpose === 'entry' && cumQty < order.quantity && ctx.laneOf(order.symbol).lane === ctx.lane) return true
  return false
}

function heldIn(ctx: BotContext, book: BotBook): readonly HeldPosition[] {
  const held: HeldPosition[] = []
  for (const position of book.positions.values()) {
    const { symbol, quantity, trip } = position
    if (ctx.laneOf(symbol).lane !== ctx.lane) continue
    held.push({ symbol, quantity, avgPx: averagePx(position), markPx: ctx.markOf(symbol), openedAt: trip?.entryTime })
  }
  // The same for the same holdings, whatever order they came in: a restart loads them in another.
  return held.length < 2 ? held : held.sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
}
