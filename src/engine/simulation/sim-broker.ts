import type { Broker, ExecutionReport, OrderReport, Reply } from '../../domain/broker/broker.ts'
import type { PaperBooks, PaperMarket, PaperOrder } from '../../domain/broker/paper-books.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { ClientOrderId, NewOrder } from '../../domain/order/order.ts'
import { lots, ticks, type EpochMs } from '../../domain/units/units.ts'
import { matchBar } from './match.ts'
import { cancelWorking, placeOrder } from './place.ts'
import {
  cashOf,
  isOpenAtVenue,
  marketOf,
  newTape,
  newVenueState,
  openVenue,
  orderOf,
  reportOf,
  type SimulationTerms,
  type Tape,
  type Venue,
} from './venue.ts'

export type SimBrokerContext = Readonly<{
  books: PaperBooks
  instrument: Instrument
  settings: SimulationTerms
  /** Runs work on a later turn, in the order given (setImmediate). */
  defer: (work: () => void) => void
}>

/** The simulated broker: the `Broker` port, plus the market data its venue matches on. */
export interface SimBroker extends Broker {
  /**
   * Shows the venue a closed bar. A bar at or before `matchedUpTo` is ignored, so a feed may repeat itself.
   *
   * @param sessionDate exchange's date of the session the bar is in, undefined outside sessions
   * @returns undefined when there is nothing to tell, else a promise that ends when every report of this bar was
   *   delivered
   */
  observe(bar: Bar, sessionDate: string | undefined): void | Promise<void>
  /** Time of the last bar the venue has seen; from its books right after opening, which may be an earlier one. */
  matchedUpTo(): EpochMs | undefined
}

const OK = { ok: true } as const

/**
 * Opens a simulated broker on its books, as they were left.
 *
 * What one bar, one submit or one cancel does is one transaction, durable before anybody is told. Bars on which nothing
 * happens are not written: after a crash the books' clock may lag, and seeing those bars again changes nothing.
 * A reply or report always comes on a later turn than its cause, a reply before the reports of what the call did to
 * other orders.
 *
 * Should the books fail (full disk), the call throws their refusal, the venue goes back to what the books say, and the
 * same call or bar may be tried again.
 *
 * @throws {Refused} 'setting-invalid' when the books are kept in another currency; whatever the books throw
 */
export function openSimBroker(ctx: SimBrokerContext): SimBroker {
  const { books } = ctx
  let venue = loadVenue(ctx)
  let listener: ((report: ExecutionReport) => void) | undefined

  const later = <T>(value: () => T): Promise<T> =>
    new Promise((resolve, reject) =>
      ctx.defer(() => {
        try {
          resolve(value())
        } catch (error) {
          reject(error)
        }
      }),
    )

  function commit(tape: Tape): void {
    books.commit({ market: marketOf(venue), orders: [...tape.touched], fills: tape.fills })
  }

  /** Lets `work` change the venue and makes it durable, or undoes it. */
  function durably<T>(work: (tape: Tape) => T): { result: T; tape: Tape } {
    const tape = newTape()
    try {
      const result = work(tape)
      commit(tape)
      return { result, tape }
    } catch (error) {
      reload(venue.clock)
      throw error
    }
  }

  /** Back to what the books say; bars without an event are not in them, and need not be seen again. */
  function reload(seenUpTo: number): void {
    venue = loadVenue(ctx)
    venue.clock = Math.max(seenUpTo, venue.clock)
  }

  function deliver(reports: readonly ExecutionReport[]): void {
    for (const report of reports) listener?.(report)
  }

  /** The reply on one turn, the reports it caused on the next. */
  function answer<T>(reply: Reply<T>, reports: readonly ExecutionReport[]): Promise<Reply<T>> {
    const replied = later(() => reply)
    if (reports.length > 0) ctx.defer(() => deliver(reports))
    return replied
  }

  const find = (id: ClientOrderId): PaperOrder | undefined => orderOf(venue, id) ?? books.order(id)

  return {
    capabilities: {
      bracket: true,
      oco: false,
      trailingStop: false,
      replace: false,
      combo: false,
      dedupesClientOrderId: true,
      visibilityLagMs: 0,
    },

    async submit(order: NewOrder): Promise<Reply<OrderReport>> {
      const earlier = find(order.clientOrderId)
      if (earlier) return answer(placementReply(earlier), [])
      const { result, tape } = durably((tape) => placeOrder(venue, tape, order, (id) => find(id) !== undefined))
      return answer(placementReply(result.order), tape.reports)
    },

    async cancel(id: ClientOrderId): Promise<Reply<OrderReport>> {
      const order = find(id)
      if (!order) return answer({ ok: false, failure: { kind: 'order-unknown', clientOrderId: id } }, [])
      if (!isOpenAtVenue(order)) return answer({ ...OK, value: reportOf(order) }, [])
      const { tape } = durably((tape) => cancelWorking(venue, tape, order))
      const others = tape.reports.filter((report) => report.order.clientOrderId !== id)
      return answer({ ...OK, value: reportOf(order) }, others)
    },

    async orderByClientId(id) {
      const order = find(id)
      return answer({ ...OK, value: order && reportOf(order) }, [])
    },

    async openOrders() {
      return answer({ ...OK, value: venue.orders.map(reportOf) }, [])
    },

    async fillsSince(cursor) {
      const found = books.fillsAfter(cursor === undefined ? 0 : Number(cursor))
      const last = found.at(-1)
      return answer(
        { ...OK, value: { fills: found.map(({ fill }) => fill), cursor: last ? String(last.seq) : cursor } },
        [],
      )
    },

    async replace() {
      return answer({ ok: false, failure: { kind: 'rejected', reason: 'this venue does not change orders' } }, [])
    },

    async submitCombo() {
      return answer({ ok: false, failure: { kind: 'rejected', reason: 'this venue takes single orders only' } }, [])
    },

    async positions() {
      const own = marketOf(venue)
      const others = books.markets().filter((market) => market.symbol !== own.symbol)
      const held = [own, ...others].filter((market) => market.quantity !== 0)
      return answer({ ...OK, value: held.map(positionReport) }, [])
    },

    async cash() {
      return answer({ ...OK, value: cashOf(venue) }, [])
    },

    onExecution(next) {
      listener = next
    },

    observe(bar: Bar, sessionDate: string | undefined): void | Promise<void> {
      const before = venue.clock
      const tape = matchBar(venue, bar, sessionDate)
      if (!tape) return undefined
      try {
        commit(tape)
      } catch (error) {
        reload(before)
        throw error
      }
      if (tape.reports.length === 0) return undefined
      return later(() => deliver(tape.reports))
    },

    matchedUpTo: () => marketOf(venue).clock,

    async close() {
      books.close()
    },
  }
}

function loadVenue({ books, instrument, settings }: SimBrokerContext): Venue {
  const { code } = instrument.currency
  const known = books.account()
  if (known && known.currency !== code)
    return refuse(
      'setting-invalid',
      `The paper account is kept in ${known.currency}, but ${instrument.symbol} trades in ${code}.`,
      `Add another account for ${code}, or choose an instrument in ${known.currency}.`,
    )
  const account = known ?? { currency: code, startingCash: settings.startingCash }
  const state = known
    ? { account, markets: books.markets(), orders: books.openOrders(), lastNumbers: books.lastNumbers() }
    : newVenueState(account)
  const venue = openVenue(instrument, settings, state)
  if (!known) books.commit({ account, market: marketOf(venue), orders: [], fills: [] })
  return venue
}

function placementReply(order: PaperOrder): Reply<OrderReport> {
  if (order.status === 'rejected') return { ok: false, failure: { kind: 'rejected', reason: order.reason } }
  return { ...OK, value: reportOf(order) }
}

/** The average rounded to a whole tick, as the port wants it. */
function positionReport({ symbol, quantity, cost }: PaperMarket) {
  return { symbol, quantity: lots(quantity), avgPx: ticks(Math.round(cost / quantity)) }
}
