import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { clientOrderId, type NewOrder } from '../../../src/domain/order/order.ts'
import { lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { barAt, connect, SYMBOL } from '../../support/gateway.ts'
import { gatewayDesk, limit, market, PRICE } from '../../support/gateway-desk.ts'

const desk = gatewayDesk()

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !isSo(); await delay(5))
    if (performance.now() > end) throw new Error('it did not come to that')
}

describe('a definite answer', () => {
  it("takes 400 and 422 as a rejection, in the gateway's words", async () => {
    await desk.venue.faults({ on: 'submit', kind: 'status', status: 400 })
    const reply = await desk.broker.submit(limit('a'))
    expect(reply).toEqual({ ok: false, failure: { kind: 'rejected', reason: 'the venue was told to answer 400' } })
  })

  it('takes 401 and 403 as no right to trade', async () => {
    await desk.venue.faults({ on: 'cancel', kind: 'status', status: 403 })
    expect(await desk.broker.cancel(clientOrderId('a'))).toEqual({ ok: false, failure: { kind: 'unauthorized' } })
  })

  it('names the account whose token is to be renewed', async () => {
    await expect(connect(desk.venue, { token: 'wrong', accountId: 'mine' })).rejects.toMatchObject({
      refusal: { code: 'broker-refused', nextStep: expect.stringContaining('slipway vault set mine token') as string },
    })
  })

  it('finds the first order in a 409', async () => {
    await desk.venue.faults({ on: 'submit', kind: 'lose-reply' })
    await desk.broker.submit(market('a'))
    const again = await desk.broker.submit(market('a'))
    expect(again).toMatchObject({ ok: true, value: { status: 'filled', cumQty: 2 } })
    expect(await desk.copiesOf('a')).toBe(1)
  })

  it('makes a second order where the venue says that it does not know its ids again', async () => {
    await desk.venue.settings({ dedupe: false })
    await desk.use(await connect(desk.venue))
    expect(desk.broker.capabilities.dedupesClientOrderId).toBe(false)
    await desk.broker.submit(limit('a'))
    await desk.broker.submit(limit('a'))
    expect(await desk.copiesOf('a')).toBe(2)
  })

  it('says "unknown order" while the venue does not show it yet', async () => {
    await desk.venue.settings({ visibilityLagMs: 300 })
    await desk.use(await connect(desk.venue))
    expect(desk.broker.capabilities.visibilityLagMs).toBe(300)
    await desk.broker.submit(market('a'))
    expect(await desk.broker.orderByClientId(clientOrderId('a'))).toEqual({ ok: true, value: undefined })
    expect(await desk.broker.fillsSince(undefined)).toMatchObject({ value: { fills: [] } })
    expect(await desk.broker.positions()).toMatchObject({ value: [] })
    await delay(350)
    expect(await desk.broker.orderByClientId(clientOrderId('a'))).toMatchObject({ value: { status: 'filled' } })
    expect(await desk.broker.positions()).toMatchObject({ value: [{ symbol: SYMBOL, quantity: 2 }] })
  })

  it("does not lie about a position that the venue leaves out: that is the engine's to judge", async () => {
    await desk.broker.submit(market('a'))
    await desk.venue.settings({ emptyPositions: true })
    expect(await desk.broker.positions()).toEqual({ ok: true, value: [] })
  })
})

describe('an order that is on its way out', () => {
  it('is reported filled when the fill was faster than the cancel', async () => {
    await desk.broker.submit(limit('a'))
    await desk.venue.faults({ on: 'cancel', kind: 'fill-first' })
    expect(await desk.broker.cancel(clientOrderId('a'))).toMatchObject({ value: { status: 'filled', cumQty: 2 } })
  })

  it('is reported as far as it filled when a part was faster', async () => {
    await desk.broker.submit(limit('a'))
    await desk.venue.faults({ on: 'cancel', kind: 'fill-first', quantity: 1 })
    expect(await desk.broker.cancel(clientOrderId('a'))).toMatchObject({ value: { status: 'canceled', cumQty: 1 } })
  })

  it('tells of a fill that comes after the cancel', async () => {
    await desk.broker.submit(limit('a'))
    await desk.venue.faults({ on: 'cancel', kind: 'fill-late', ms: 50 })
    expect(await desk.broker.cancel(clientOrderId('a'))).toMatchObject({ value: { status: 'canceled', cumQty: 0 } })
    await until(() => desk.heard.some(({ fill }) => fill !== undefined))
    expect(desk.heard.find(({ fill }) => fill)).toMatchObject({ order: { status: 'filled' }, fill: { quantity: 2 } })
  })

  it('stays as it is when the venue refuses the cancel', async () => {
    await desk.broker.submit(limit('a'))
    await desk.venue.faults({ on: 'cancel', kind: 'status', status: 422, code: 'too-late' })
    expect(await desk.broker.cancel(clientOrderId('a'))).toMatchObject({ failure: { kind: 'rejected' } })
    expect(await desk.broker.orderByClientId(clientOrderId('a'))).toMatchObject({ value: { status: 'acknowledged' } })
  })

  it('is answered as it stands when a change comes too late', async () => {
    await desk.broker.submit(limit('a'))
    await desk.venue.faults({ on: 'replace', kind: 'fill-first' })
    const reply = await desk.broker.replace(clientOrderId('a'), { limitPx: ticks(PRICE - 20) })
    expect(reply).toMatchObject({ value: { status: 'filled', cumQty: 2 } })
  })

  it('is changed in the ticks of its own instrument, by a bot that never sent it', async () => {
    await desk.broker.submit(limit('a'))
    await desk.use(await connect(desk.venue))
    const reply = await desk.broker.replace(clientOrderId('a'), { limitPx: ticks(PRICE - 7), quantity: lots(3) })
    expect(reply).toMatchObject({ value: { quantity: 3, type: { kind: 'limit', limitPx: PRICE - 7 } } })
  })
})

describe("what a venue can't do", () => {
  it('is said in the capabilities and refused when asked for all the same', async () => {
    await desk.venue.settings({
      capabilities: { bracket: false, oco: false, replace: false, combo: false, trailingStop: false },
    })
    await desk.use(await connect(desk.venue))
    expect(desk.broker.capabilities).toMatchObject({ bracket: false, oco: false, replace: false, combo: false })
    const trailing = limit('t', { type: { kind: 'trailing-stop', trail: { by: 'percent', bps: 50 } } })
    expect(await desk.broker.submit(trailing)).toMatchObject({ failure: { kind: 'rejected' } })
    await desk.broker.submit(limit('a'))
    expect(await desk.broker.replace(clientOrderId('a'), { quantity: lots(1) })).toMatchObject({
      failure: { kind: 'rejected' },
    })
    expect(await desk.broker.submit(limit('b', { oco: clientOrderId('a') }))).toMatchObject({
      failure: { kind: 'rejected' },
    })
  })
})

describe('a combo', () => {
  const leg = (id: string, over: Partial<NewOrder> = {}) => market(id, over)

  it('is taken with all its legs or not at all', async () => {
    await desk.venue.bar(barAt(60_000, 'MNQ'))
    const other = { symbol: 'MNQ', side: 'sell' } as const
    const bad = { comboId: clientOrderId('bad'), legs: [leg('b1'), leg('b2', { ...other, quantity: lots(0) })] }
    expect(await desk.broker.submitCombo(bad)).toMatchObject({ ok: false, failure: { kind: 'rejected' } })
    expect(await desk.broker.positions()).toEqual({ ok: true, value: [] })
    const reply = await desk.broker.submitCombo({ comboId: clientOrderId('c'), legs: [leg('l1'), leg('l2', other)] })
    expect(reply.ok && reply.value.map(({ clientOrderId: id, status }) => [id, status])).toEqual([
      ['l1', 'filled'],
      ['l2', 'filled'],
    ])
  })

  it('is refused when the whole would cost more than its limit', async () => {
    const legs = [leg('l1', { quantity: lots(1) }), leg('l2', { quantity: lots(1) })]
    const combo = { comboId: clientOrderId('c'), legs, netLimitMinor: minorUnits(2 * PRICE * 125 - 1) }
    expect(await desk.broker.submitCombo(combo)).toMatchObject({ failure: { kind: 'rejected' } })
    expect(await desk.copiesOf('l1')).toBe(0)
  })
})

describe('orders of others', () => {
  it('have a name that none of ours can have, and can be canceled by it', async () => {
    await desk.venue.manual({
      symbol: SYMBOL,
      side: 'buy',
      quantity: 1,
      type: 'limit',
      limitPrice: '4990.00',
      timeInForce: 'gtc',
    })
    const open = await desk.broker.openOrders()
    const name = open.ok ? open.value[0]!.clientOrderId : clientOrderId('')
    expect(name).toBe('~V1')
    expect(await desk.broker.cancel(name)).toMatchObject({ value: { status: 'canceled' } })
  })

  it('show up in fills and position', async () => {
    await desk.venue.manual({ symbol: 'MNQ', side: 'sell', quantity: 3, type: 'market', timeInForce: 'day' })
    await desk.venue.bar(barAt(60_000, 'MNQ'))
    const fills = await desk.broker.fillsSince(undefined)
    expect(fills).toMatchObject({ value: { fills: [{ clientOrderId: '~V1', symbol: 'MNQ', quantity: 3 }] } })
    expect(await desk.broker.positions()).toMatchObject({ value: [{ symbol: 'MNQ', quantity: -3, avgPx: 60_000 }] })
  })
})
