import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Broker, ExecutionReport, OrderReport, Reply } from '../../src/domain/broker/broker.ts'
import { mayFollow } from '../../src/domain/order/order-status.ts'
import {
  clientOrderId,
  signOf,
  type Fill,
  type NewOrder,
  type OrderType,
  type Side,
} from '../../src/domain/order/order.ts'
import { lots, ticks } from '../../src/domain/units/units.ts'

/** A broker under test, and a hand on its market. */
export type BrokerRig = Readonly<{
  broker: Broker
  symbol: string
  /** A price, ticks, near which the market stands; stops and targets are set around it. */
  price: number
  /** Lets the market trade at a price for one bar, and returns when the broker has told all that came of it. */
  trade: (price: number) => Promise<void>
  /** The same account after the connection, or our process, has died. */
  reconnect: () => Promise<BrokerRig>
  close: () => Promise<void>
}>

/** What every implementation of the `Broker` port keeps to, the simulated one and real ones alike. */
export function describeBroker(name: string, open: () => Promise<BrokerRig>): void {
  describe(`${name} as a broker`, () => {
    let rig: BrokerRig
    let heard: ExecutionReport[]

    const listen = () => rig.broker.onExecution((report) => void heard.push(report))
    const order = (
      id: string,
      side: Side,
      quantity: number,
      type: OrderType,
      over: Partial<NewOrder> = {},
    ): NewOrder => ({
      clientOrderId: clientOrderId(id),
      symbol: rig.symbol,
      side,
      quantity: lots(quantity),
      type,
      timeInForce: 'gtc',
      purpose: 'entry',
      ...over,
    })
    const market: OrderType = { kind: 'market' }
    const limit = (px: number): OrderType => ({ kind: 'limit', limitPx: ticks(px) })
    const bracket = (id: string) => ({
      stop: { clientOrderId: clientOrderId(`${id}-stop`), stopPx: ticks(rig.price - 20) },
      target: { clientOrderId: clientOrderId(`${id}-target`), limitPx: ticks(rig.price + 20) },
    })
    const report = async (id: string): Promise<OrderReport | undefined> =>
      valueOf(await rig.broker.orderByClientId(clientOrderId(id)))
    const allFills = async () => valueOf(await rig.broker.fillsSince(undefined)).fills
    const position = async () =>
      valueOf(await rig.broker.positions()).find((held) => held.symbol === rig.symbol)?.quantity ?? 0

    beforeEach(async () => {
      rig = await open()
      heard = []
      listen()
    })
    afterEach(async () => {
      await rig.close()
    })

    it('acknowledges an order with a name of its own', async () => {
      const reply = valueOf(await rig.broker.submit(order('a', 'buy', 2, limit(rig.price - 5))))
      expect(reply).toMatchObject({ clientOrderId: 'a', status: 'acknowledged', quantity: 2, cumQty: 0, leavesQty: 2 })
      expect(reply.venueOrderId).not.toBe('')
      expect(valueOf(await rig.broker.openOrders())).toEqual([reply])
      expect(await report('a')).toEqual(reply)
    })

    it('never answers, nor reports, on the turn of the call', async () => {
      let turnOver = false
      const reply = rig.broker.submit(order('a', 'buy', 2, market)).then(() => expect(turnOver).toBe(true))
      await Promise.resolve()
      turnOver = true
      await reply
      expect(heard.filter(({ fill }) => fill)).toEqual([])
    })

    it('reports a fill once, with the order as it then stands', async () => {
      await rig.broker.submit(order('a', 'buy', 2, market))
      await rig.trade(rig.price)
      await rig.trade(rig.price)
      const filled = heard.filter(({ fill }) => fill)
      expect(filled).toHaveLength(1)
      expect(filled[0]?.order).toMatchObject({ clientOrderId: 'a', status: 'filled', cumQty: 2, leavesQty: 0 })
      expect(filled[0]?.fill).toMatchObject({ clientOrderId: 'a', side: 'buy', quantity: 2 })
    })

    it('answers a repeated client order id with the first order, and makes no second', async () => {
      if (!rig.broker.capabilities.dedupesClientOrderId) return
      const first = order('a', 'buy', 2, market)
      await rig.broker.submit(first)
      await rig.broker.submit(first)
      await rig.trade(rig.price)
      expect(valueOf(await rig.broker.submit(first))).toMatchObject({ status: 'filled', cumQty: 2 })
      await rig.trade(rig.price)
      expect(await position()).toBe(2)
    })

    it('rejects an order it cannot take with a reason, for good', async () => {
      for (const [id, quantity, type] of [
        ['none', 0, market],
        ['negative', -1, market],
        ['free', 1, limit(0)],
      ] as const) {
        const bad = order(id, 'buy', quantity, type)
        const reply = await rig.broker.submit(bad)
        expect(reply).toMatchObject({ ok: false, failure: { kind: 'rejected' } })
        expect(await rig.broker.submit(bad)).toEqual(reply)
      }
      const elsewhere = await rig.broker.submit(order('symbol', 'buy', 1, market, { symbol: 'NOSUCH' }))
      expect(elsewhere).toMatchObject({ ok: false, failure: { kind: 'rejected' } })
      await rig.trade(rig.price)
      expect(await allFills()).toEqual([])
      expect(valueOf(await rig.broker.openOrders())).toEqual([])
    })

    it('says so when it does not know an order', async () => {
      expect(await report('nobody')).toBeUndefined()
      const reply = await rig.broker.cancel(clientOrderId('nobody'))
      expect(reply).toEqual({ ok: false, failure: { kind: 'order-unknown', clientOrderId: 'nobody' } })
    })

    it('never fills what it has canceled', async () => {
      await rig.broker.submit(order('a', 'buy', 2, limit(rig.price - 5)))
      expect(valueOf(await rig.broker.cancel(clientOrderId('a')))).toMatchObject({ status: 'canceled', leavesQty: 0 })
      await rig.trade(rig.price - 10)
      expect(await position()).toBe(0)
      expect(await report('a')).toMatchObject({ status: 'canceled', cumQty: 0 })
    })

    it('answers a cancel that comes too late with what became of the order', async () => {
      await rig.broker.submit(order('a', 'buy', 2, market))
      await rig.trade(rig.price)
      expect(valueOf(await rig.broker.cancel(clientOrderId('a')))).toMatchObject({ status: 'filled', cumQty: 2 })
    })

    it('numbers fills so that asking from a cursor gives what came after it', async () => {
      await rig.broker.submit(order('a', 'buy', 2, market))
      await rig.trade(rig.price)
      const first = valueOf(await rig.broker.fillsSince(undefined))
      expect(first.fills).toHaveLength(1)
      await rig.broker.submit(order('b', 'buy', 1, market))
      await rig.trade(rig.price)
      const next = valueOf(await rig.broker.fillsSince(first.cursor))
      expect(next.fills.map((fill) => fill.clientOrderId)).toEqual(['b'])
      const last = valueOf(await rig.broker.fillsSince(next.cursor))
      expect(last.fills).toEqual([])
      expect(last.cursor).toBe(next.cursor)
    })

    it('tells the same fills to a listener and to whoever asks, each under an id of its own', async () => {
      await rig.broker.submit(order('a', 'buy', 3, market))
      await rig.trade(rig.price)
      await rig.broker.submit(order('b', 'sell', 1, market, { purpose: 'exit' }))
      await rig.trade(rig.price + 3)
      const told = heard.flatMap(({ fill }) => (fill ? [fill] : []))
      const asked = await allFills()
      expect(asked).toEqual(told)
      expect(new Set(asked.map((fill) => fill.fillId)).size).toBe(asked.length)
      expect(await position()).toBe(netOf(asked))
    })

    it('reports statuses only in an order in which they can follow', async () => {
      await rig.broker.submit(order('a', 'buy', 3, market, { bracket: bracket('a') }))
      await rig.trade(rig.price)
      await rig.trade(rig.price + 30)
      const last = new Map<string, OrderReport['status']>([['a', 'acknowledged']])
      for (const { order: told } of heard) {
        const before = last.get(told.clientOrderId)
        if (before !== undefined) expect(before === told.status || mayFollow(before, told.status)).toBe(true)
        last.set(told.clientOrderId, told.status)
      }
      for (const [id, status] of last) expect((await report(id))?.status).toBe(status)
    })

    it('keeps a bracket whose legs cancel each other and leave the account flat', async () => {
      if (!rig.broker.capabilities.bracket) return
      await rig.broker.submit(order('a', 'buy', 2, market, { bracket: bracket('a') }))
      expect(await report('a-stop')).toMatchObject({
        status: 'acknowledged',
        leavesQty: 0,
        parent: 'a',
        purpose: 'stop',
      })
      await rig.trade(rig.price)
      expect(await report('a-stop')).toMatchObject({ status: 'acknowledged', leavesQty: 2 })
      expect(await report('a-target')).toMatchObject({ status: 'acknowledged', leavesQty: 2 })
      await rig.trade(rig.price - 30)
      expect(await report('a-stop')).toMatchObject({ status: 'filled', cumQty: 2, leavesQty: 0 })
      expect(await report('a-target')).toMatchObject({ status: 'canceled', cumQty: 0, leavesQty: 0 })
      await rig.trade(rig.price + 30)
      expect(await position()).toBe(0)
    })

    it('changes a working order in place', async () => {
      if (!rig.broker.capabilities.replace) return
      await rig.broker.submit(order('a', 'buy', 2, limit(rig.price - 9)))
      const change = { limitPx: ticks(rig.price - 4), quantity: lots(3) }
      const reply = valueOf(await rig.broker.replace(clientOrderId('a'), change))
      expect(reply).toMatchObject({ clientOrderId: 'a', status: 'acknowledged', quantity: 3, leavesQty: 3 })
      expect(await report('a')).toEqual(reply)
      await rig.trade(rig.price - 6)
      expect(await report('a')).toMatchObject({ status: 'filled', cumQty: 3 })
      expect(await position()).toBe(3)
    })

    it('answers a change that comes too late with what became of the order', async () => {
      if (!rig.broker.capabilities.replace) return
      await rig.broker.submit(order('a', 'buy', 2, market))
      await rig.trade(rig.price)
      const reply = await rig.broker.replace(clientOrderId('a'), { limitPx: ticks(rig.price - 4) })
      expect(valueOf(reply)).toMatchObject({ status: 'filled', cumQty: 2 })
      const nobody = await rig.broker.replace(clientOrderId('nobody'), { limitPx: ticks(rig.price) })
      expect(nobody.ok).toBe(false)
    })

    it('takes off one order of a pair what the other fills', async () => {
      if (!rig.broker.capabilities.oco) return
      await rig.broker.submit(order('a', 'buy', 2, market))
      await rig.trade(rig.price)
      const stop: OrderType = { kind: 'stop', stopPx: ticks(rig.price - 20) }
      await rig.broker.submit(order('up', 'sell', 2, limit(rig.price + 20), { purpose: 'target' }))
      await rig.broker.submit(order('down', 'sell', 2, stop, { purpose: 'stop', oco: clientOrderId('up') }))
      await rig.trade(rig.price - 30)
      expect(await report('down')).toMatchObject({ status: 'filled', cumQty: 2 })
      expect(await report('up')).toMatchObject({ status: 'canceled', cumQty: 0, leavesQty: 0 })
      await rig.trade(rig.price + 30)
      expect(await position()).toBe(0)
    })

    it('trails a stop behind the best price, and never back', async () => {
      if (!rig.broker.capabilities.trailingStop) return
      await rig.broker.submit(order('a', 'buy', 2, market))
      await rig.trade(rig.price)
      const trail: OrderType = { kind: 'trailing-stop', trail: { by: 'amount', ticks: ticks(10) } }
      expect(valueOf(await rig.broker.submit(order('t', 'sell', 2, trail, { purpose: 'stop' })))).toMatchObject({
        status: 'acknowledged',
        type: trail,
      })
      await rig.trade(rig.price + 30)
      expect(await report('t')).toMatchObject({ status: 'acknowledged' })
      await rig.trade(rig.price + 15)
      expect(await report('t')).toMatchObject({ status: 'filled', cumQty: 2 })
      expect(await position()).toBe(0)
    })

    it('forgets nothing when the connection dies', async () => {
      await rig.broker.submit(order('a', 'buy', 2, market, { bracket: bracket('a') }))
      await rig.trade(rig.price)
      await rig.broker.submit(order('b', 'buy', 1, limit(rig.price - 5)))
      const before = await everything(rig.broker)
      rig = await rig.reconnect()
      listen()
      expect(await everything(rig.broker)).toEqual(before)
      await rig.trade(rig.price + 30)
      expect(await position()).toBe(0)
      expect(await report('a-target')).toMatchObject({ status: 'filled', cumQty: 2 })
    })
  })
}

async function everything(broker: Broker) {
  return {
    open: valueOf(await broker.openOrders()),
    fills: valueOf(await broker.fillsSince(undefined)),
    positions: valueOf(await broker.positions()),
    cash: valueOf(await broker.cash()),
  }
}

function netOf(fills: readonly Fill[]): number {
  return fills.reduce((net, fill) => net + signOf(fill.side) * fill.quantity, 0)
}

function valueOf<T>(reply: Reply<T>): T {
  if (!reply.ok) throw new Error(`the broker answered ${JSON.stringify(reply.failure)}`)
  return reply.value
}
