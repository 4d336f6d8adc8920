import type { Broker, ExecutionReport, OrderReport, Reply } from '../../domain/broker/broker.ts'
import type { PaperBooks, PaperOrder } from '../../domain/broker/paper-books.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { OptionMarket } from '../../domain/options/option-market.ts'
import type { ClientOrderId, Combo, NewOrder, OrderChange } from '../../domain/order/order.ts'
import { epochMs, lots, ticks, type EpochMs } from '../../domain/units/units.ts'
import { placeCombo } from './combo.ts'
import { exerciseOption } from './exercise.ts'
import { clockOf, rowOfMarket, type Market } from './market.ts'
import { loadVenue } from './load-venue.ts'
import { matchBar } from './match.ts'
import { openOptionMarket } from './option-listing.ts'
import { isOpenAtVenue, reportOf } from './order-state.ts'
import { cancelWorking, placeOrder } from './place.ts'
import { replaceWorking } from './replace-order.ts'
import {
  cashOf,
  knownOrders,
  openOrdersOf,
  orderOf,
  reachMarket,
  type OtherMarkets,
  type SimulationTerms,
  type Venue,
} from './venue.ts'
import { isEmpty, newTape, type Tape } from './tape.ts'

export type SimBrokerContext = Readonly<{
  books: PaperBooks
  /** The market that is meant where none is named. */
  instrument: Instrument
  settings: SimulationTerms
  /** Runs work on a later turn, in the order given (setImmediate). */
  defer: (work: () => void) => void
}> &
  OtherMarkets

/** The simulated broker: the `Broker` port, plus the market data its venue matches on. */
export interface SimBroker extends Broker {
  /**
   * Shows the venue a closed bar of a market. A bar at or before `matchedUpTo` is ignored, so a feed may repeat itself.
   *
   * @param sessionDate exchange's date of the session the bar is in, undefined outside sessions
   * @param symbol      the primary market where undefined
   * @returns undefined when there is nothing to tell, else a promise that ends when every report of this bar was
   *   delivered
   * @throws {RangeError} the symbol is not traded here: a bug in the caller
   */
  observe(bar: Bar, sessionDate: string | undefined, symbol?: string): void | Promise<void>
  /** Time of the last bar a market has seen; from its books right after opening, which may be an earlier one. */
  matchedUpTo(symbol?: string): EpochMs | undefined
  /**
   * Exercises lots of an American option that is held and in the money: settled in cash, at once, at the underlying's
   * last price. The reply is the order under which it was done; the fill is reported like any other.
   */
  exercise(id: ClientOrderId, symbol: string, quantity: number): Promise<Reply<OrderReport>>
  /** What can be traded of options, and at which prices. */
  readonly optionMarket: OptionMarket
}

const OK = { ok: true } as const

/**
 * Opens a simulated broker on its books, as they were left.
 *
 * What one bar or one call does is one transaction, durable before anybody is told. Bars on which nothing happens are
 * not written: after a crash the books' clock may lag, and seeing those bars again changes nothing.
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
  const load = () => loadVenue(books, ctx.instrument, ctx.settings, ctx)
  let venue = load()
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
    // An option has its underlying's clock: both are true of the same moment, or the bar would be seen twice.
    for (const market of [...tape.markets]) tape.markets.add(clockOf(market))
    books.commit({
      markets: [...tape.markets].map(rowOfMarket),
      orders: [...tape.touched],
      fills: tape.fills,
    })
  }

  /** Lets `work` change the venue and makes it durable, or undoes it. */
  function durably<T>(market: Market, work: (tape: Tape) => T): { result: T; tape: Tape } {
    const tape = newTape(market)
    try {
      const result = work(tape)
      if (!isEmpty(tape)) commit(tape)
      return { result, tape }
    } catch (error) {
      reload()
      throw error
    }
  }

  /** Back to what the books say; bars without an event are not in them, and need not be seen again. */
  function reload(): void {
    const seen = [...venue.markets.values()]
    const { now } = venue
    venue = load()
    venue.now = now
    for (const { symbol, clock, last } of seen) {
      const market = clock > Number.NEGATIVE_INFINITY ? reachMarket(venue, symbol) : undefined
      if (!market || market.clock >= clock) continue
      market.clock = clock
      market.last = last
    }
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

  const known = knownOrders(() => venue, books)
  const marketAt = (symbol: string): Market => venue.markets.get(symbol) ?? venue.primary
  const unknown = (id: ClientOrderId) =>
    answer<never>({ ok: false, failure: { kind: 'order-unknown', clientOrderId: id } }, [])
  const refused = (reason: string) => answer<never>({ ok: false, failure: { kind: 'rejected', reason } }, [])

  return {
    capabilities: {
      bracket: true,
      oco: true,
      trailingStop: true,
      replace: true,
      combo: true,
      // It goes by the purpose of an order.
      reduceOnly: true,
      dedupesClientOrderId: true,
      cashByFillsOnly: true,
      visibilityLagMs: 0,
    },

    async submit(order: NewOrder): Promise<Reply<OrderReport>> {
      const earlier = known.order(order.clientOrderId)
      if (earlier) return answer(placementReply(earlier), [])
      const market = reachMarket(venue, order.symbol) ?? venue.primary
      const { result, tape } = durably(market, (tape) => placeOrder(venue, tape, order, known))
      return answer(placementReply(result.order), tape.reports)
    },

    async submitCombo(combo: Combo): Promise<Reply<readonly OrderReport[]>> {
      const earlier = combo.legs.map((leg) => known.order(leg.clientOrderId))
      const rows = earlier.flatMap((row) => (row?.combo === combo.comboId ? [row] : []))
      if (rows.length > 0 && rows.length === combo.legs.length) return answer(comboReply(rows), [])
      const market = reachMarket(venue, combo.legs[0]?.symbol ?? '') ?? venue.primary
      const { result, tape } = durably(market, (tape) => placeCombo(venue, tape, combo, known))
      return answer(comboReply(result), tape.reports)
    },

    async cancel(id: ClientOrderId): Promise<Reply<OrderReport>> {
      const order = known.order(id)
      if (!order) return unknown(id)
      if (!isOpenAtVenue(order)) return answer({ ...OK, value: reportOf(order) }, [])
      const market = marketAt(order.symbol)
      const { tape } = durably(market, (tape) => cancelWorking(market, tape, order))
      return answer({ ...OK, value: reportOf(order) }, exceptOf(tape, id))
    },

    async replace(id: ClientOrderId, change: OrderChange): Promise<Reply<OrderReport>> {
      const order = orderOf(venue, id)
      if (!order) {
        const ended = books.order(id)
        return ended ? answer({ ...OK, value: reportOf(ended) }, []) : unknown(id)
      }
      const market = marketAt(order.symbol)
      const { result: reason, tape } = durably(market, (tape) => replaceWorking(venue, market, tape, order, change))
      if (reason !== undefined) return refused(reason)
      return answer({ ...OK, value: reportOf(order) }, exceptOf(tape, id))
    },

    async exercise(id, symbol, quantity) {
      const earlier = known.order(id)
      if (earlier) return answer(placementReply(earlier), [])
      const market = reachMarket(venue, symbol) ?? venue.primary
      const { result, tape } = durably(market, (tape) => exerciseOption(venue, tape, id, symbol, quantity))
      return typeof result === 'string' ? refused(result) : answer(placementReply(result), tape.reports)
    },

    async orderByClientId(id) {
      const order = known.order(id)
      return answer({ ...OK, value: order && reportOf(order) }, [])
    },

    async openOrders() {
      return answer({ ...OK, value: openOrdersOf(venue).map(reportOf) }, [])
    },

    async fillsSince(cursor) {
      const found = books.fillsAfter(cursor === undefined ? 0 : Number(cursor))
      const last = found.at(-1)
      return answer(
        { ...OK, value: { fills: found.map(({ fill }) => fill), cursor: last ? String(last.seq) : cursor } },
        [],
      )
    },

    async positions() {
      const held = [...venue.markets.values()].filter(({ holding }) => holding.quantity !== 0)
      const reports = held.map(positionReport).toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1))
      return answer({ ...OK, value: reports }, [])
    },

    async cash() {
      return answer({ ...OK, value: cashOf(venue) }, [])
    },

    onExecution(next) {
      listener = next
    },

    optionMarket: openOptionMarket(() => venue),

    observe(bar: Bar, sessionDate: string | undefined, symbol?: string): void | Promise<void> {
      const market = symbol === undefined ? venue.primary : watched(venue, symbol)
      const { clock: before, last } = market
      const { now } = venue
      const tape = matchBar(venue, market, bar, sessionDate)
      if (!tape) return undefined
      try {
        commit(tape)
      } catch (error) {
        // The bar must be seen again: it was not matched.
        market.clock = before
        market.last = last
        venue.now = now
        reload()
        throw error
      }
      if (tape.reports.length === 0) return undefined
      return later(() => deliver(tape.reports))
    },

    matchedUpTo(symbol?: string) {
      const { clock } = symbol === undefined ? venue.primary : watched(venue, symbol)
      return clock === Number.NEGATIVE_INFINITY ? undefined : epochMs(clock)
    },

    async close() {
      books.close()
    },
  }
}

/** A market that bars are shown of. */
function watched(venue: Venue, symbol: string): Market {
  const market = reachMarket(venue, symbol)
  if (market) return market
  throw new RangeError(`a bar of ${symbol}, which is not traded here`)
}

/** What the call did to other orders; what it did to its own is in the reply. */
function exceptOf(tape: Tape, id: ClientOrderId): readonly ExecutionReport[] {
  return tape.reports.filter((report) => report.order.clientOrderId !== id)
}

function placementReply(order: PaperOrder): Reply<OrderReport> {
  if (order.status === 'rejected') return { ok: false, failure: { kind: 'rejected', reason: order.reason } }
  return { ...OK, value: reportOf(order) }
}

function comboReply(rows: readonly PaperOrder[]): Reply<readonly OrderReport[]> {
  const rejected = rows.find(({ status }) => status === 'rejected')
  if (rejected) return { ok: false, failure: { kind: 'rejected', reason: rejected.reason } }
  return { ...OK, value: rows.map(reportOf) }
}

/** The average rounded to a whole tick, as the port wants it. */
function positionReport({ symbol, holding: { quantity, cost } }: Market) {
  return { symbol, quantity: lots(quantity), avgPx: ticks(Math.round(cost / quantity) + 0) }
}
