import { createServer, connect as dial, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Broker } from '../../../src/domain/broker/broker.ts'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import type { TradeCommand } from '../../../src/domain/order/trade-command.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { connect, instrumentOf, SYMBOL } from '../../support/gateway.ts'
import { gatewayDesk, limit, PRICE } from '../../support/gateway-desk.ts'
import { PLAIN } from '../../support/scripted-broker.ts'
import { tempHome } from '../../support/temp-home.ts'
import { openTradeRig } from '../../support/trade-rig.ts'

const desk = gatewayDesk()
const disconnected = { ok: false, failure: { kind: 'disconnected' } }
const unknown = (id: string) => ({ ok: false, failure: { kind: 'unknown-outcome', clientOrderId: id } })

/** The worst venue to be wrong at: it takes an order twice, and shows the first one late. */
const CARELESS = {
  ...{ dedupe: false, visibilityLagMs: 500 },
  capabilities: { bracket: false, oco: false, replace: false, trailingStop: false, combo: false },
}

/** A connection that was kept open is known to be dead after this; on one that is not, an order may have left. */
const NOTICED_MS = 100

/** A way to the venue that can be closed: then nobody listens at its end. */
async function openWay() {
  const sockets = new Set<Socket>()
  const server: Server = createServer((from) => {
    const to = dial(desk.venue.port, '127.0.0.1')
    for (const socket of [from, to]) {
      sockets.add(socket)
      socket.on('close', () => void sockets.delete(socket)).on('error', () => undefined)
    }
    from.pipe(to).pipe(from)
    from.on('close', () => to.destroy())
    to.on('close', () => from.destroy())
  })
  const listen = (port: number) => new Promise<void>((done) => void server.listen(port, '127.0.0.1', done))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const shut = async () => {
    const closed = new Promise((done) => void server.close(done))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  onTestFinished(shut)
  return { url: `http://127.0.0.1:${port}`, shut, open: () => listen(port) }
}

describe('an order that surely never left', () => {
  it('is one that nobody listened for', async () => {
    const way = await openWay()
    await desk.use(await connect({ url: way.url }))
    await way.shut()
    await delay(NOTICED_MS)
    expect(await desk.broker.submit(limit('a'))).toEqual(disconnected)
    await way.open()
    expect(await desk.copiesOf('a')).toBe(0)
    expect(await desk.broker.submit(limit('a'))).toMatchObject({ ok: true })
    expect(await desk.copiesOf('a')).toBe(1)
  })

  it('is one whose gateway has no address', async () => {
    await desk.use(await connect({ url: 'http://gateway.invalid:8080' }, { connectMs: 300 }))
    expect(await desk.broker.submit(limit('a'))).toEqual(disconnected)
  })

  it('is one that the gateway did not look at, for as long as it asked for', async () => {
    await desk.use(await connect(desk.venue, { timeoutMs: 500 }))
    await desk.venue.faults({ on: 'submit', kind: 'status', status: 429, retryAfterS: 1.5 })
    const reply = await desk.broker.submit(limit('a'))
    expect(reply).toMatchObject({ ok: false, failure: { kind: 'rate-limited' } })
    // Nothing leaves before: the second try is not even made.
    expect(await desk.broker.submit(limit('a'))).toMatchObject({ ok: false, failure: { kind: 'rate-limited' } })
    const { timeLine } = await desk.venue.books()
    expect(timeLine.filter(({ what, call }) => what === 'request' && call === 'submit')).toHaveLength(1)
    expect(await desk.copiesOf('a')).toBe(0)
  })

  it.each([
    ['429 of something in between', { kind: 'status', status: 429, bare: true }],
    ['429 of something in between, though taken', { kind: 'status', status: 429, bare: true, processed: true }],
    ['503 of something in between', { kind: 'status', status: 503, bare: true }],
    ["the gateway's own 503", { kind: 'status', status: 503 }],
    ['a connection that ends before the answer', { kind: 'drop' }],
  ] as const)('is none of which that is not certain: %s', async (_, fault) => {
    await desk.venue.faults({ on: 'submit', ...fault })
    expect(await desk.broker.submit(limit('a'))).toEqual(unknown('a'))
  })
})

describe('a bot whose stop did not leave', () => {
  const bracket: TradeCommand = {
    ...{ kind: 'bracket-order', side: 'buy', symbol: SYMBOL, quantity: lots(2) },
    ...{ stopPx: ticks(PRICE - 40), targetPx: ticks(PRICE + 40) },
  }

  function rigOver(broker: Broker) {
    const rig = openTradeRig({
      ...{ home: tempHome(), capabilities: PLAIN, broker, cashMinor: 10_000_000, instruments: [instrumentOf(SYMBOL)!] },
    })
    onTestFinished(() => rig.close())
    rig.bar(PRICE)
    return rig
  }

  /** Compares books as a bot does, by the true clock, until the stop is there. */
  async function untilStop(rig: ReturnType<typeof rigOver>): Promise<number> {
    const began = performance.now()
    for (let round = 0; round < 100; round++) {
      await rig.reconcile()
      await rig.settle()
      const { orders } = await desk.venue.books()
      if (orders.some((order) => order['purpose'] === 'stop')) return performance.now() - began
      await delay(50)
    }
    throw new Error('no stop came')
  }

  async function expectOnce(): Promise<void> {
    const { orders, copies } = await desk.venue.books()
    const stops = orders.filter((order) => order['purpose'] === 'stop')
    expect(stops).toMatchObject([{ status: 'acknowledged', quantity: 2 }])
    expect(Object.values(copies).every((count) => count === 1)).toBe(true)
  }

  it('sends it under its name when the gateway wants calls again', async () => {
    await desk.venue.settings(CARELESS)
    await desk.use(await connect(desk.venue, { timeoutMs: 500 }))
    const rig = rigOver(desk.broker)
    await desk.venue.faults({ on: 'submit', kind: 'status', status: 429, retryAfterS: 1.2, purpose: 'stop' })
    expect(await rig.trade(bracket)).toMatchObject({ kind: 'accepted' })
    await rig.reconcile()
    await rig.settle()
    const [id] = [...rig.book.neverLeft]
    expect(await untilStop(rig)).toBeGreaterThan(500)
    await expectOnce()
    expect(rig.book.known(clientOrderId(id!))).toMatchObject({ status: 'acknowledged' })
  })

  it('sends it under its name as soon as somebody listens again', async () => {
    await desk.venue.settings(CARELESS)
    const way = await openWay()
    await desk.use(await connect({ url: way.url }, { timeoutMs: 1_000 }))
    const rig = rigOver(desk.broker)
    const { submit } = desk.broker
    let cut = false
    Object.assign(desk.broker, {
      submit: async (order: Parameters<Broker['submit']>[0]) => {
        if (order.purpose === 'stop' && !cut) {
          cut = true
          await way.shut()
          await delay(NOTICED_MS)
        }
        return submit(order)
      },
    })
    expect(await rig.trade(bracket)).toMatchObject({ kind: 'accepted' })
    await rig.reconcile()
    await rig.settle()
    const [id] = [...rig.book.neverLeft]
    expect(id).toBeDefined()
    await way.open()
    await untilStop(rig)
    await expectOnce()
    expect(rig.book.known(clientOrderId(id!))).toMatchObject({ status: 'acknowledged' })
  })
})
