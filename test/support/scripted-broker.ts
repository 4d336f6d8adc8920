import type {
  Broker,
  BrokerCapabilities,
  ExecutionReport,
  OrderReport,
  Reply,
  VenueOrderStatus,
} from '../../src/domain/broker/broker.ts'
import type { BrokerFailure } from '../../src/domain/broker/broker-failure.ts'
import type { Instrument } from '../../src/domain/instrument/instrument.ts'
import { cashChange } from '../../src/domain/ledger/post-fill.ts'
import {
  fillId,
  signOf,
  venueOrderId,
  type ClientOrderId,
  type Fill,
  type NewOrder,
  type OrderChange,
  type OrderType,
} from '../../src/domain/order/order.ts'
import { changeHolding, EMPTY_HOLDING, type Holding } from '../../src/domain/position/holding.ts'
import { epochMs, lots, minorUnits, ticks } from '../../src/domain/units/units.ts'

export const ABLE: BrokerCapabilities = {
  bracket: true,
  oco: true,
  trailingStop: true,
  replace: true,
  combo: true,
  reduceOnly: false,
  dedupesClientOrderId: true,
  visibilityLagMs: 0,
}
/** Takes plain orders and cancels, nothing else. */
export const PLAIN: BrokerCapabilities = {
  ...{ bracket: false, oco: false },
  trailingStop: false,
  replace: false,
  combo: false,
  reduceOnly: false,
  dedupesClientOrderId: true,
  visibilityLagMs: 0,
}

type Kept = {
  order: NewOrder
  parent: ClientOrderId | undefined
  seq: number
  quantity: number
  type: OrderType
  cumQty: number
  status: VenueOrderStatus
  reason: string | undefined
}

/** What the next call of a kind meets. */
export type Twist =
  /** Taken, but the answer is lost. */
  | 'lost'
  /** Never arrives, and no answer comes. */
  | 'dropped'
  | 'rejected'
  /** What is to be canceled or changed fills first. */
  | 'fills-first'

/**
 * A broker whose market is the test: nothing fills unless the test says so, and any call can meet any mishap. It keeps
 * books of its own, and knows whether it was ever asked for what it can't do or sent one order twice.
 */
export function scriptedBroker(capabilities: BrokerCapabilities, instrumentOf: (symbol: string) => Instrument) {
  const orders = new Map<ClientOrderId, Kept>()
  const holdings = new Map<string, Holding>()
  const fills: Fill[] = []
  const waiting: ExecutionReport[] = []
  const twists = { submit: [] as Twist[], cancel: [] as Twist[], replace: [] as Twist[] }
  const calls: string[] = []
  /** Orders sent again after they were taken, where the venue does not notice. */
  const twice: ClientOrderId[] = []
  let cash = 5_000_000
  let listener: (report: ExecutionReport) => void = () => undefined
  let silent = false

  const isOpen = ({ status }: Kept) => status === 'acknowledged' || status === 'partially-filled'
  const reportOf = (kept: Kept): OrderReport => ({
    clientOrderId: kept.order.clientOrderId,
    venueOrderId: venueOrderId(`V${kept.seq}`),
    symbol: kept.order.symbol,
    side: kept.order.side,
    quantity: lots(kept.quantity),
    purpose: kept.order.purpose,
    type: kept.type,
    status: kept.status,
    cumQty: lots(kept.cumQty),
    leavesQty: lots(isOpen(kept) ? kept.quantity - kept.cumQty : 0),
    ...(kept.parent === undefined ? {} : { parent: kept.parent }),
    ...(kept.reason === undefined ? {} : { reason: kept.reason }),
    at: epochMs(0),
  })
  const ok = <T>(value: T): Reply<T> => ({ ok: true, value })
  const no = (failure: BrokerFailure) => ({ ok: false, failure }) as const
  const lost = (clientOrderId: ClientOrderId) => no({ kind: 'unknown-outcome', clientOrderId })
  const keep = (order: NewOrder, parent?: ClientOrderId, held = false): Kept => {
    const kept: Kept = {
      ...{ order, parent, seq: orders.size + 1, quantity: held ? 0 : order.quantity, type: order.type },
      ...{ cumQty: 0, status: 'acknowledged', reason: undefined },
    }
    orders.set(order.clientOrderId, kept)
    return kept
  }
  const take = (order: NewOrder): Kept => {
    const kept = keep(order)
    if (order.bracket) {
      const leg = { ...order, side: order.side === 'buy' ? ('sell' as const) : ('buy' as const) }
      const { bracket: _bracket, ...plain } = leg
      const { stop, target } = order.bracket
      const id = order.clientOrderId
      keep({ ...plain, ...stop, type: { kind: 'stop', stopPx: stop.stopPx }, purpose: 'stop' }, id, true)
      keep({ ...plain, ...target, type: { kind: 'limit', limitPx: target.limitPx }, purpose: 'target' }, id, true)
    }
    return kept
  }

  const broker: Broker = {
    capabilities,
    async submit(order) {
      calls.push(`submit ${order.purpose} ${order.side} ${order.quantity}`)
      const known = orders.get(order.clientOrderId)
      if (known) {
        if (!capabilities.dedupesClientOrderId) twice.push(order.clientOrderId)
        return ok(reportOf(known))
      }
      if (order.bracket && !capabilities.bracket) throw new Error('asked for a bracket that the venue does not have')
      if (order.oco && !capabilities.oco) throw new Error('asked for a pair that the venue does not have')
      if (order.type.kind === 'trailing-stop' && !capabilities.trailingStop) throw new Error('asked to trail')
      if (order.reduceOnly && !capabilities.reduceOnly) throw new Error('asked to reduce only')
      if (order.reduceOnly && -signOf(order.side) * (holdings.get(order.symbol)?.quantity ?? 0) <= 0) {
        keep(order).status = 'rejected'
        return no({ kind: 'rejected', reason: 'nothing to reduce', nothingToReduce: true })
      }
      const twist = twists.submit.shift()
      if (twist === 'dropped') return lost(order.clientOrderId)
      if (twist === 'rejected') {
        const kept = keep(order)
        kept.status = 'rejected'
        kept.reason = 'not today'
        return no({ kind: 'rejected', reason: 'not today' })
      }
      const kept = take(order)
      return twist === 'lost' ? lost(order.clientOrderId) : ok(reportOf(kept))
    },
    async cancel(id) {
      calls.push(`cancel ${orders.get(id)?.order.purpose ?? 'unknown'}`)
      const kept = orders.get(id)
      if (!kept) return no({ kind: 'order-unknown', clientOrderId: id })
      const twist = twists.cancel.shift()
      if (twist === 'rejected') return no({ kind: 'rejected', reason: 'too late to cancel' })
      if (twist === 'dropped') return lost(id)
      if (twist === 'fills-first') venue.fill(id)
      if (isOpen(kept)) end(kept, 'canceled', 'canceled by the client')
      return twist === 'lost' ? lost(id) : ok(reportOf(kept))
    },
    async replace(id, change: OrderChange) {
      if (!capabilities.replace) throw new Error('asked to replace')
      calls.push(`replace ${JSON.stringify(change)}`)
      const kept = orders.get(id)
      if (!kept) return no({ kind: 'order-unknown', clientOrderId: id })
      const twist = twists.replace.shift()
      if (twist === 'rejected') return no({ kind: 'rejected', reason: 'too late to change' })
      if (twist === 'dropped') return lost(id)
      if (twist === 'fills-first') venue.fill(id)
      if (isOpen(kept)) {
        if (change.quantity !== undefined) kept.quantity = change.quantity
        kept.type = { ...kept.type, ...pricesOf(change) } as OrderType
      }
      return twist === 'lost' ? lost(id) : ok(reportOf(kept))
    },
    async submitCombo({ comboId, legs }) {
      if (!capabilities.combo) throw new Error('asked for a combo')
      calls.push(`combo of ${legs.length}`)
      const twist = twists.submit.shift()
      if (twist === 'rejected') return no({ kind: 'rejected', reason: 'not today' })
      if (twist === 'dropped') return lost(comboId)
      const kept = legs.map((leg) => take(leg))
      return twist === 'lost' ? lost(comboId) : ok(kept.map(reportOf))
    },
    async orderByClientId(id) {
      if (silent) return no({ kind: 'disconnected' })
      const kept = orders.get(id)
      return ok(kept && reportOf(kept))
    },
    async openOrders() {
      return silent ? no({ kind: 'disconnected' }) : ok([...orders.values()].filter(isOpen).map(reportOf))
    },
    async fillsSince(cursor) {
      if (silent) return no({ kind: 'disconnected' })
      const from = cursor === undefined ? 0 : Number(cursor)
      return ok({ fills: fills.slice(from), cursor: fills.length === 0 ? cursor : String(fills.length) })
    },
    async positions() {
      if (silent) return no({ kind: 'disconnected' })
      return ok(
        [...holdings]
          .filter(([, { quantity }]) => quantity !== 0)
          .map(([symbol, { quantity, cost }]) => ({ symbol, quantity, avgPx: ticks(Math.round(cost / quantity)) })),
      )
    },
    async cash() {
      return silent ? no({ kind: 'disconnected' }) : ok(minorUnits(cash))
    },
    onExecution(next) {
      listener = next
    },
    async close() {},
  }

  function end(kept: Kept, status: VenueOrderStatus, reason: string): void {
    kept.status = status
    kept.reason = reason
    waiting.push({ order: reportOf(kept) })
  }

  function bookFill(kept: Kept, quantity: number, price: number, at: number): Fill {
    const { clientOrderId, symbol, side } = kept.order
    const instrument = instrumentOf(symbol)
    const before = holdings.get(symbol) ?? EMPTY_HOLDING
    const step = changeHolding(before, signOf(side) * quantity, ticks(price))
    cash += cashChange(instrument, before, step, 0)
    holdings.set(symbol, step.after)
    const fill: Fill = {
      ...{ fillId: fillId(`F${fills.length + 1}`), clientOrderId, symbol, side },
      ...{ quantity: lots(quantity), price: ticks(price), commission: 0, at: epochMs(at) },
    }
    fills.push(fill)
    return fill
  }

  /** A native bracket's legs grow with the entry, a native pair shrinks together. */
  function moveOthers(kept: Kept, quantity: number): void {
    for (const other of orders.values()) {
      if (other === kept || !isOpen(other)) continue
      if (capabilities.bracket && other.parent === kept.order.clientOrderId) other.quantity += quantity
      const isSibling = capabilities.bracket && other.parent !== undefined && other.parent === kept.parent
      const isPair = capabilities.oco && kept.order.oco === other.order.clientOrderId
      if (!isSibling && !isPair) continue
      other.quantity -= quantity
      if (other.quantity <= other.cumQty) end(other, 'canceled', 'the other of its pair filled')
      else waiting.push({ order: reportOf(other) })
    }
  }

  const venue = {
    broker,
    calls,
    twice,
    twists,
    orders,
    fills,
    held: (symbol: string) => holdings.get(symbol)?.quantity ?? 0,
    open: () => [...orders.values()].filter(isOpen),
    /** Silent, it answers no question; orders are taken all the same. */
    silence: (is: boolean) => void (silent = is),
    /** Fills lots of an order, all that is left of it unless told otherwise; the report waits for `deliver`. */
    fill(id: ClientOrderId, quantity?: number, price = 16_000, at = 0): void {
      const kept = orders.get(id)
      if (!kept || !isOpen(kept)) return
      const most = kept.quantity - kept.cumQty
      const now = Math.min(quantity ?? most, most)
      if (now <= 0) return
      kept.cumQty += now
      kept.status = kept.cumQty === kept.quantity ? 'filled' : 'partially-filled'
      const fill = bookFill(kept, now, price, at)
      waiting.push({ order: reportOf(kept), fill })
      moveOthers(kept, now)
    },
    /** Ends an order as nobody here asked for. */
    end(id: ClientOrderId, status: 'canceled' | 'expired'): void {
      const kept = orders.get(id)
      if (kept && isOpen(kept)) end(kept, status, 'the venue said so')
    },
    /** Money comes in, or goes out, without a fill; minor units. */
    moveCash: (minor: number) => void (cash += minor),
    /** An order somebody placed by hand. */
    foreign: (order: NewOrder) => keep(order),
    /** Tells what has happened since, in the order given by `arrange`. */
    deliver(arrange: (reports: readonly ExecutionReport[]) => readonly ExecutionReport[] = (all) => all): void {
      for (const report of arrange(waiting.splice(0))) listener(report)
    },
  }
  return venue
}

export type ScriptedBroker = ReturnType<typeof scriptedBroker>

function pricesOf({ limitPx, stopPx, trail }: OrderChange) {
  return {
    ...(limitPx === undefined ? {} : { limitPx }),
    ...(stopPx === undefined ? {} : { stopPx }),
    ...(trail === undefined ? {} : { trail }),
  }
}
