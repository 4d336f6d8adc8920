import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import type { NewOrder } from '../../domain/order/order.ts'
import { clockOf, type Market } from './market.ts'
import { rowsOf } from './new-row.ts'
import { endOrder, reportOf, tidy } from './order-state.ts'
import { followPrice } from './trail-stop.ts'
import { reachMarket, working, type KnownOrders, type Venue } from './venue.ts'
import type { Tape } from './tape.ts'
import { settleTouched } from './wake.ts'
import { markOf } from './why-no-money.ts'
import { otherOf, whyRejected } from './why-rejected.ts'

/** What became of a new order: working, or why not. The rows of both are on the tape. */
export type Placement = Readonly<{ order: PaperOrder; rejected?: string }>

/**
 * Takes a new order: it works from the next bar on. A bracket's legs are known at once, held until the entry fills, and
 * good till canceled whatever the entry is: a stop that died with the day would leave the position naked.
 *
 * A trailing stop follows from the last price on, where there is one. An order whose other has filled in part is taken
 * for what that one left.
 *
 * A refused order is kept too, with its legs, so that the same id always gets the same answer.
 *
 */
export function placeOrder(venue: Venue, tape: Tape, order: NewOrder, known: KnownOrders): Placement {
  const rejected = whyRejected(venue, order, known)
  const market = reachMarket(venue, order.symbol) ?? venue.primary
  const rows = rowsOf(venue, market, order)
  const [entry] = rows
  tape.markets.add(market)
  if (rejected !== undefined) {
    for (const row of rows) {
      row.status = 'rejected'
      row.reason = rejected
    }
    tape.touched.add(entry)
    const taken = new Set([entry.clientOrderId])
    for (const leg of rows) {
      if (taken.has(leg.clientOrderId) || known.order(leg.clientOrderId)) continue
      taken.add(leg.clientOrderId)
      tape.touched.add(leg)
    }
    return { order: entry, rejected }
  }
  entry.quantity -= otherOf(order, known)?.cumQty ?? 0
  if (entry.kind === 'trailing-stop') startTrail(venue, market, entry)
  for (const row of rows) {
    const works = working(row)
    market.orders.push(works)
    tape.touched.add(works)
    if (row !== entry) tape.reports.push({ order: reportOf(row) })
  }
  settleTouched(tape)
  return { order: entry }
}

function startTrail(venue: Venue, market: Market, order: PaperOrder): void {
  const { last } = clockOf(market)
  if (!Number.isNaN(last)) followPrice(order, market.underlying ? markOf(venue, market) : last)
}

/** Cancels an order that may still fill; legs that wait for it go with it, and the other legs of a combo. */
export function cancelWorking(market: Market, tape: Tape, order: PaperOrder): void {
  endOrder(market, tape, order, 'canceled', 'canceled by the client')
  tidy(market, tape, undefined)
  settleTouched(tape)
}
