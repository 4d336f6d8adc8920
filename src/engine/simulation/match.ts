import { paperFillId } from '../../domain/broker/paper-books.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { cashChange } from '../../domain/ledger/post-fill.ts'
import { changeHolding } from '../../domain/position/holding.ts'
import { signOf, type Fill } from '../../domain/order/order.ts'
import { lots, ticks } from '../../domain/units/units.ts'
import {
  endOrder,
  isEmpty,
  isOpenAtVenue,
  newTape,
  reportOf,
  settleVenue,
  venueTime,
  type Tape,
  type Venue,
  type WorkingOrder,
} from './venue.ts'

/**
 * Matches the working orders against one bar.
 *
 * Rules, in the order they apply:
 * 1. Outside sessions the venue is closed. When the session changes or ends, day orders of the old one expire.
 * 2. At the open: market orders, stops and limits the open has already passed (gaps) fill at the open.
 * 3. Inside the bar: entries first, then stops, then targets and other exits. So a bar that reaches both a stop and a
 *    target counts as the stop.
 * 4. A bracket's legs work from the moment of the entry's fill. After a fill at the open they see the whole bar. After
 *    a fill inside it the worst is assumed of what is not known: the adverse extreme came after the fill, and the
 *    favourable one did too only where the path proves it (beyond an entry stop), else the close is the best price.
 * 5. Market and elected stop orders lose `slippageTicks`; limits never do. A stop-limit is a limit once elected.
 * 6. All fills of a bar together take at most `volumeShareBps` of its volume, but at least one lot may fill, or exits
 *    could starve in a thin market; a bar without volume does not limit.
 * 7. Whatever is not an entry only reduces: it is cut to the position and canceled when there is nothing to reduce. An
 *    entry's rest is canceled when its stop or target begins to fill or its position is closed.
 *
 * Deterministic and synchronous; allocates nothing when nothing happens.
 *
 * @param sessionDate exchange's date of the session the bar is in, undefined outside sessions
 * @returns what happened, undefined when nothing did or the bar was matched before
 */
export function matchBar(venue: Venue, bar: Bar, sessionDate: string | undefined): Tape | undefined {
  if (bar.time <= venue.clock) return undefined
  venue.clock = bar.time
  if (sessionDate !== venue.session) return turnSession(venue, bar, sessionDate)
  if (sessionDate === undefined) return undefined
  if (bar.low > venue.wakeBelow && bar.high < venue.wakeAbove) return undefined
  const tape = newTape()
  matchOrders(venue, tape, bar)
  return isEmpty(tape) ? undefined : tape
}

/** A new session is always told, so that its date is durable: day orders depend on it. */
function turnSession(venue: Venue, bar: Bar, sessionDate: string | undefined): Tape {
  venue.session = sessionDate
  const tape = newTape()
  for (const order of venue.orders) {
    if (order.timeInForce !== 'day' || order.symbol !== venue.instrument.symbol) continue
    if (order.session !== undefined) endOrder(venue, tape, order, 'expired', 'its session ended')
    else if (sessionDate !== undefined) {
      order.session = sessionDate
      tape.touched.add(order)
    }
  }
  tidy(venue, tape, undefined)
  settleVenue(venue)
  if (sessionDate !== undefined && !(bar.low > venue.wakeBelow && bar.high < venue.wakeAbove))
    matchOrders(venue, tape, bar)
  return tape
}

/** Lots the bar still has for this account. */
type Room = { lots: number }

function matchOrders(venue: Venue, tape: Tape, bar: Bar): void {
  const room = { lots: roomOf(bar, venue.terms.volumeShareBps) }
  for (const order of venue.orders) see(order, bar.open, bar.high, bar.low)
  for (const order of venue.orders) if (mayTrade(venue, order)) fillAtOpen(venue, tape, bar, order, room)
  for (const order of venue.orders)
    if (order.purpose === 'entry' && mayTrade(venue, order)) fillInside(venue, tape, bar, order, room)
  for (const order of venue.orders)
    if (order.purpose !== 'entry' && waitsForStop(order) && mayTrade(venue, order))
      fillInside(venue, tape, bar, order, room)
  for (const order of venue.orders)
    if (order.purpose !== 'entry' && mayTrade(venue, order)) fillInside(venue, tape, bar, order, room)
  settleVenue(venue)
}

function roomOf(bar: Bar, volumeShareBps: number): number {
  if (!(bar.volume > 0)) return Number.POSITIVE_INFINITY
  return Math.max(1, Math.floor((bar.volume * volumeShareBps) / 10_000))
}

function see(order: WorkingOrder, from: number, high: number, low: number): void {
  order.from = from
  order.high = high
  order.low = low
}

function isLive(venue: Venue, order: WorkingOrder): boolean {
  return !order.held && isOpenAtVenue(order) && order.symbol === venue.instrument.symbol
}

/** An order that only reduces sleeps while there is nothing to reduce: a stop must not be used up on nothing. */
function mayTrade(venue: Venue, order: WorkingOrder): boolean {
  return isLive(venue, order) && (order.purpose === 'entry' || canReduce(venue, order))
}

function canReduce(venue: Venue, order: WorkingOrder): boolean {
  return venue.holding.quantity * signOf(order.side) < 0
}

function waitsForStop(order: WorkingOrder): boolean {
  return !order.elected && (order.kind === 'stop' || order.kind === 'stop-limit')
}

function fillAtOpen(venue: Venue, tape: Tape, bar: Bar, order: WorkingOrder, room: Room): void {
  const buys = order.side === 'buy'
  if (waitsForStop(order)) {
    if (buys ? bar.open < order.stopPx : bar.open > order.stopPx) return
    elect(venue, tape, order)
  }
  const limited = order.kind === 'limit' || order.kind === 'stop-limit'
  if (limited && (buys ? bar.open > order.limitPx : bar.open < order.limitPx)) return
  execute(venue, tape, order, bar.open, limited, room)
  if (order.cumQty > 0) showLegs(venue, order, bar.open, bar.high, bar.low)
}

function fillInside(venue: Venue, tape: Tape, bar: Bar, order: WorkingOrder, room: Room): void {
  const buys = order.side === 'buy'
  if (waitsForStop(order)) {
    if (buys ? order.high < order.stopPx : order.low > order.stopPx) return
    elect(venue, tape, order)
    const px = buys ? Math.max(order.stopPx, order.from) : Math.min(order.stopPx, order.from)
    if (order.kind === 'stop-limit' && (buys ? px > order.limitPx : px < order.limitPx)) {
      // The limit is behind the stop, and whether the price came back to it inside this bar is not known.
      see(order, px, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
      return
    }
    execute(venue, tape, order, px, order.kind === 'stop-limit', room)
    // From the open to an entry stop to the favourable extreme: the path proves that the extreme came after.
    showLegs(venue, order, px, bar.high, bar.low)
    return
  }
  if (order.kind !== 'limit' && order.kind !== 'stop-limit') return
  if (buys ? order.low > order.limitPx : order.high < order.limitPx) return
  const px = buys ? Math.min(order.limitPx, order.from) : Math.max(order.limitPx, order.from)
  if (!execute(venue, tape, order, px, true, room)) return
  if (buys) showLegs(venue, order, px, Math.max(px, bar.close), bar.low)
  else showLegs(venue, order, px, bar.high, Math.min(px, bar.close))
}

function showLegs(venue: Venue, entry: WorkingOrder, from: number, high: number, low: number): void {
  for (const leg of venue.orders) if (leg.parent === entry.clientOrderId) see(leg, from, high, low)
}

/** The stop price was reached. A bracket's stop ends its target here, even if there is no room to fill yet. */
function elect(venue: Venue, tape: Tape, order: WorkingOrder): void {
  order.elected = true
  tape.touched.add(order)
  if (order.parent !== undefined) endTrade(venue, tape, order, 'its stop was reached')
}

/** @returns false when nothing could be filled */
function execute(venue: Venue, tape: Tape, order: WorkingOrder, px: number, limited: boolean, room: Room): boolean {
  const sign = signOf(order.side)
  const reduces = order.purpose !== 'entry'
  const held = venue.holding.quantity
  const most = reduces ? Math.max(0, -sign * held) : Number.POSITIVE_INFINITY
  const quantity = Math.min(order.quantity - order.cumQty, room.lots, most)
  if (quantity <= 0) return false
  room.lots -= quantity
  order.cumQty += quantity
  order.status = order.cumQty === order.quantity ? 'filled' : 'partially-filled'
  order.at = venueTime(venue)
  const fill = settleFill(venue, order, quantity, limited ? px : px + sign * venue.terms.slippageTicks)
  tape.fills.push({ seq: venue.lastFillSeq, fill })
  tape.touched.add(order)
  tape.reports.push({ order: reportOf(order), fill })
  if (order.purpose === 'entry') growLegs(venue, tape, order, quantity)
  else if (order.parent !== undefined) shrinkTrade(venue, tape, order, quantity)
  tidy(venue, tape, order)
  return true
}

function settleFill(venue: Venue, order: WorkingOrder, quantity: number, price: number): Fill {
  const { instrument, holding, terms } = venue
  const commission = terms.commissionMinorPerLot * quantity
  const step = changeHolding(holding, signOf(order.side) * quantity, ticks(price))
  venue.lastFillSeq++
  venue.cash += cashChange(instrument, holding, step, commission)
  venue.settled += step.realized * instrument.tickValue - commission
  venue.holding = step.after
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
function growLegs(venue: Venue, tape: Tape, entry: WorkingOrder, filled: number): void {
  for (const leg of venue.orders) {
    if (leg.parent !== entry.clientOrderId || !isOpenAtVenue(leg)) continue
    leg.quantity += filled
    leg.held = false
    tape.touched.add(leg)
  }
}

/** One leg has filled: the other has that much less to do, and the entry's rest is no longer wanted. */
function shrinkTrade(venue: Venue, tape: Tape, leg: WorkingOrder, filled: number): void {
  for (const other of venue.orders) {
    if (other === leg || other.parent !== leg.parent || !isOpenAtVenue(other)) continue
    other.quantity -= filled
    tape.touched.add(other)
    if (other.quantity === other.cumQty) endOrder(venue, tape, other, 'canceled', `its ${leg.purpose} filled`)
  }
  for (const entry of venue.orders)
    if (entry.clientOrderId === leg.parent) endOrder(venue, tape, entry, 'canceled', `its ${leg.purpose} was reached`)
}

function endTrade(venue: Venue, tape: Tape, stop: WorkingOrder, reason: string): void {
  for (const order of venue.orders)
    if ((order !== stop && order.parent === stop.parent) || order.clientOrderId === stop.parent)
      endOrder(venue, tape, order, 'canceled', reason)
}

/**
 * Cancels what has lost its purpose: the rest of an entry whose position was closed, and orders that could only enlarge
 * the position. Legs of an entry that still works wait for it.
 */
export function tidy(venue: Venue, tape: Tape, cause: WorkingOrder | undefined): void {
  const held = venue.holding.quantity
  const { symbol } = venue.instrument
  const closed = held === 0 && cause !== undefined
  if (closed)
    for (const order of venue.orders)
      if (order !== cause && order.purpose === 'entry' && order.cumQty > 0 && order.symbol === symbol)
        endOrder(venue, tape, order, 'canceled', 'its position was closed')
  for (const order of venue.orders) {
    if (order.purpose === 'entry' || !isLive(venue, order) || canReduce(venue, order)) continue
    const entry = order.parent === undefined ? undefined : venue.orders.find((o) => o.clientOrderId === order.parent)
    if (entry && isOpenAtVenue(entry)) continue
    endOrder(venue, tape, order, 'canceled', held === 0 ? 'the position was closed' : 'there is nothing to reduce')
  }
}
