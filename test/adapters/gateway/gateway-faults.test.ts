import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Broker, ExecutionReport } from '../../../src/domain/broker/broker.ts'
import { clientOrderId, type NewOrder } from '../../../src/domain/order/order.ts'
import { lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { barAt, connect, SYMBOL } from '../../support/gateway.ts'
import type { FaultInput } from '../../support/venue/fault-plan.ts'
import { startVenue, type VenueProcess } from '../../support/venue/start-venue.ts'

const PRICE = 20_000

let venue: VenueProcess
let broker: Broker
let heard: ExecutionReport[]
let gaps: string[]

beforeAll(async () => {
  venue = await startVenue(1)
})
afterAll(() => venue.close())
beforeEach(async () => {
  await venue.reset(1)
  await venue.bar(barAt(PRICE))
  await use(await connect(venue))
})
afterEach(() => broker.close())

async function use(next: Broker): Promise<void> {
  await broker?.close()
  broker = next
  heard = []
  gaps = []
  broker.onExecution((report) => void heard.push(report))
  broker.onGap?.((why) => void gaps.push(why))
}

function limit(id: string, over: Partial<NewOrder> = {}): NewOrder {
  return {
    ...{ clientOrderId: clientOrderId(id), symbol: SYMBOL, side: 'buy', quantity: lots(2) },
    ...{ type: { kind: 'limit', limitPx: ticks(PRICE - 10) }, timeInForce: 'gtc', purpose: 'entry' },
    ...over,
  }
}
const market = (id: string, over: Partial<NewOrder> = {}) => limit(id, { type: { kind: 'market' }, ...over })

async function copiesOf(id: string): Promise<number> {
  return (await venue.books()).copies[id] ?? 0
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !isSo(); await delay(5))
    if (performance.now() > end) throw new Error('it did not come to that')
}

const unknown = (id: string) => ({ ok: false, failure: { kind: 'unknown-outcome', clientOrderId: id } })
const disconnected = { ok: false, failure: { kind: 'disconnected' } }

describe('a change without a definite answer', () => {
  it.each([
    ['a request dropped before it was read', { kind: 'drop' }, 0],
    ['an answer lost after the order was taken', { kind: 'lose-reply' }, 1],
    ['half an answer', { kind: 'half-reply' }, 1],
    ['an answer that is not the protocol', { kind: 'garbage' }, 1],
    ['no answer in time, though taken', { kind: 'hang', processed: true }, 1],
    ['no answer in time, never taken', { kind: 'hang' }, 0],
    ['500', { kind: 'status', status: 500 }, 0],
    ['502 though taken', { kind: 'status', status: 502, processed: true }, 1],
    ['503', { kind: 'status', status: 503 }, 0],
    ['504 though taken', { kind: 'status', status: 504, processed: true }, 1],
    ["a 400 that is not the gateway's", { kind: 'status', status: 400, bare: true }, 0],
    ["a 422 that is not the gateway's, though taken", { kind: 'status', status: 422, bare: true, processed: true }, 1],
    ['a 401 from something in between', { kind: 'status', status: 401, bare: true, processed: true }, 1],
    ['a redirect', { kind: 'status', status: 307, bare: true }, 0],
    ['a 404 to a new order', { kind: 'status', status: 404 }, 0],
    ["a 429 that is not the gateway's", { kind: 'status', status: 429, bare: true }, 0],
  ] as [string, Omit<FaultInput, 'on'>, number][])('is unknown: %s', async (_, fault, copies) => {
    await use(await connect(venue, { timeoutMs: 400 }))
    await venue.faults({ on: 'submit', ...fault })
    expect(await broker.submit(limit('a'))).toEqual(unknown('a'))
    expect(await copiesOf('a')).toBe(copies)
    const asked = await broker.orderByClientId(clientOrderId('a'))
    expect(asked.ok && asked.value !== undefined).toBe(copies === 1)
  })

  it.each(['cancel', 'replace'] as const)('is unknown for a %s too', async (call) => {
    await broker.submit(limit('a'))
    await venue.faults({ on: call, kind: 'lose-reply' })
    const id = clientOrderId('a')
    const reply = call === 'cancel' ? broker.cancel(id) : broker.replace(id, { limitPx: ticks(PRICE - 12) })
    expect(await reply).toEqual(unknown('a'))
  })

  it('is unknown for a combo too, and taken once however often it is sent', async () => {
    await venue.faults({ on: 'combo', kind: 'half-reply' })
    const combo = { comboId: clientOrderId('c'), legs: [market('l1'), market('l2', { side: 'sell' })] }
    expect(await broker.submitCombo(combo)).toEqual(unknown('c'))
    const again = await broker.submitCombo(combo)
    expect(again.ok && again.value.map(({ status }) => status)).toEqual(['filled', 'filled'])
    expect([await copiesOf('l1'), await copiesOf('l2')]).toEqual([1, 1])
  })
})

describe('a question without a definite answer', () => {
  it.each(['drop', 'lose-reply', 'half-reply', 'garbage', 'hang', 'status'] as const)(
    'is a lost connection, never an empty list: %s',
    async (kind) => {
      await use(await connect(venue, { timeoutMs: 400 }))
      await venue.faults({ on: 'read', kind, times: null })
      expect(await broker.orderByClientId(clientOrderId('a'))).toEqual(disconnected)
      expect(await broker.openOrders()).toEqual(disconnected)
      expect(await broker.fillsSince(undefined)).toEqual(disconnected)
      expect(await broker.positions()).toEqual(disconnected)
      expect(await broker.cash()).toEqual(disconnected)
    },
  )

  it('is not "unknown order" when a 404 comes from something in between', async () => {
    await venue.faults({ on: 'order', kind: 'status', status: 404, bare: true })
    expect(await broker.orderByClientId(clientOrderId('a'))).toEqual(disconnected)
  })
})

describe('a definite answer', () => {
  it("takes 400 and 422 as a rejection, in the gateway's words", async () => {
    await venue.faults({ on: 'submit', kind: 'status', status: 400 })
    const reply = await broker.submit(limit('a'))
    expect(reply).toEqual({ ok: false, failure: { kind: 'rejected', reason: 'the venue was told to answer 400' } })
  })

  it('takes 401 and 403 as no right to trade', async () => {
    await venue.faults({ on: 'cancel', kind: 'status', status: 403 })
    expect(await broker.cancel(clientOrderId('a'))).toEqual({ ok: false, failure: { kind: 'unauthorized' } })
  })

  it('finds the first order in a 409', async () => {
    await venue.faults({ on: 'submit', kind: 'lose-reply' })
    await broker.submit(market('a'))
    const again = await broker.submit(market('a'))
    expect(again).toMatchObject({ ok: true, value: { status: 'filled', cumQty: 2 } })
    expect(await copiesOf('a')).toBe(1)
  })

  it('makes a second order where the venue says that it does not know its ids again', async () => {
    await venue.settings({ dedupe: false })
    await use(await connect(venue))
    expect(broker.capabilities.dedupesClientOrderId).toBe(false)
    await broker.submit(limit('a'))
    await broker.submit(limit('a'))
    expect(await copiesOf('a')).toBe(2)
  })

  it('says "unknown order" while the venue does not show it yet', async () => {
    await venue.settings({ visibilityLagMs: 300 })
    await use(await connect(venue))
    expect(broker.capabilities.visibilityLagMs).toBe(300)
    await broker.submit(market('a'))
    expect(await broker.orderByClientId(clientOrderId('a'))).toEqual({ ok: true, value: undefined })
    expect(await broker.fillsSince(undefined)).toMatchObject({ value: { fills: [] } })
    expect(await broker.positions()).toMatchObject({ value: [] })
    await delay(350)
    expect(await broker.orderByClientId(clientOrderId('a'))).toMatchObject({ value: { status: 'filled' } })
    expect(await broker.positions()).toMatchObject({ value: [{ symbol: SYMBOL, quantity: 2 }] })
  })

  it("does not lie about a position that the venue leaves out: that is the engine's to judge", async () => {
    await broker.submit(market('a'))
    await venue.settings({ emptyPositions: true })
    expect(await broker.positions()).toEqual({ ok: true, value: [] })
  })
})

describe('an order that is on its way out', () => {
  it('is reported filled when the fill was faster than the cancel', async () => {
    await broker.submit(limit('a'))
    await venue.faults({ on: 'cancel', kind: 'fill-first' })
    expect(await broker.cancel(clientOrderId('a'))).toMatchObject({ value: { status: 'filled', cumQty: 2 } })
  })

  it('is reported as far as it filled when a part was faster', async () => {
    await broker.submit(limit('a'))
    await venue.faults({ on: 'cancel', kind: 'fill-first', quantity: 1 })
    expect(await broker.cancel(clientOrderId('a'))).toMatchObject({ value: { status: 'canceled', cumQty: 1 } })
  })

  it('tells of a fill that comes after the cancel', async () => {
    await broker.submit(limit('a'))
    await venue.faults({ on: 'cancel', kind: 'fill-late', ms: 50 })
    expect(await broker.cancel(clientOrderId('a'))).toMatchObject({ value: { status: 'canceled', cumQty: 0 } })
    await until(() => heard.some(({ fill }) => fill !== undefined))
    expect(heard.find(({ fill }) => fill)).toMatchObject({ order: { status: 'filled' }, fill: { quantity: 2 } })
  })

  it('stays as it is when the venue refuses the cancel', async () => {
    await broker.submit(limit('a'))
    await venue.faults({ on: 'cancel', kind: 'status', status: 422, code: 'too-late' })
    expect(await broker.cancel(clientOrderId('a'))).toMatchObject({ failure: { kind: 'rejected' } })
    expect(await broker.orderByClientId(clientOrderId('a'))).toMatchObject({ value: { status: 'acknowledged' } })
  })

  it('is answered as it stands when a change comes too late', async () => {
    await broker.submit(limit('a'))
    await venue.faults({ on: 'replace', kind: 'fill-first' })
    const reply = await broker.replace(clientOrderId('a'), { limitPx: ticks(PRICE - 20) })
    expect(reply).toMatchObject({ value: { status: 'filled', cumQty: 2 } })
  })

  it('is changed in the ticks of its own instrument, by a bot that never sent it', async () => {
    await broker.submit(limit('a'))
    await use(await connect(venue))
    const reply = await broker.replace(clientOrderId('a'), { limitPx: ticks(PRICE - 7), quantity: lots(3) })
    expect(reply).toMatchObject({ value: { quantity: 3, type: { kind: 'limit', limitPx: PRICE - 7 } } })
  })
})

describe("what a venue can't do", () => {
  it('is said in the capabilities and refused when asked for all the same', async () => {
    await venue.settings({
      capabilities: { bracket: false, oco: false, replace: false, combo: false, trailingStop: false },
    })
    await use(await connect(venue))
    expect(broker.capabilities).toMatchObject({ bracket: false, oco: false, replace: false, combo: false })
    const trailing = limit('t', { type: { kind: 'trailing-stop', trail: { by: 'percent', bps: 50 } } })
    expect(await broker.submit(trailing)).toMatchObject({ failure: { kind: 'rejected' } })
    await broker.submit(limit('a'))
    expect(await broker.replace(clientOrderId('a'), { quantity: lots(1) })).toMatchObject({
      failure: { kind: 'rejected' },
    })
    expect(await broker.submit(limit('b', { oco: clientOrderId('a') }))).toMatchObject({
      failure: { kind: 'rejected' },
    })
  })
})

describe('a combo', () => {
  const leg = (id: string, over: Partial<NewOrder> = {}) => market(id, over)

  it('is taken with all its legs or not at all', async () => {
    await venue.bar(barAt(60_000, 'MNQ'))
    const other = { symbol: 'MNQ', side: 'sell' } as const
    const bad = { comboId: clientOrderId('bad'), legs: [leg('b1'), leg('b2', { ...other, quantity: lots(0) })] }
    expect(await broker.submitCombo(bad)).toMatchObject({ ok: false, failure: { kind: 'rejected' } })
    expect(await broker.positions()).toEqual({ ok: true, value: [] })
    const reply = await broker.submitCombo({ comboId: clientOrderId('c'), legs: [leg('l1'), leg('l2', other)] })
    expect(reply.ok && reply.value.map(({ clientOrderId: id, status }) => [id, status])).toEqual([
      ['l1', 'filled'],
      ['l2', 'filled'],
    ])
  })

  it('is refused when the whole would cost more than its limit', async () => {
    const legs = [leg('l1', { quantity: lots(1) }), leg('l2', { quantity: lots(1) })]
    const combo = { comboId: clientOrderId('c'), legs, netLimitMinor: minorUnits(2 * PRICE * 125 - 1) }
    expect(await broker.submitCombo(combo)).toMatchObject({ failure: { kind: 'rejected' } })
    expect(await copiesOf('l1')).toBe(0)
  })
})

describe('orders of others', () => {
  it('have a name that none of ours can have, and can be canceled by it', async () => {
    await venue.manual({
      symbol: SYMBOL,
      side: 'buy',
      quantity: 1,
      type: 'limit',
      limitPrice: '4990.00',
      timeInForce: 'gtc',
    })
    const open = await broker.openOrders()
    const name = open.ok ? open.value[0]!.clientOrderId : clientOrderId('')
    expect(name).toBe('~V1')
    expect(await broker.cancel(name)).toMatchObject({ value: { status: 'canceled' } })
  })

  it('show up in fills and position', async () => {
    await venue.manual({ symbol: 'MNQ', side: 'sell', quantity: 3, type: 'market', timeInForce: 'day' })
    await venue.bar(barAt(60_000, 'MNQ'))
    const fills = await broker.fillsSince(undefined)
    expect(fills).toMatchObject({ value: { fills: [{ clientOrderId: '~V1', symbol: 'MNQ', quantity: 3 }] } })
    expect(await broker.positions()).toMatchObject({ value: [{ symbol: 'MNQ', quantity: -3, avgPx: 60_000 }] })
  })
})

describe("a gateway that can't be reached", () => {
  it('is a lost connection for orders too: nothing has left', async () => {
    await venue.disconnect('all', 700)
    await use(await connect({ url: 'http://127.0.0.1:1' }, { connectMs: 300 }))
    expect(await broker.submit(limit('a'))).toEqual(disconnected)
    expect(broker.capabilities.dedupesClientOrderId).toBe(false)
  })

  it('is come to terms with when it is back', async () => {
    await venue.faults({ on: 'capabilities', kind: 'drop', times: 2 })
    await use(await connect(venue))
    expect(await broker.cash()).toEqual(disconnected)
    expect(await broker.cash()).toEqual({ ok: true, value: 10_000_000 })
    expect(broker.capabilities.bracket).toBe(true)
  })

  it.each([
    ['a token that is not valid', { token: 'wrong' }, /token/],
    ['an account it does not have', { account: 'NOBODY' }, /no account NOBODY/],
    ['a paper account for live money', { mode: 'live' }, /paper account/],
    ['another currency', { currency: { code: 'EUR', digits: 2 } }, /kept in USD/],
  ] as const)('refuses to begin with %s', async (_, over, message) => {
    await expect(connect(venue, over)).rejects.toMatchObject({
      refusal: { code: 'broker-refused', message: expect.stringMatching(message) as unknown },
    })
  })

  it('lets go of everything when it is closed in the middle of a call', async () => {
    await venue.faults({ on: 'submit', kind: 'hang' })
    const reply = broker.submit(limit('a'))
    await delay(50)
    await broker.close()
    expect(await reply).toEqual(unknown('a'))
  })
})
