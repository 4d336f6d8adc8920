import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { ticks } from '../../../src/domain/units/units.ts'
import { connect } from '../../support/gateway.ts'
import { gatewayDesk, limit, market, PRICE } from '../../support/gateway-desk.ts'
import type { FaultInput } from '../../support/venue/fault-plan.ts'

const desk = gatewayDesk()
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
    await desk.use(await connect(desk.venue, { timeoutMs: 400 }))
    await desk.venue.faults({ on: 'submit', ...fault })
    expect(await desk.broker.submit(limit('a'))).toEqual(unknown('a'))
    expect(await desk.copiesOf('a')).toBe(copies)
    const asked = await desk.broker.orderByClientId(clientOrderId('a'))
    expect(asked.ok && asked.value !== undefined).toBe(copies === 1)
  })

  it.each(['cancel', 'replace'] as const)('is unknown for a %s too', async (call) => {
    await desk.broker.submit(limit('a'))
    await desk.venue.faults({ on: call, kind: 'lose-reply' })
    const id = clientOrderId('a')
    const reply = call === 'cancel' ? desk.broker.cancel(id) : desk.broker.replace(id, { limitPx: ticks(PRICE - 12) })
    expect(await reply).toEqual(unknown('a'))
  })

  it('is unknown for a combo too, and taken once however often it is sent', async () => {
    await desk.venue.faults({ on: 'combo', kind: 'half-reply' })
    const combo = { comboId: clientOrderId('c'), legs: [market('l1'), market('l2', { side: 'sell' })] }
    expect(await desk.broker.submitCombo(combo)).toEqual(unknown('c'))
    const again = await desk.broker.submitCombo(combo)
    expect(again.ok && again.value.map(({ status }) => status)).toEqual(['filled', 'filled'])
    expect([await desk.copiesOf('l1'), await desk.copiesOf('l2')]).toEqual([1, 1])
  })
})

describe('a question without a definite answer', () => {
  it.each(['drop', 'lose-reply', 'half-reply', 'garbage', 'hang', 'status'] as const)(
    'is a lost connection, never an empty list: %s',
    async (kind) => {
      await desk.use(await connect(desk.venue, { timeoutMs: 400 }))
      await desk.venue.faults({ on: 'read', kind, times: null })
      expect(await desk.broker.orderByClientId(clientOrderId('a'))).toEqual(disconnected)
      expect(await desk.broker.openOrders()).toEqual(disconnected)
      expect(await desk.broker.fillsSince(undefined)).toEqual(disconnected)
      expect(await desk.broker.positions()).toEqual(disconnected)
      expect(await desk.broker.cash()).toEqual(disconnected)
    },
  )

  it('is not "unknown order" when a 404 comes from something in between', async () => {
    await desk.venue.faults({ on: 'order', kind: 'status', status: 404, bare: true })
    expect(await desk.broker.orderByClientId(clientOrderId('a'))).toEqual(disconnected)
  })
})

describe("a gateway that can't be reached", () => {
  it('is a lost connection for orders too: nothing has left', async () => {
    await desk.venue.disconnect('all', 700)
    await desk.use(await connect({ url: 'http://127.0.0.1:1' }, { connectMs: 300 }))
    expect(await desk.broker.submit(limit('a'))).toEqual(disconnected)
    expect(desk.broker.capabilities.dedupesClientOrderId).toBe(false)
  })

  it('is come to terms with when it is back', async () => {
    await desk.venue.faults({ on: 'capabilities', kind: 'drop', times: 2 })
    await desk.use(await connect(desk.venue))
    expect(await desk.broker.cash()).toEqual(disconnected)
    expect(await desk.broker.cash()).toEqual({ ok: true, value: 10_000_000 })
    expect(desk.broker.capabilities.bracket).toBe(true)
  })

  it.each([
    ['a token that is not valid', { token: 'wrong' }, /token/],
    ['an account it does not have', { account: 'NOBODY' }, /no account NOBODY/],
    ['a paper account for live money', { mode: 'live' }, /paper account/],
    ['another currency', { currency: { code: 'EUR', digits: 2 } }, /kept in USD/],
  ] as const)('refuses to begin with %s', async (_, over, message) => {
    await expect(connect(desk.venue, over)).rejects.toMatchObject({
      refusal: { code: 'broker-refused', message: expect.stringMatching(message) as unknown },
    })
  })

  it('lets go of everything when it is closed in the middle of a call', async () => {
    await desk.venue.faults({ on: 'submit', kind: 'hang' })
    const reply = desk.broker.submit(limit('a'))
    await delay(50)
    await desk.broker.close()
    expect(await reply).toEqual(unknown('a'))
  })
})
