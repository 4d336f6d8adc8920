import type { PaperMarket, PaperOrder } from '../../domain/broker/paper-books.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import type { Holding } from '../../domain/position/holding.ts'
import { epochMs, lots, minorUnits, type EpochMs } from '../../domain/units/units.ts'

/**
 * A working order, and what it can still see of the bar being matched: `from` is the price it starts at, `high` and
 * `low` the range it may be filled in. For most orders that is the bar; a leg born inside the bar sees less.
 */
export type WorkingOrder = PaperOrder & { from: number; high: number; low: number }

/** Orders that fill together or not at all, each in its market. */
export type WorkingCombo = Readonly<{
  id: ClientOrderId
  /** Most that one unit may cost, minor units. */
  limit: number | undefined
  legs: readonly Readonly<{ market: Market; order: WorkingOrder }>[]
}>

/** One market of the simulated venue, in memory: numbers that change in place, and the few orders that work. */
export type Market = {
  readonly symbol: string
  /** Undefined while the market rests: the account has traded it, and nobody has asked for it since. */
  instrument: Instrument | undefined
  /** What trading here has added to the account's cash and settled value. */
  cash: number
  settled: number
  holding: Holding
  /** Every order that may still fill, oldest first. */
  orders: WorkingOrder[]
  /** Time of the last bar seen, −Infinity before the first; a plain number, so that moving it allocates nothing. */
  clock: number
  /** Session that bar was in, undefined outside sessions. */
  session: string | undefined
  /** Close of the last bar in a session, NaN before the first. */
  last: number
  /** Above `wakeBelow` and below `wakeAbove` no bar can touch an order: one comparison per bar while nothing happens. */
  wakeBelow: number
  wakeAbove: number
  /** Options on this market that have orders or a position, and combos of them. */
  options: Market[]
  combos: WorkingCombo[]
  /** Only of an option: what it is priced from, and when it ends. */
  underlying: Market | undefined
  expiresAt: EpochMs
}

/** A market as the books have it; a new one where they know nothing of it. */
export function newMarket(symbol: string, row: PaperMarket | undefined): Market {
  return {
    symbol,
    instrument: undefined,
    cash: row?.cash ?? 0,
    settled: row?.settled ?? 0,
    holding: { quantity: row?.quantity ?? lots(0), cost: row?.cost ?? 0 },
    orders: [],
    clock: row?.clock ?? Number.NEGATIVE_INFINITY,
    session: row?.session,
    last: row?.last ?? Number.NaN,
    wakeBelow: Number.NEGATIVE_INFINITY,
    wakeAbove: Number.POSITIVE_INFINITY,
    options: [],
    combos: [],
    underlying: undefined,
    expiresAt: epochMs(Number.MAX_SAFE_INTEGER),
  }
}

/** The row of a market. */
export function rowOfMarket(market: Market): PaperMarket {
  const { quantity, cost } = market.holding
  const { clock, session } = clockOf(market)
  return {
    symbol: market.symbol,
    quantity,
    cost,
    cash: minorUnits(market.cash),
    settled: minorUnits(market.settled),
    clock: clock === Number.NEGATIVE_INFINITY ? undefined : epochMs(clock),
    session,
    last: Number.isNaN(market.last) ? undefined : market.last,
  }
}

/** The market whose bars tell this one's time and session: an option's is its underlying. */
export function clockOf(market: Market): Market {
  return market.underlying ?? market
}

/** The market's time: the bar it saw last; the epoch before the first. */
export function marketTime(market: Market): EpochMs {
  return epochMs(Math.max(0, clockOf(market).clock))
}

/** An order that only reduces needs something to reduce. */
export function canReduce(market: Market, side: 'buy' | 'sell'): boolean {
  return side === 'buy' ? market.holding.quantity < 0 : market.holding.quantity > 0
}
