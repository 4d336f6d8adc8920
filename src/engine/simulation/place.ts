import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import {
  opposite,
  signOf,
  type Bracket,
  type ClientOrderId,
  type NewOrder,
  type OrderType,
  type Side,
} from '../../domain/order/order.ts'
import { endOrder, reportOf, settledOf, settleVenue, venueTime, working, type Tape, type Venue } from './venue.ts'
import { tidy } from './match.ts'

/** Longest client order id the venue keeps. */
const LONGEST_CLIENT_ID = 48

/** What became of a new order: working, or why not. The rows of both are on the tape. */
export type Placement = Readonly<{ order: PaperOrder; rejected?: string }>

/**
 * Takes a new order: it works from the next bar on. A bracket's legs are known at once, held until the entry fills, and
 * good till canceled whatever the entry is: a stop that died with the day would leave the position naked.
 *
 * A refused order is kept too, with its legs, so that the same id always gets the same answer.
 *
 * @param known tells whether the venue has ever seen an id
 */
export function placeOrder(
  venue: Venue,
  tape: Tape,
  order: NewOrder,
  known: (id: ClientOrderId) => boolean,
): Placement {
  const rejected = whyRejected(venue, order, known)
  const entry = rowOf(venue, order)
  const rows = [entry, ...(order.bracket ? legRows(venue, order, order.bracket) : [])]
  if (rejected !== undefined) {
    for (const row of rows) {
      row.status = 'rejected'
      row.reason = rejected
    }
    tape.touched.add(entry)
    const taken = new Set([entry.clientOrderId])
    for (const leg of rows) {
      if (taken.has(leg.clientOrderId) || known(leg.clientOrderId)) continue
      taken.add(leg.clientOrderId)
      tape.touched.add(leg)
    }
    return { order: entry, rejected }
  }
  for (const row of rows) {
    const works = working(row)
    venue.orders.push(works)
    tape.touched.add(works)
    if (row !== entry) tape.reports.push({ order: reportOf(row) })
  }
  settleVenue(venue)
  return { order: entry }
}

/** Cancels an order that may still fill; legs that wait for it go with it. */
export function cancelWorking(venue: Venue, tape: Tape, order: PaperOrder): void {
  endOrder(venue, tape, order, 'canceled', 'canceled by the client')
  tidy(venue, tape, undefined)
  settleVenue(venue)
}

/** Why the venue does not take an order; undefined when it does. */
function whyRejected(venue: Venue, order: NewOrder, known: (id: ClientOrderId) => boolean): string | undefined {
  const { symbol } = venue.instrument
  if (!isName(order.clientOrderId)) return `a client order id has 1 to ${LONGEST_CLIENT_ID} characters`
  if (order.symbol !== symbol) return `${order.symbol} is not traded here, only ${symbol} is`
  if (order.type.kind === 'trailing-stop') return 'this venue does not trail stops'
  if (!isPositive(order.quantity)) return `${order.quantity} lots can't be traded`
  for (const price of pricesOf(order)) if (!isPositive(price)) return `${price} ticks is no price`
  if (order.bracket) return whyBadBracket(order, order.bracket, known) ?? whyNoMoney(venue)
  if (order.purpose === 'entry') return whyNoMoney(venue)
  if (venue.holding.quantity * signOf(order.side) < 0) return undefined
  return `there is no position that a ${order.side} could reduce`
}

function whyBadBracket(
  order: NewOrder,
  { stop, target }: Bracket,
  known: (id: ClientOrderId) => boolean,
): string | undefined {
  if (order.purpose !== 'entry') return 'only an entry has a bracket'
  const ids = [order.clientOrderId, stop.clientOrderId, target.clientOrderId]
  if (new Set(ids).size < ids.length) return 'the orders of a bracket need three different ids'
  for (const id of [stop.clientOrderId, target.clientOrderId]) {
    if (!isName(id)) return `a client order id has 1 to ${LONGEST_CLIENT_ID} characters`
    if (known(id)) return `the id ${id} of a leg is already in use`
  }
  const sign = signOf(order.side)
  const entryPx = entryPriceOf(order.type)
  if (sign * (target.limitPx - stop.stopPx) <= 0)
    return `stop ${stop.stopPx} and target ${target.limitPx} are the wrong way round`
  if (entryPx === undefined) return undefined
  if (sign * (entryPx - stop.stopPx) <= 0) return `stop ${stop.stopPx} is on the wrong side of the entry at ${entryPx}`
  if (sign * (target.limitPx - entryPx) <= 0)
    return `target ${target.limitPx} is on the wrong side of the entry at ${entryPx}`
  return undefined
}

/** The venue lends without limit to whoever has anything left, and nothing to whoever has not: exits always pass. */
function whyNoMoney(venue: Venue): string | undefined {
  return settledOf(venue) > 0 ? undefined : 'the account has no money left'
}

function pricesOf({ type, bracket }: NewOrder): number[] {
  const prices: number[] = []
  if ('limitPx' in type) prices.push(type.limitPx)
  if ('stopPx' in type) prices.push(type.stopPx)
  if (bracket) prices.push(bracket.stop.stopPx, bracket.target.limitPx)
  return prices
}

function entryPriceOf(type: OrderType): number | undefined {
  if (type.kind === 'limit') return type.limitPx
  return 'stopPx' in type ? type.stopPx : undefined
}

function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0
}

function isName(id: string): boolean {
  return id.length > 0 && id.length <= LONGEST_CLIENT_ID
}

type Terms = Pick<PaperOrder, 'clientOrderId' | 'parent' | 'side' | 'kind' | 'timeInForce' | 'purpose' | 'quantity'> &
  Readonly<{ symbol: string; stopPx: number; limitPx: number; held: boolean }>

function rowOf(venue: Venue, order: NewOrder): PaperOrder {
  const { type } = order
  return newRow(venue, {
    clientOrderId: order.clientOrderId,
    parent: undefined,
    symbol: order.symbol,
    side: order.side,
    kind: type.kind,
    stopPx: 'stopPx' in type ? type.stopPx : 0,
    limitPx: 'limitPx' in type ? type.limitPx : 0,
    timeInForce: order.timeInForce,
    purpose: order.purpose,
    quantity: order.quantity,
    held: false,
  })
}

function legRows(venue: Venue, order: NewOrder, { stop, target }: Bracket): PaperOrder[] {
  const side: Side = opposite(order.side)
  const leg = {
    parent: order.clientOrderId,
    symbol: order.symbol,
    side,
    timeInForce: 'gtc',
    quantity: 0,
    held: true,
  } as const
  return [
    newRow(venue, { ...leg, ...stop, kind: 'stop', limitPx: 0, purpose: 'stop' }),
    newRow(venue, { ...leg, ...target, kind: 'limit', stopPx: 0, purpose: 'target' }),
  ]
}

function newRow(venue: Venue, terms: Terms): PaperOrder {
  venue.lastOrderSeq++
  return {
    ...terms,
    // A refused order may carry anything; the books keep whole numbers.
    quantity: Number.isSafeInteger(terms.quantity) ? terms.quantity : 0,
    stopPx: Number.isSafeInteger(terms.stopPx) ? terms.stopPx : 0,
    limitPx: Number.isSafeInteger(terms.limitPx) ? terms.limitPx : 0,
    seq: venue.lastOrderSeq,
    cumQty: 0,
    status: 'acknowledged',
    elected: false,
    session: terms.timeInForce === 'day' ? venue.session : undefined,
    reason: '',
    at: venueTime(venue),
  }
}
