import type { Broker, ExecutionReport, OrderReport } from '../../../domain/broker/broker.ts'
import { Refused, type Refusal } from '../../../domain/failure/refusal.ts'
import type { Currency, Instrument } from '../../../domain/instrument/instrument.ts'
import type { ClientOrderId, Fill, NewOrder } from '../../../domain/order/order.ts'
import type { ToldFill } from '../../../domain/order/told-fill.ts'
import { parseDecimal } from '../../../domain/units/decimal.ts'
import { minorUnits } from '../../../domain/units/units.ts'
import { authorization } from './call-gateway.ts'
import { openExecutionStream, type WireExecution } from './execution-stream.ts'
import {
  fillFromWire,
  orderFromWire,
  positionFromWire,
  reportFromWire,
  toldFill,
  Unreadable,
  type InstrumentOf,
} from './from-wire.ts'
import { openGatewayClient, parse, type GatewayClient } from './gateway-client.ts'
import type { AccountNamed } from './agree-terms.ts'
import { openHeldReports } from './held-reports.ts'
import { notSent, rejected } from './rejected-reply.ts'
import { openSymbolMemory } from './symbol-memory.ts'
import { changeToWire, comboToWire, orderToWire } from './to-wire.ts'
import { WireCash, WireDuplicate, type WireFill, WireFills, WireOrder, WireOrders, WirePositions } from './wire.ts'

export type GatewayBrokerContext = Readonly<{
  /** Our id of the account. */
  accountId: string
  /** Without a slash at the end. */
  url: string
  token: string | undefined
  /** The account at the gateway; undefined where the token opens one only. */
  account: string | undefined
  mode: 'paper' | 'live'
  currency: Currency
  instrumentOf: InstrumentOf
  /** Longest time one call may take, milliseconds. */
  timeoutMs: number
  /** Longest time a connection may take to open, milliseconds. */
  connectMs: number
  /** Monotonic milliseconds. */
  elapsed: () => number
  /** 0 ≤ draw < 1. */
  random: () => number
  /** Told which account the gateway has opened, whenever it may be another one. @returns why nothing may be done there */
  recognise: (named: AccountNamed) => Refusal | undefined
  /** What a person should know: `event` is a stable code. */
  trouble: (event: string, message: string) => void
}>

/** More pages than this of fills are no list but an endless one. */
const MOST_PAGES = 1_000

/**
 * A venue behind the Slipway gateway protocol (docs/gateway.md), as a `Broker`.
 *
 * Opens also when the gateway can't be reached: every call then says 'disconnected', and comes to terms with the gateway
 * first when it is back. Until then its capabilities promise nothing.
 *
 * @throws {Refused} 'broker-refused' when the gateway says, or shows, that it is not for this account, and whatever `recognise`
 *   says of the account that it has opened
 */
export async function openGatewayBroker(opened: GatewayBrokerContext): Promise<Broker> {
  const ctx = { ...opened, instrumentOf: inCurrency(opened) }
  const { url, token, account, connectMs } = ctx
  const address = { url, token, account, connectMs }
  const client = openGatewayClient({
    ...{ address, timeoutMs: ctx.timeoutMs, elapsed: ctx.elapsed, trouble: ctx.trouble },
    recognise: ctx.recognise,
    wanted: { accountId: ctx.accountId, url, account, mode: ctx.mode, currency: ctx.currency.code },
  })
  const noTerms = await client.agree()
  if (noTerms) {
    client.close()
    throw new Refused(noTerms)
  }
  const listeners: { execution?: (report: ExecutionReport) => void; gap?: (why: string) => void } = {}
  let isOpen = false
  const missed = (why: string) => {
    ctx.trouble('gateway-missed', `Something may have been missed: ${why}`)
    listeners.gap?.(why)
  }
  const reports = openHeldReports<WireExecution>({
    isKnown: client.isAgreed,
    findOut: client.agree,
    deliver: (execution) => {
      const report = reportFromWire(execution, ctx.instrumentOf)
      if (report instanceof Unreadable) missed(report.message)
      else listeners.execution?.(report)
    },
    onLetGo: () => missed('the gateway does not say whose account the stream is of'),
  })
  let wasUp = false
  const stream = openExecutionStream({
    ...{ url, connectMs, random: ctx.random, headers: authorization(address) },
    onExecution: reports.take,
    onGap: missed,
    onState: ({ up, why }) => {
      // Whoever answers from here on may be another one, with another account.
      if (!up || wasUp) client.agreeAnew()
      if (!up) return ctx.trouble('gateway-stream-down', `The stream of executions ended: ${why}`)
      if (!wasUp && isOpen) missed('the stream of executions began late')
      wasUp = true
      if (!client.isAgreed()) reports.look()
    },
  })
  const starting = new AbortController()
  const startTimer = setTimeout(() => starting.abort(), connectMs)
  await stream.ready(starting.signal)
  clearTimeout(startTimer)
  isOpen = true
  return {
    ...orderCalls(ctx, client),
    ...questions(ctx, client),
    get capabilities() {
      return client.capabilities()
    },
    onExecution: (listener) => void (listeners.execution = listener),
    onGap: (listener) => void (listeners.gap = listener),
    async close() {
      stream.close()
      client.close()
    },
  }
}

/** The account's books are kept in one currency: what trades in another can't be counted in them. */
function inCurrency({ instrumentOf, currency }: GatewayBrokerContext): InstrumentOf {
  return (symbol) => {
    const found = instrumentOf(symbol)
    return found?.currency.code === currency.code ? found : undefined
  }
}

/** The calls that change something. */
function orderCalls(
  ctx: GatewayBrokerContext,
  client: GatewayClient,
): Pick<Broker, 'submit' | 'submitCombo' | 'cancel' | 'replace'> {
  const { instrumentOf } = ctx
  const symbols = openSymbolMemory()
  const pathOf = (id: ClientOrderId) => `/v1/orders/${encodeURIComponent(id)}`

  function readOrder(id: ClientOrderId, body: unknown): OrderReport {
    const report = orderFromWire(parse(WireOrder, body), instrumentOf)
    if (report.clientOrderId !== id) throw new Unreadable(`an answer about ${report.clientOrderId} instead of ${id}`)
    symbols.remember(id, report.symbol)
    return report
  }

  /** The instrument of an order sent earlier, perhaps by a bot that has died since. */
  async function instrumentOfOrder(id: ClientOrderId): Promise<Instrument | undefined> {
    const known = symbols.symbolOf(id)
    if (known !== undefined) return instrumentOf(known)
    const found = await client.ask({
      urgency: 'protect',
      call: { method: 'GET', path: byClientId(id) },
      read: (body) => readOrder(id, body),
    })
    return found.ok ? instrumentOf(found.value.symbol) : undefined
  }

  return {
    async submit(order) {
      const instrument = instrumentOf(order.symbol)
      const { clientOrderId: id } = order
      if (!instrument) return notSent(`nobody here knows how ${order.symbol} counts`)
      symbols.remember(id, order.symbol)
      const reply = await client.change(id, {
        urgency: order.purpose === 'entry' ? 'enter' : 'protect',
        call: { method: 'POST', path: '/v1/orders', body: orderToWire(order, instrument) },
        read: (body) => readOrder(id, body),
        readRefusal: (status, body) =>
          status === 409 ? { value: readOrder(id, parse(WireDuplicate, body).order) } : undefined,
      })
      return reply.ok && reply.value.status === 'rejected' ? rejected([reply.value]) : reply
    },

    async submitCombo(combo) {
      const { comboId, legs } = combo
      const strange = legs.find(({ symbol }) => !instrumentOf(symbol))
      if (strange) return notSent(`nobody here knows how ${strange.symbol} counts`)
      for (const leg of legs) symbols.remember(leg.clientOrderId, leg.symbol)
      const readLegs = (body: unknown) => readEveryLeg(legs, parse(WireOrders, body).orders, instrumentOf)
      const reply = await client.change(comboId, {
        urgency: legs.every(({ purpose }) => purpose === 'entry') ? 'enter' : 'protect',
        call: { method: 'POST', path: '/v1/combos', body: comboToWire(combo, ({ symbol }) => instrumentOf(symbol)!) },
        read: readLegs,
        readRefusal: (status, body) => (status === 409 ? { value: readLegs(body) } : undefined),
      })
      return reply.ok && reply.value.some(({ status }) => status === 'rejected') ? rejected(reply.value) : reply
    },

    cancel: (id) =>
      client.change(id, {
        urgency: 'protect',
        call: { method: 'DELETE', path: pathOf(id) },
        read: (body) => readOrder(id, body),
      }),

    async replace(id, change) {
      const instrument = await instrumentOfOrder(id)
      if (!instrument) return { ok: false, failure: { kind: 'disconnected' } }
      return client.change(id, {
        urgency: 'protect',
        call: { method: 'PATCH', path: pathOf(id), body: changeToWire(change, instrument) },
        read: (body) => readOrder(id, body),
      })
    },
  }
}

/** The calls that only ask. */
function questions(
  ctx: GatewayBrokerContext,
  client: GatewayClient,
): Pick<Broker, 'orderByClientId' | 'openOrders' | 'fillsSince' | 'positions' | 'cash'> {
  const { instrumentOf, currency } = ctx
  const get = <T>(path: string, read: (body: unknown) => T) =>
    client.ask<T>({ urgency: 'ask', call: { method: 'GET', path }, read })
  const countWhereKnown = (wire: WireFill) => {
    const told = toldFill(wire)
    const instrument = instrumentOf(told.symbol)
    return { told, fill: instrument && fillFromWire(told, instrument) }
  }

  return {
    orderByClientId: (id) =>
      client.ask<OrderReport | undefined>({
        urgency: 'ask',
        call: { method: 'GET', path: byClientId(id) },
        read: (body) => orderFromWire(parse(WireOrder, body), instrumentOf),
        readRefusal: (status) => (status === 404 ? { value: undefined } : undefined),
      }),

    openOrders: () =>
      get('/v1/orders?status=open', (body) =>
        parse(WireOrders, body).orders.map((order) => orderFromWire(order, instrumentOf)),
      ),

    async fillsSince(cursor) {
      const fills: Fill[] = []
      const foreign: ToldFill[] = []
      let after = cursor
      for (let page = 0; page < MOST_PAGES; page++) {
        const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`
        const reply = await get(`/v1/fills${query}`, (body) => {
          const { fills: found, cursor: next, more } = parse(WireFills, body)
          return { found: found.map(countWhereKnown), next, more }
        })
        if (!reply.ok) return reply
        const { found, next, more } = reply.value
        for (const { fill, told } of found) {
          if (fill) fills.push(fill)
          else foreign.push(told)
        }
        after = next ?? after
        if (!more || found.length === 0) return { ok: true, value: { fills, foreign, cursor: after } }
      }
      const soFar = fills.length + foreign.length
      ctx.trouble('gateway-endless', `The gateway's list of fills has no end (${soFar} so far)`)
      return { ok: false, failure: { kind: 'disconnected' } }
    },

    positions: () =>
      get('/v1/positions', (body) =>
        parse(WirePositions, body).positions.map((position) => positionFromWire(position, instrumentOf)),
      ),

    cash: () =>
      get('/v1/cash', (body) => {
        const { cash, currency: theirs } = parse(WireCash, body)
        const minor = theirs === currency.code ? parseDecimal(cash, currency.digits) : undefined
        if (minor === undefined) throw new Unreadable(`${cash} ${theirs} is no amount of ${currency.code}`)
        return minorUnits(minor)
      }),
  }
}

const byClientId = (id: ClientOrderId) => `/v1/orders/by-client-id/${encodeURIComponent(id)}`

function readEveryLeg(
  legs: readonly NewOrder[],
  wire: readonly WireOrder[],
  instrumentOf: InstrumentOf,
): readonly OrderReport[] {
  const reports = wire.map((order) => orderFromWire(order, instrumentOf))
  return legs.map(({ clientOrderId: id }) => {
    const report = reports.find((one) => one.clientOrderId === id)
    if (!report) throw new Unreadable(`an answer about a combo without its leg ${id}`)
    return report
  })
}
