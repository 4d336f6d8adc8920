import { paperFillId, type PaperOrder } from '../../domain/broker/paper-books.ts'
import { cashChange } from '../../domain/ledger/post-fill.ts'
import { signOf, type Fill } from '../../domain/order/order.ts'
import { changeHolding } from '../../domain/position/holding.ts'
import { lots, ticks } from '../../domain/units/units.ts'
import { marketTime, type Market, type WorkingOrder } from './market.ts'
import { areSiblings, endOrder, isLimited, isOpenAtVenue, reportOf, tidy } from './order-state.ts'
import type { Venue } from './venue.ts'
import type { Tape } from './tape.ts'

/** Lots the bar still has for this account. */
export type Room = { lots: number }

/**
 * Fills what the bar allows of an order at a price.
 *
 * @param px before slippage and spread, which only what has no limit pays
 * @returns false when nothing could be filled
 */
export function fillOrder(
  venue: Venue,
  market: Market,
  tape: Tape,
  order: WorkingOrder,
  px: number,
  room: Room,
): boolean {
  const sign = signOf(order.side)
  const most = order.purpose === 'entry' ? Number.POSITIVE_INFINITY : Math.max(0, -sign * market.holding.quantity)
  const quantity = Math.min(order.quantity - order.cumQty, room.lots, most)
  if (quantity <= 0) return false
  room.lots -= quantity
  const price = isLimited(order) ? px : pxWithCosts(venue, market, order, px)
  bookFill(venue, market, tape, order, { quantity, price, commission: venue.terms.commissionMinorPerLot * quantity })
  return true
}

/** What an order without a limit pays: the slippage, and half the spread of an option. Never below 0 for an option. */
export function pxWithCosts({ terms }: Venue, market: Market, { side }: PaperOrder, px: number): number {
  const slipped = px + signOf(side) * terms.slippageTicks
  if (!market.underlying || !terms.options) return slipped
  const { bid, ask } = spreadAround(slipped, terms.options.spreadTicks)
  return side === 'buy' ? ask : bid
}

/** Bid and ask around a price, the odd tick of the spread on the ask; a bid is never below 0. */
export function spreadAround(px: number, spreadTicks: number): Readonly<{ bid: number; ask: number }> {
  return { bid: Math.max(0, px - Math.floor(spreadTicks / 2)), ask: px + Math.ceil(spreadTicks / 2) }
}

/** Books a fill in the market, and tells it, with all it does to other orders. */
export function bookFill(
  venue: Venue,
  market: Market,
  tape: Tape,
  order: WorkingOrder,
  done: Readonly<{ quantity: number; price: number; commission: number }>,
): void {
  order.cumQty += done.quantity
  order.status = order.cumQty === order.quantity ? 'filled' : 'partially-filled'
  order.at = marketTime(market)
  const fill = settleFill(venue, market, order, done)
  tape.fills.push({ seq: venue.lastFillSeq, fill })
  tape.touched.add(order)
  tape.markets.add(market)
  tape.reports.push({ order: reportOf(order), fill })
  if (order.purpose === 'entry') growLegs(market, tape, order, done.quantity)
  shrinkSiblings(market, tape, order, done.quantity)
  tidy(market, tape, order)
}

function settleFill(
  venue: Venue,
  market: Market,
  order: WorkingOrder,
  { quantity, price, commission }: Readonly<{ quantity: number; price: number; commission: number }>,
): Fill {
  const { instrument, holding } = market
  if (!instrument) throw new Error(`${market.symbol} was filled, and nobody knows what it is`)
  const step = changeHolding(holding, signOf(order.side) * quantity, ticks(price))
  venue.lastFillSeq++
  market.cash += cashChange(instrument, holding, step, commission)
  market.settled += step.realized * instrument.tickValue - commission
  market.holding = step.after
  return {
    fillId: paperFillId(venue.lastFillSeq),
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    quantity: lots(quantity),
    price: ticks(price),
    commission,
    at: order.at,
  }
}

/** Legs protect exactly what their entry has filled. */
function growLegs(market: Market, tape: Tape, entry: WorkingOrder, filled: number): void {
  for (const leg of market.orders) {
    if (leg.parent !== entry.clientOrderId || !isOpenAtVenue(leg)) continue
    leg.quantity += filled
    leg.held = false
    tape.touched.add(leg)
  }
}

/** One of two has filled: the other has that much less to do, and the rest of a bracket's entry is no longer wanted. */
function shrinkSiblings(market: Market, tape: Tape, order: WorkingOrder, filled: number): void {
  for (const other of market.orders) {
    if (!isOpenAtVenue(other) || !areSiblings(order, other)) continue
    other.quantity = Math.max(other.cumQty, other.quantity - filled)
    tape.touched.add(other)
    if (other.quantity === other.cumQty) endOrder(market, tape, other, 'canceled', `its ${order.purpose} filled`)
  }
  if (order.parent === undefined) return
  for (const entry of market.orders)
    if (entry.clientOrderId === order.parent)
      endOrder(market, tape, entry, 'canceled', `its ${order.purpose} was reached`)
}

/**
 * The stop price was reached. What protects ends its other here, even if there is no room to fill yet: a bar that
 * reaches both counts as the stop.
 */
export function electStop(market: Market, tape: Tape, order: WorkingOrder): void {
  order.elected = true
  tape.touched.add(order)
  if (order.purpose === 'entry') return
  for (const other of market.orders)
    if (areSiblings(order, other) || other.clientOrderId === order.parent)
      endOrder(market, tape, other, 'canceled', 'its stop was reached')
}
