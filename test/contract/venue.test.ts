import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cashChange } from '../../src/domain/ledger/post-fill.ts'
import { changeHolding, EMPTY_HOLDING } from '../../src/domain/position/holding.ts'
import { ticks } from '../../src/domain/units/units.ts'
import { barAt, instrumentOf, SYMBOL } from '../support/gateway.ts'
import { settle, type BookOrder, type BookPosition } from '../support/venue/books.ts'
import { startVenue, type VenueProcess } from '../support/venue/start-venue.ts'
import { nakedSpells } from '../support/venue/time-line.ts'

const TOKEN = { authorization: 'Bearer venue-token' }

describe('the test venue', () => {
  let venue: VenueProcess
  beforeAll(async () => {
    venue = await startVenue(1)
  })
  afterAll(() => venue.close())

  const send = (order: Readonly<Record<string, unknown>>) =>
    fetch(`${venue.url}/v1/orders`, { method: 'POST', headers: TOKEN, body: JSON.stringify(order) })
  const entry = (id: string) => ({
    ...{
      clientOrderId: id,
      symbol: SYMBOL,
      side: 'buy',
      quantity: 5,
      type: 'market',
      timeInForce: 'gtc',
      purpose: 'entry',
    },
    bracket: {
      stop: { clientOrderId: `${id}-s`, stopPrice: '4990.00' },
      target: { clientOrderId: `${id}-t`, limitPrice: '5010.00' },
    },
  })

  it('is heard by a WebSocket that is not ours', async () => {
    await venue.reset(1)
    await venue.bar(barAt(20_000))
    const Listener = WebSocket as unknown as new (url: string, options: unknown) => WebSocket
    const socket = new Listener(`${venue.url.replace('http', 'ws')}/v1/stream`, { headers: TOKEN })
    const messages: { type: string; fill?: unknown }[] = []
    socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data)) as { type: string }))
    await once(socket as unknown as EventTarget, 'open')
    await send(entry('a'))
    await venue.settle()
    expect(messages[0]).toMatchObject({ type: 'hello', lastSeq: 0 })
    expect(messages.filter(({ type }) => type === 'execution').length).toBe(6)
    expect(messages.filter(({ fill }) => fill !== undefined)).toHaveLength(1)
    const closed = once(socket as unknown as EventTarget, 'close')
    socket.close()
    await closed
  })

  it('takes the same course for the same seed', async () => {
    const course = async (seed: number) => {
      await venue.reset(seed, { partial: 0.7, restMs: 60_000, marketFill: 'next-bar' })
      for (const id of ['a', 'b', 'c']) await send(entry(id))
      for (let bar = 0; bar < 6; bar++) await venue.bar(barAt(20_000))
      const { fills } = await venue.books()
      return fills.map(({ clientOrderId, quantity }) => `${clientOrderId} ${quantity}`)
    }
    expect(await course(7)).toEqual(await course(7))
    expect(await course(7)).not.toEqual(await course(8))
  })

  it('tells how long a position had no stop', async () => {
    await venue.reset(1)
    await venue.bar(barAt(20_000))
    await send(entry('a'))
    const guarded = await venue.books()
    expect(nakedSpells(guarded.timeLine, guarded.now).every(({ from, to }) => to - from < 50)).toBe(true)
    await venue.cancel('a-s')
    const { timeLine, now } = await venue.books()
    expect(nakedSpells(timeLine, now).at(-1)).toMatchObject({ symbol: SYMBOL, to: now, most: 5 })
  })

  it('counts money as the product does, though it was written apart', () => {
    const instruments = ['MES', 'SPY'].map((symbol) => instrumentOf(symbol)!)
    const trade = fc.record({
      lots: fc.integer({ min: -7, max: 7 }).filter((lots) => lots !== 0),
      price: fc.integer({ min: 1, max: 100_000 }),
      commission: fc.integer({ min: 0, max: 1_000 }),
      better: fc.constantFrom(0, 0, 3, 1_249),
    })
    fc.assert(
      fc.property(fc.constantFrom(...instruments), fc.array(trade, { maxLength: 30 }), (instrument, trades) => {
        let theirs: BookPosition | undefined
        let ours = EMPTY_HOLDING
        for (const { lots, price, commission, better } of trades) {
          const order = { instrument, side: lots > 0 ? 'buy' : 'sell' } as unknown as BookOrder
          const step = settle(theirs, { order, quantity: Math.abs(lots), price, commission, better })
          const own = changeHolding(ours, lots, ticks(price), better)
          expect(step.cash).toBe(cashChange(instrument, ours, own, commission))
          const { quantity, cost, better: saved } = step.after
          expect({ quantity, cost: Number(cost), credit: Number(saved) }).toEqual({ credit: 0, ...own.after })
          theirs = step.after
          ours = own.after
        }
      }),
    )
  })
})
