import type { ExecutionReport } from '../../src/domain/broker/broker.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import { clientOrderId, type NewOrder } from '../../src/domain/order/order.ts'
import { matchBar } from '../../src/engine/simulation/match.ts'
import { cancelWorking, placeOrder } from '../../src/engine/simulation/place.ts'
import {
  newVenueState,
  newTape,
  openVenue,
  orderOf,
  reportOf,
  type SimulationTerms,
} from '../../src/engine/simulation/venue.ts'
import { FUTURE, termsOf } from './simulation.ts'

/** The bare matching core, without books and turns: orders in, bars in, sentences out. */
export function simulatedMarket(terms: Partial<SimulationTerms> = {}, instrument: Instrument = FUTURE) {
  const settled = termsOf(terms)
  const account = { currency: instrument.currency.code, startingCash: settled.startingCash }
  const venue = openVenue(instrument, settled, newVenueState(account))
  const reports: ExecutionReport[] = []
  const everKnown = new Set<string>()
  const tell = (heard: readonly ExecutionReport[]): string[] => {
    reports.push(...heard)
    return heard.map(sentenceOf)
  }
  return {
    venue,
    /** Everything reported so far. */
    reports,
    /** @returns 'works', or why the order was refused */
    place(order: NewOrder): string {
      const tape = newTape()
      const placement = placeOrder(venue, tape, order, (id) => everKnown.has(id))
      for (const touched of tape.touched) everKnown.add(touched.clientOrderId)
      tell(tape.reports)
      return placement.rejected ?? 'works'
    },
    cancel(id: string): string[] {
      const order = orderOf(venue, clientOrderId(id))
      if (!order) throw new Error(`${id} does not work`)
      const tape = newTape()
      cancelWorking(venue, tape, order)
      return tell(tape.reports)
    },
    /** Matches a bar; fills and endings as sentences, in the venue's order. */
    bar(bar: Bar, session = 'monday'): string[] {
      return tell(matchBar(venue, bar, session)?.reports ?? [])
    },
    /** A bar outside sessions. */
    closed(bar: Bar): string[] {
      return tell(matchBar(venue, bar, undefined)?.reports ?? [])
    },
    working: () => venue.orders.map((order) => `${order.clientOrderId} ${reportOf(order).leavesQty}`),
    position: () => venue.holding.quantity,
  }
}

export type SimulatedMarket = ReturnType<typeof simulatedMarket>

/** "e fills 3 at 100" or "e-target canceled". */
function sentenceOf({ order, fill }: ExecutionReport): string {
  if (fill) return `${fill.clientOrderId} fills ${fill.quantity} at ${fill.price}`
  return `${order.clientOrderId} ${order.status}`
}
