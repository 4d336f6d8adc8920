import type { ExecutionReport } from '../../src/domain/broker/broker.ts'
import type { PaperOrder } from '../../src/domain/broker/paper-books.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import { optionInstrument } from '../../src/domain/options/option-instrument.ts'
import { clientOrderId, type Combo, type NewOrder } from '../../src/domain/order/order.ts'
import { durationMs, epochMs, minorUnits, ticks, type EpochMs } from '../../src/domain/units/units.ts'
import { placeCombo } from '../../src/engine/simulation/combo.ts'
import { exerciseOption } from '../../src/engine/simulation/exercise.ts'
import { matchBar } from '../../src/engine/simulation/match.ts'
import { reportOf } from '../../src/engine/simulation/order-state.ts'
import { cancelWorking, placeOrder } from '../../src/engine/simulation/place.ts'
import {
  cashOf,
  knownOrders,
  newVenueState,
  openOrdersOf,
  openVenue,
  reachMarket,
  type OtherMarkets,
  type SimulationTerms,
} from '../../src/engine/simulation/venue.ts'
import { newTape, type Tape } from '../../src/engine/simulation/tape.ts'
import { INR } from '../../src/domain/instrument/known-instruments.ts'
import { termsOf } from './simulation.ts'
import { sentenceOf } from './simulated-market.ts'

/** An index whose tick is one whole point, so that prices are easy to read; one lot is 10 units. */
export const INDEX: Instrument = {
  symbol: 'INDEX',
  root: 'INDEX',
  name: 'An index',
  kind: 'index',
  exchange: 'NSE',
  currency: INR,
  tickUnits: 1,
  priceDigits: 0,
  tickValue: minorUnits(1_000),
  lotSize: '10',
  session: {
    zone: 'Asia/Kolkata',
    openMinute: 555,
    closeMinute: 930,
    opensDayBefore: false,
    weekdays: [1, 2, 3, 4, 5],
  },
  calendar: 'none',
  options: {
    style: 'european',
    settlement: 'cash',
    symbols: 'dated',
    tickSize: '0.05',
    lots: [{ from: '2000-01-01', lotSize: '10', source: 'a test' }],
    cycles: [{ cycle: 'weekly', weekdays: [2, 4], week: 'every', withinDays: 30, source: 'a test' }],
    strikes: [{ step: '100' }],
  },
}

/** A stock whose options are American and delivered; 100 shares. */
export const STOCK: Instrument = {
  ...INDEX,
  symbol: 'STOCK',
  root: 'STOCK',
  name: 'A stock',
  kind: 'equity',
  tickValue: minorUnits(100),
  lotSize: '1',
  options: { ...INDEX.options!, style: 'american', settlement: 'physical' },
}

/** 2025-11-04 is a Tuesday, on which options of `INDEX` expire; 09:15 to 15:30 in India. */
export const EXPIRY_DAY = '2025-11-04'
export const EXPIRY_OPEN = epochMs(Date.UTC(2025, 10, 4, 3, 45))
export const EXPIRY_CLOSE = epochMs(Date.UTC(2025, 10, 4, 10, 0))
export const MINUTE_MS = 60_000

export function optionOf(type: 'call' | 'put', strike: number, over: { on?: Instrument; expiry?: string } = {}) {
  const { on = INDEX, expiry = EXPIRY_DAY } = over
  const terms = { underlying: on.symbol, type, strike: String(strike), expiry }
  const found = optionInstrument({ ...terms, style: 'european', settlement: 'cash' }, on)
  if ('code' in found) throw new Error(found.message)
  return found
}

/** A bar that starts at a moment: open, high, low, close in ticks. */
export function barAt(time: EpochMs, prices: readonly [number, number, number, number]): Bar {
  const [open, high, low, close] = prices
  return { time, open: ticks(open), high: ticks(high), low: ticks(low), close: ticks(close), volume: 0 }
}

export function comboOf(id: string, legs: readonly NewOrder[], netLimit?: number): Combo {
  const limit = netLimit === undefined ? {} : { netLimitMinor: minorUnits(netLimit) }
  return { comboId: clientOrderId(id), legs, ...limit }
}

/** The bare venue with many markets: orders in, bars in, sentences out. Options cost 0 ticks of spread. */
export function simulatedVenue(
  instruments: readonly [Instrument, ...Instrument[]],
  terms: Partial<SimulationTerms> = {},
  more: Partial<OtherMarkets> = {},
) {
  const [primary] = instruments
  const settled = termsOf({ options: { volatility: 0.2, rate: 0, spreadTicks: 0 }, ...terms })
  const account = { currency: primary.currency.code, startingCash: settled.startingCash }
  const instrumentOf = (symbol: string) => instruments.find((one) => one.symbol === symbol)
  const others = { instrumentOf, barMs: durationMs(MINUTE_MS), ...more }
  const venue = openVenue(primary, settled, newVenueState(account), others)
  const reports: ExecutionReport[] = []
  const seen = new Map<string, PaperOrder>()
  const ended = {
    order: (id: string) => seen.get(id),
    orderNaming: (id: string) => [...seen.values()].find(({ oco, status }) => oco === id && status !== 'rejected'),
  }
  const known = knownOrders(() => venue, ended)
  const find = (id: string) => known.order(clientOrderId(id))
  const keep = (tape: Tape): string[] => {
    for (const order of tape.touched) seen.set(order.clientOrderId, order)
    reports.push(...tape.reports)
    return tape.reports.map(sentenceOf)
  }
  const marketAt = (symbol: string) => reachMarket(venue, symbol) ?? venue.primary
  return {
    venue,
    reports,
    /** @returns 'works', or why the order was refused */
    place(order: NewOrder): string {
      const tape = newTape(marketAt(order.symbol))
      const { rejected } = placeOrder(venue, tape, order, known)
      keep(tape)
      return rejected ?? 'works'
    },
    combo(combo: Combo): string {
      const tape = newTape(venue.primary)
      const rows = placeCombo(venue, tape, combo, known)
      keep(tape)
      return rows.find(({ status }) => status === 'rejected')?.reason ?? 'works'
    },
    cancel(id: string): string[] {
      const order = find(id)
      if (!order) throw new Error(`${id} is not known`)
      const tape = newTape(marketAt(order.symbol))
      cancelWorking(marketAt(order.symbol), tape, order)
      return keep(tape)
    },
    exercise(id: string, symbol: string, quantity: number): string | string[] {
      const tape = newTape(marketAt(symbol))
      const done = exerciseOption(venue, tape, clientOrderId(id), symbol, quantity)
      return typeof done === 'string' ? done : keep(tape)
    },
    bar(symbol: string, bar: Bar, session = 'monday'): string[] {
      const tape = matchBar(venue, marketAt(symbol), bar, session)
      return tape ? keep(tape) : []
    },
    /** A bar outside sessions. */
    closed(symbol: string, bar: Bar): string[] {
      const tape = matchBar(venue, marketAt(symbol), bar, undefined)
      return tape ? keep(tape) : []
    },
    working: () => openOrdersOf(venue).map((order) => `${order.clientOrderId} ${reportOf(order).leavesQty}`),
    position: (symbol: string) => venue.markets.get(symbol)?.holding.quantity ?? 0,
    cash: () => cashOf(venue) as number,
  }
}
