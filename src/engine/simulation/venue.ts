import type { PaperAccount, PaperMarket, PaperOrder } from '../../domain/broker/paper-books.ts'
import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import type { SessionClock } from '../../domain/calendar/session.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { OptionTerms as ContractTerms } from '../../domain/options/option-terms.ts'
import { expiresAt } from '../../domain/options/option-instrument.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import { minorUnits, type DurationMs, type EpochMs, type MinorUnits } from '../../domain/units/units.ts'
import { newMarket, type Market, type WorkingOrder } from './market.ts'
import { restoreCombos } from './list-combos.ts'
import type { OptionTerms } from './option-bar.ts'
import { settleMarket } from './wake.ts'

/** How a simulated venue fills. */
export type SimulationTerms = Readonly<{
  startingCash: MinorUnits
  /** Ticks lost on every market and stop fill. */
  slippageTicks: number
  commissionMinorPerLot: number
  /** Share of a bar's volume that all orders of the account together may take, basis points. */
  volumeShareBps: number
  /** What options are priced with; where undefined they are not traded. */
  options?: OptionTerms
}>

/** What a venue with more than one market needs to know. */
export type OtherMarkets = Readonly<{
  /** What a symbol is; undefined where it is not traded. */
  instrumentOf?: (symbol: string) => Instrument | undefined
  /** Early closes, which end an option earlier. */
  calendar?: CalendarFacts
  /**
   * Shortest length of a bar. The bar that ends with an option's last session then settles it; where undefined the next
   * bar does.
   */
  barMs?: DurationMs
  /**
   * When a market is open. A `day` order that comes at the close of a session, or later, is one of the next session;
   * where undefined it belongs to the session that was seen last, until another begins.
   */
  sessionsOf?: (symbol: string) => SessionClock | undefined
}>

/**
 * The simulated venue in memory: one account, one numbering of orders and fills, and the markets it has come to know.
 *
 * Nothing in it knows of files or turns; the backtester runs it bare.
 */
export type Venue = {
  readonly terms: SimulationTerms
  readonly currency: string
  readonly startingCash: number
  readonly others: OtherMarkets
  /** The market that is meant where none is named. */
  readonly primary: Market
  /** By symbol, in the order they became known. */
  readonly markets: Map<string, Market>
  /** When contracts end, by underlying and date: a chain has hundreds, and asking the calendar takes its time. */
  readonly expiries: Map<string, EpochMs>
  /** Start of the latest bar that was shown of any market since this venue was opened, −Infinity before the first. */
  now: number
  /** Highest numbers given out. */
  lastOrderSeq: number
  lastFillSeq: number
}

/** Every order the venue has ever seen, ended ones too. */
export type KnownOrders = Readonly<{
  order: (id: ClientOrderId) => PaperOrder | undefined
  /** An order, not refused, that names this id as its other. */
  orderNaming: (id: ClientOrderId) => PaperOrder | undefined
}>

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

/**
 * Opens a venue where it was left. Markets that nobody can name an instrument for rest, with their orders, until
 * somebody can.
 */
export function openVenue(
  instrument: Instrument,
  terms: SimulationTerms,
  from: VenueState,
  others: OtherMarkets = {},
): Venue {
  const markets = new Map<string, Market>()
  const rows = new Map(from.markets.map((row) => [row.symbol, row]))
  const open = (symbol: string) => {
    const market = newMarket(symbol, rows.get(symbol))
    markets.set(symbol, market)
    return market
  }
  const venue: Venue = {
    terms,
    currency: from.account.currency,
    startingCash: from.account.startingCash,
    others,
    primary: open(instrument.symbol),
    markets,
    expiries: new Map(),
    now: Number.NEGATIVE_INFINITY,
    lastOrderSeq: from.lastNumbers.order,
    lastFillSeq: from.lastNumbers.fill,
  }
  venue.primary.instrument = instrument
  for (const symbol of rows.keys()) if (!markets.has(symbol)) open(symbol)
  for (const order of from.orders) (markets.get(order.symbol) ?? open(order.symbol)).orders.push(working(order))
  for (const market of [...markets.values()])
    if (market.orders.length > 0 || market.holding.quantity !== 0) reachMarket(venue, market.symbol)
  restoreCombos(markets.values())
  for (const market of markets.values()) settleMarket(market)
  return venue
}

/**
 * The market of a symbol, opened if need be; an option's underlying with it.
 *
 * @returns undefined where the symbol is not traded here, in this account's currency
 */
export function reachMarket(venue: Venue, symbol: string): Market | undefined {
  const known = venue.markets.get(symbol)
  if (known?.instrument) return known
  const instrument = venue.others.instrumentOf?.(symbol)
  if (!instrument || instrument.currency.code !== venue.currency) return undefined
  const market = known ?? newMarket(symbol, undefined)
  if (instrument.option) {
    // An option on an option would have no bars of its own to be priced from.
    const underlying =
      instrument.option.underlying === symbol ? undefined : reachMarket(venue, instrument.option.underlying)
    if (!underlying?.instrument || underlying.instrument.option || !venue.terms.options) return undefined
    market.underlying = underlying
    market.expiresAt = expiryOf(venue, instrument.option, underlying.instrument)
  }
  market.instrument = instrument
  venue.markets.set(symbol, market)
  return market
}

function expiryOf({ expiries, others }: Venue, terms: ContractTerms, underlying: Instrument): EpochMs {
  const key = `${terms.underlying} ${terms.expiry}`
  const known = expiries.get(key) ?? expiresAt(terms, underlying, others.calendar)
  expiries.set(key, known)
  return known
}

/** Cash of the whole account, minor units. */
export function cashOf(venue: Venue): MinorUnits {
  let sum = venue.startingCash
  for (const { cash } of venue.markets.values()) sum += cash
  return minorUnits(sum)
}

/** What would be left of the account if open positions were closed at cost, minor units. */
export function settledOf(venue: Venue): MinorUnits {
  let sum = venue.startingCash
  for (const { settled } of venue.markets.values()) sum += settled
  return minorUnits(sum)
}

/** Every order that may still fill, oldest first. */
export function openOrdersOf(venue: Venue): WorkingOrder[] {
  return [...venue.markets.values()].flatMap(({ orders }) => orders).toSorted((a, b) => a.seq - b.seq)
}

export function orderOf(venue: Venue, id: ClientOrderId): WorkingOrder | undefined {
  for (const { orders } of venue.markets.values())
    for (const order of orders) if (order.clientOrderId === id) return order
  return undefined
}

/** The orders of a venue with its books, which alone remember those that ended. */
export function knownOrders(venue: () => Venue, books: KnownOrders): KnownOrders {
  return {
    order: (id) => orderOf(venue(), id) ?? books.order(id),
    orderNaming: (id) => openOrdersOf(venue()).find(({ oco }) => oco === id) ?? books.orderNaming(id),
  }
}

export function working(order: PaperOrder): WorkingOrder {
  return { ...order, from: 0, high: 0, low: 0 }
}
