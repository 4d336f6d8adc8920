import type { PaperOrder } from '../../src/domain/broker/paper-books.ts'
import type { ExecutionReport } from '../../src/domain/broker/broker.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import { clientOrderId, type NewOrder, type OrderChange } from '../../src/domain/order/order.ts'
import { matchBar } from '../../src/engine/simulation/match.ts'
import { reportOf } from '../../src/engine/simulation/order-state.ts'
import { cancelWorking, placeOrder } from '../../src/engine/simulation/place.ts'
import { replaceWorking } from '../../src/engine/simulation/replace-order.ts'
import {
  knownOrders,
  newVenueState,
  openVenue,
  orderOf,
  type SimulationTerms,
} from '../../src/engine/simulation/venue.ts'
import { newTape } from '../../src/engine/simulation/tape.ts'
import { FUTURE, termsOf } from './simulation.ts'

/** The bare matching core, without books and turns: orders in, bars in, sentences out. */
export function simulatedMarket(terms: Partial<SimulationTerms> = {}, instrument: Instrument = FUTURE) {
  const settled = termsOf(terms)
  const account = { currency: instrument.currency.code, startingCash: settled.startingCash }
  const venue = openVenue(instrument, settled, newVenueState(account))
  const reports: ExecutionReport[] = []
  const market = venue.primary
  const everKnown = new Map<string, PaperOrder>()
  const known = knownOrders(() => venue, {
    order: (id) => everKnown.get(id),
    orderNaming: (id) => [...everKnown.values()].find(({ oco, status }) => oco === id && status !== 'rejected'),
  })
  const tell = (heard: readonly ExecutionReport[]): string[] => {
    reports.push(...heard)
    return heard.map(sentenceOf)
  }
  const stopOf = (id: string) => orderOf(venue, clientOrderId(id))?.stopPx
  return {
    stopOf,
    venue,
    market,
    /** Everything reported so far. */
    reports,
    /** @returns 'works', or why the order was refused */
    place(order: NewOrder): string {
      const tape = newTape(market)
      const placement = placeOrder(venue, tape, order, known)
      for (const touched of tape.touched) everKnown.set(touched.clientOrderId, touched)
      tell(tape.reports)
      return placement.rejected ?? 'works'
    },
    cancel(id: string): string[] {
      const order = orderOf(venue, clientOrderId(id))
      if (!order) throw new Error(`${id} does not work`)
      const tape = newTape(market)
      cancelWorking(market, tape, order)
      return tell(tape.reports)
    },
    /** @returns 'changed', or why it was not */
    replace(id: string, change: OrderChange): string {
      const order = orderOf(venue, clientOrderId(id))
      if (!order) throw new Error(`${id} does not work`)
      const tape = newTape(market)
      const refused = replaceWorking(venue, market, tape, order, change)
      tell(tape.reports)
      return refused ?? 'changed'
    },
    /** Matches a bar; fills and endings as sentences, in the venue's order. */
    bar(bar: Bar, session = 'monday'): string[] {
      return tell(matchBar(venue, market, bar, session)?.reports ?? [])
    },
    /** A bar outside sessions. */
    closed(bar: Bar): string[] {
      return tell(matchBar(venue, market, bar, undefined)?.reports ?? [])
    },
    working: () => market.orders.map((order) => `${order.clientOrderId} ${reportOf(order).leavesQty}`),
    position: () => market.holding.quantity,
  }
}

export type SimulatedMarket = ReturnType<typeof simulatedMarket>

/** "e fills 3 at 100" or "e-target canceled". */
export function sentenceOf({ order, fill }: ExecutionReport): string {
  if (fill) return `${fill.clientOrderId} fills ${fill.quantity} at ${fill.price}`
  return `${order.clientOrderId} ${order.status}`
}
