import type { Bar } from '../../domain/market/bar.ts'
import { matchCombos } from './combo.ts'
import { isOfSession } from './day-order.ts'
import { settleExpired } from './expiry.ts'
import { electStop, fillOrder, type Room } from './fill-order.ts'
import { canReduce, type Market, type WorkingOrder } from './market.ts'
import { optionBar } from './option-bar.ts'
import { endOrder, isLimited, isOpenAtVenue, tidy, waitsForStop, wasSentBefore } from './order-state.ts'
import { followPrice } from './trail-stop.ts'
import type { Venue } from './venue.ts'
import { isEmpty, newTape, type Tape } from './tape.ts'
import { settleTouched } from './wake.ts'

/**
 * Matches the working orders of a market, and of the options and combos on it, against one bar.
 *
 * An order works from the first bar that begins after the latest one that any market had shown when it was sent.
 *
 * Rules, in the order they apply:
 * 1. Outside sessions the venue is closed. When the session changes or ends, day orders of the old one expire; those
 *    that came at its close, or later, are of the next one.
 * 2. At the open: market orders, stops and limits the open has already passed (gaps) fill at the open.
 * 3. Inside the bar: entries first, then stops, then targets and other exits. So a bar that reaches both a stop and a
 *    target counts as the stop.
 * 4. A bracket's legs work from the moment of the entry's fill. After a fill at the open they see the whole bar. After
 *    a fill inside it the worst is assumed of what is not known: the adverse extreme came after the fill, and the
 *    favourable one did too only where the path proves it (beyond an entry stop), else the close is the best price.
 * 5. Market and elected stop orders lose `slippageTicks`, and in an option half the spread; limits never do. A
 *    stop-limit is a limit once elected.
 * 6. All fills of a bar together take at most `volumeShareBps` of its volume, but at least one lot may fill, or exits
 *    could starve in a thin market; a bar without volume does not limit.
 * 7. Whatever is not an entry only reduces: it is cut to the position and canceled when there is nothing to reduce. An
 *    entry's rest is canceled when its stop or target begins to fill or its position is closed.
 * 8. A trailing stop follows the open, then stands where it is while the bar's adverse extreme is tried against it, and
 *    only then follows the favourable extreme. At the level that one raises it to, it fills in the same bar only where
 *    the close proves it: closing at or beyond the raised level, the price passed it after the extreme.
 * 9. Options have the bars of `optionBar`. Combos fill at an open, where alone all prices of one moment are known.
 *
 * Deterministic and synchronous; allocates nothing when nothing happens.
 *
 * @param sessionDate exchange's date of the session the bar is in, undefined outside sessions
 * @returns what happened, undefined when nothing did or the bar was matched before
 */
export function matchBar(venue: Venue, market: Market, bar: Bar, sessionDate: string | undefined): Tape | undefined {
  if (bar.time > venue.now) venue.now = bar.time
  if (bar.time <= market.clock) return undefined
  market.clock = bar.time
  if (sessionDate !== market.session) return turnSession(venue, market, bar, sessionDate)
  if (sessionDate === undefined) return market.options.length === 0 ? undefined : closedBar(venue, market, bar)
  if (bar.low > market.wakeBelow && bar.high < market.wakeAbove) {
    market.last = bar.close
    return undefined
  }
  const tape = newTape(market)
  if (market.options.length > 0) settleExpired(venue, market, tape, bar.time)
  matchMarket(venue, market, tape, bar)
  return isEmpty(tape) ? undefined : tape
}

/** Nothing is matched outside sessions, but options may expire there. */
function closedBar(venue: Venue, market: Market, bar: Bar): Tape | undefined {
  const tape = newTape(market)
  settleExpired(venue, market, tape, endOf(venue, bar))
  return isEmpty(tape) ? undefined : tape
}

/** End of a bar; its start where the length of a bar is not known. */
function endOf({ others }: Venue, bar: Bar): number {
  return bar.time + (others.barMs ?? 0)
}

/** A new session is always told, so that its date is durable: day orders depend on it. */
function turnSession(venue: Venue, market: Market, bar: Bar, sessionDate: string | undefined): Tape {
  const tape = newTape(market)
  settleExpired(venue, market, tape, sessionDate === undefined ? endOf(venue, bar) : bar.time)
  market.session = sessionDate
  for (const one of [market, ...market.options]) {
    expireDayOrders(one, tape, sessionDate)
    tidy(one, tape, undefined)
  }
  settleTouched(tape)
  if (sessionDate === undefined) return tape
  if (bar.low > market.wakeBelow && bar.high < market.wakeAbove) market.last = bar.close
  else matchMarket(venue, market, tape, bar)
  return tape
}

function expireDayOrders(market: Market, tape: Tape, sessionDate: string | undefined): void {
  for (const order of market.orders) {
    if (order.timeInForce !== 'day') continue
    if (order.session !== undefined) endOrder(market, tape, order, 'expired', 'its session ended')
    else if (sessionDate !== undefined) {
      order.session = sessionDate
      tape.touched.add(order)
    }
  }
}

function matchMarket(venue: Venue, market: Market, tape: Tape, bar: Bar): void {
  const room = { lots: roomOf(bar, venue.terms.volumeShareBps) }
  if (market.combos.length > 0) matchCombos(venue, market, tape, bar, room)
  matchOrders(venue, market, tape, bar, room)
  for (const option of [...market.options]) matchOption(venue, market, option, tape, bar)
  market.last = bar.close
  settleTouched(tape)
  // The bar that ends with the session is the last one before the expiry.
  if (market.options.length > 0) settleExpired(venue, market, tape, endOf(venue, bar))
}

/** Prices an option only where something in it could fill. */
function matchOption(venue: Venue, underlying: Market, option: Market, tape: Tape, bar: Bar): void {
  const { options } = venue.terms
  if (!options || !option.instrument || !underlying.instrument) return
  if (!option.orders.some(({ combo }) => combo === undefined)) return
  const priced = optionBar(option.instrument, underlying.instrument, bar, option.expiresAt, options)
  matchOrders(venue, option, tape, priced, { lots: Number.POSITIVE_INFINITY })
  if (option.orders.some((order) => tape.touched.has(order))) tape.markets.add(option)
}

function roomOf(bar: Bar, volumeShareBps: number): number {
  if (!(bar.volume > 0)) return Number.POSITIVE_INFINITY
  return Math.max(1, Math.floor((bar.volume * volumeShareBps) / 10_000))
}

function matchOrders(venue: Venue, market: Market, tape: Tape, bar: Bar, room: Room): void {
  const { orders } = market
  for (const order of orders) see(order, bar.open, bar.high, bar.low)
  for (const order of orders) if (mayTrade(market, order, bar)) fillAtOpen(venue, market, tape, bar, order, room)
  for (const order of orders)
    if (order.purpose === 'entry' && mayTrade(market, order, bar)) fillInside(venue, market, tape, bar, order, room)
  for (const order of orders)
    if (order.purpose !== 'entry' && waitsForStop(order) && mayTrade(market, order, bar))
      fillInside(venue, market, tape, bar, order, room)
  for (const order of orders)
    if (order.purpose !== 'entry' && !waitsForStop(order) && mayTrade(market, order, bar))
      fillInside(venue, market, tape, bar, order, room)
}

function see(order: WorkingOrder, from: number, high: number, low: number): void {
  order.from = from
  order.high = high
  order.low = low
}

/**
 * An order that only reduces sleeps while there is nothing to reduce: a stop must not be used up on nothing. One that was
 * sent when this bar had ended already, because another market's of the same time came first, waits for the next.
 */
function mayTrade(market: Market, order: WorkingOrder, bar: Bar): boolean {
  if (order.held || order.combo !== undefined || !isOpenAtVenue(order) || !wasSentBefore(order, bar)) return false
  if (!isOfSession(order, market)) return false
  return order.purpose === 'entry' || canReduce(market, order.side)
}

function fillAtOpen(venue: Venue, market: Market, tape: Tape, bar: Bar, order: WorkingOrder, room: Room): void {
  const buys = order.side === 'buy'
  if (waitsForStop(order)) {
    const unseen = order.kind === 'trailing-stop' && order.bestPx === undefined
    if (unseen || (buys ? bar.open < order.stopPx : bar.open > order.stopPx)) {
      if (followPrice(order, bar.open)) tape.touched.add(order)
      return
    }
    electStop(market, tape, order)
  }
  if (isLimited(order) && (buys ? bar.open > order.limitPx : bar.open < order.limitPx)) return
  fillOrder(venue, market, tape, order, bar.open, room)
  if (order.cumQty > 0) showLegs(market, order, bar.open, bar.high, bar.low)
}

function fillInside(venue: Venue, market: Market, tape: Tape, bar: Bar, order: WorkingOrder, room: Room): void {
  const buys = order.side === 'buy'
  if (waitsForStop(order)) {
    const reached = buys ? order.high >= order.stopPx : order.low <= order.stopPx
    if (!reached && !trailPast(order, tape, bar)) return
    electStop(market, tape, order)
    // A trail that was raised first was passed on the way back to the close, whatever the bar began with.
    const from = reached ? order.from : order.stopPx
    const px = buys ? Math.max(order.stopPx, from) : Math.min(order.stopPx, from)
    if (order.kind === 'stop-limit' && (buys ? px > order.limitPx : px < order.limitPx)) {
      // The limit is behind the stop, and whether the price came back to it inside this bar is not known.
      see(order, px, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
      return
    }
    fillOrder(venue, market, tape, order, px, room)
    // From the open to an entry stop to the favourable extreme: the path proves that the extreme came after.
    if (reached) showLegs(market, order, px, bar.high, bar.low)
    else showWorst(market, order, px, bar)
    return
  }
  if (!isLimited(order)) return
  if (buys ? order.low > order.limitPx : order.high < order.limitPx) return
  const px = buys ? Math.min(order.limitPx, order.from) : Math.max(order.limitPx, order.from)
  if (!fillOrder(venue, market, tape, order, px, room)) return
  showWorst(market, order, px, bar)
}

/** What the legs of an entry see when nothing is known of the path after its fill. */
function showWorst(market: Market, entry: WorkingOrder, px: number, bar: Bar): void {
  if (entry.side === 'buy') showLegs(market, entry, px, Math.max(px, bar.close), bar.low)
  else showLegs(market, entry, px, bar.high, Math.min(px, bar.close))
}

/** @returns true when the bar raised the trail and its close proves that the price then came back to it */
function trailPast(order: WorkingOrder, tape: Tape, bar: Bar): boolean {
  if (order.kind !== 'trailing-stop') return false
  const sells = order.side === 'sell'
  if (!followPrice(order, sells ? order.high : order.low)) return false
  tape.touched.add(order)
  return sells ? bar.close <= order.stopPx : bar.close >= order.stopPx
}

function showLegs(market: Market, entry: WorkingOrder, from: number, high: number, low: number): void {
  for (const leg of market.orders) if (leg.parent === entry.clientOrderId) see(leg, from, high, low)
}
