import type { ExecutionReport, OrderReport } from '../../domain/broker/broker.ts'
import type { PaperAccount, PaperFill, PaperMarket, PaperOrder } from '../../domain/broker/paper-books.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { venueOrderId, type ClientOrderId } from '../../domain/order/order.ts'
import type { Holding } from '../../domain/position/holding.ts'
import { epochMs, lots, minorUnits, type EpochMs, type MinorUnits } from '../../domain/units/units.ts'

/** How a simulated venue fills. */
export type SimulationTerms = Readonly<{
  startingCash: MinorUnits
  /** Ticks lost on every market and stop fill. */
  slippageTicks: number
  commissionMinorPerLot: number
  /** Share of a bar's volume that all orders of the account together may take, basis points. */
  volumeShareBps: number
}>

/**
 * A working order, and what it can still see of the bar being matched: `from` is the price it starts at, `high` and
 * `low` the range it may be filled in. For most orders that is the bar; a leg born inside the bar sees less.
 */
export type WorkingOrder = PaperOrder & { from: number; high: number; low: number }

/**
 * One market of the simulated venue, in memory: numbers that change in place, and the few orders that work.
 *
 * Nothing in it knows of files or turns; the backtester runs it bare.
 */
export type Venue = {
  readonly instrument: Instrument
  readonly terms: SimulationTerms
  /** The account's cash and settled value without this market. */
  readonly base: Readonly<{ cash: number; settled: number }>
  /** What trading here has added to both. */
  cash: number
  settled: number
  /** Highest numbers given out. */
  lastOrderSeq: number
  lastFillSeq: number
  holding: Holding
  /** Every order that may still fill, oldest first; orders of other markets rest untouched. */
  orders: WorkingOrder[]
  /** Time of the last bar seen, −Infinity before the first; a plain number, so that moving it allocates nothing. */
  clock: number
  /** Session that bar was in, undefined outside sessions. */
  session: string | undefined
  /** Above `wakeBelow` and below `wakeAbove` no bar can touch an order: one comparison per bar while nothing happens. */
  wakeBelow: number
  wakeAbove: number
}

/** What happened to the venue in one call or bar; made only when something did. */
export type Tape = {
  /** Told to the client, in order. */
  readonly reports: ExecutionReport[]
  readonly fills: PaperFill[]
  /** Orders whose row changed. */
  readonly touched: Set<PaperOrder>
}

/** What a venue is opened from: an account, every market it has seen, its open orders and the numbers it has used. */
export type VenueState = Readonly<{
  account: PaperAccount
  markets: readonly PaperMarket[]
  orders: readonly PaperOrder[]
  lastNumbers: Readonly<{ order: number; fill: number }>
}>

/** An account nobody has traded on yet. */
export function newVenueState(account: PaperAccount): VenueState {
  return { account, markets: [], orders: [], lastNumbers: { order: 0, fill: 0 } }
}

export function openVenue(instrument: Instrument, terms: SimulationTerms, from: VenueState): Venue {
  const base = { cash: from.account.startingCash as number, settled: from.account.startingCash as number }
  for (const { symbol, cash, settled } of from.markets) {
    if (symbol === instrument.symbol) continue
    base.cash += cash
    base.settled += settled
  }
  const market = from.markets.find(({ symbol }) => symbol === instrument.symbol)
  const venue: Venue = {
    instrument,
    terms,
    base,
    cash: market?.cash ?? 0,
    settled: market?.settled ?? 0,
    lastOrderSeq: from.lastNumbers.order,
    lastFillSeq: from.lastNumbers.fill,
    holding: { quantity: market?.quantity ?? lots(0), cost: market?.cost ?? 0 },
    orders: from.orders.map(working),
    clock: market?.clock ?? Number.NEGATIVE_INFINITY,
    session: market?.session,
    wakeBelow: Number.NEGATIVE_INFINITY,
    wakeAbove: Number.POSITIVE_INFINITY,
  }
  setWakeLevels(venue)
  return venue
}

/** Cash of the whole account, minor units. */
export function cashOf(venue: Venue): MinorUnits {
  return minorUnits(venue.base.cash + venue.cash)
}

/** What would be left of the account if open positions were closed at cost, minor units. */
export function settledOf(venue: Venue): MinorUnits {
  return minorUnits(venue.base.settled + venue.settled)
}

export function newTape(): Tape {
  return { reports: [], fills: [], touched: new Set() }
}

export function isEmpty(tape: Tape): boolean {
  return tape.touched.size === 0 && tape.fills.length === 0
}

export function working(order: PaperOrder): WorkingOrder {
  return { ...order, from: 0, high: 0, low: 0 }
}

export function marketOf(venue: Venue): PaperMarket {
  const { quantity, cost } = venue.holding
  const clock = venue.clock === Number.NEGATIVE_INFINITY ? undefined : epochMs(venue.clock)
  return {
    symbol: venue.instrument.symbol,
    quantity,
    cost,
    cash: minorUnits(venue.cash),
    settled: minorUnits(venue.settled),
    clock,
    session: venue.session,
  }
}

export function isOpenAtVenue(order: PaperOrder): boolean {
  return order.status === 'acknowledged' || order.status === 'partially-filled'
}

/** An order as the venue reports it; a held leg has 0 lots until its entry fills. */
export function reportOf(order: PaperOrder): OrderReport {
  const leaves = isOpenAtVenue(order) ? order.quantity - order.cumQty : 0
  return {
    clientOrderId: order.clientOrderId,
    venueOrderId: venueOrderId(`V${order.seq}`),
    symbol: order.symbol,
    side: order.side,
    quantity: lots(order.quantity),
    purpose: order.purpose,
    status: order.status,
    cumQty: lots(order.cumQty),
    leavesQty: lots(leaves),
    ...(order.parent === undefined ? {} : { parent: order.parent }),
    ...(order.reason === '' ? {} : { reason: order.reason }),
    at: order.at,
  }
}

/** Ends an order without a fill, and with it the legs that were waiting for an entry that will now never fill. */
export function endOrder(
  venue: Venue,
  tape: Tape,
  order: PaperOrder,
  status: 'canceled' | 'expired',
  reason: string,
): void {
  if (!isOpenAtVenue(order)) return
  order.status = status
  order.reason = reason
  order.at = venueTime(venue)
  tape.touched.add(order)
  tape.reports.push({ order: reportOf(order) })
  if (order.parent !== undefined) return
  for (const leg of venue.orders)
    if (leg.parent === order.clientOrderId && leg.held)
      endOrder(venue, tape, leg, 'canceled', 'its entry ended unfilled')
}

/** The venue's time: the bar it saw last; the epoch before the first. */
export function venueTime(venue: Venue): EpochMs {
  return epochMs(Math.max(0, venue.clock))
}

export function orderOf(venue: Venue, id: ClientOrderId): WorkingOrder | undefined {
  return venue.orders.find((order) => order.clientOrderId === id)
}

/** Forgets orders that ended and works out anew at which prices the others could fill. */
export function settleVenue(venue: Venue): void {
  venue.orders = venue.orders.filter(isOpenAtVenue)
  setWakeLevels(venue)
}

function setWakeLevels(venue: Venue): void {
  let below = Number.NEGATIVE_INFINITY
  let above = Number.POSITIVE_INFINITY
  for (const order of venue.orders) {
    if (order.held || order.symbol !== venue.instrument.symbol) continue
    const waitsForStop = !order.elected && (order.kind === 'stop' || order.kind === 'stop-limit')
    if (!waitsForStop && (order.kind === 'market' || order.kind === 'stop')) {
      below = Number.POSITIVE_INFINITY
      continue
    }
    const price = waitsForStop ? order.stopPx : order.limitPx
    // A stop waits on the far side of the market, a limit on the near one.
    if ((order.side === 'buy') === waitsForStop) above = Math.min(above, price)
    else below = Math.max(below, price)
  }
  venue.wakeBelow = below
  venue.wakeAbove = above
}
