import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Broker, ExecutionReport } from '../../../src/domain/broker/broker.ts'
import { clientOrderId, type NewOrder } from '../../../src/domain/order/order.ts'
import { lots } from '../../../src/domain/units/units.ts'
import { barAt, connect, SYMBOL } from '../../support/gateway.ts'
import { startVenue, type SettingsChange, type VenueProcess } from '../../support/venue/start-venue.ts'

const PRICE = 20_000

let venue: VenueProcess
let broker: Broker
let heard: ExecutionReport[]
let gaps: string[]

beforeAll(async () => {
  venue = await startVenue(1)
})
afterAll(() => venue.close())
beforeEach(() => begin(1, {}))
afterEach(() => broker.close())

async function begin(seed: number, settings: SettingsChange): Promise<void> {
  await broker?.close()
  await venue.reset(seed, settings)
  await venue.bar(barAt(PRICE))
  broker = await connect(venue, { timeoutMs: 10_000 })
  heard = []
  gaps = []
  broker.onExecution((report) => void heard.push(report))
  broker.onGap?.((why) => void gaps.push(why))
}

function buy(id: string): NewOrder {
  return {
    ...{ clientOrderId: clientOrderId(id), symbol: SYMBOL, side: 'buy', quantity: lots(1), type: { kind: 'market' } },
    ...{ timeInForce: 'gtc', purpose: 'entry' },
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !isSo(); await delay(5))
    if (performance.now() > end) throw new Error('it did not come to that')
}

const fillsHeard = () => heard.flatMap(({ fill }) => (fill ? [String(fill.fillId)] : []))

describe('the stream of executions', () => {
  it('tells every fill once and in order, though the venue repeats itself', async () => {
    await begin(2, { stream: { duplicate: 1 } })
    for (const id of ['a', 'b', 'c']) await broker.submit(buy(id))
    await until(() => fillsHeard().length >= 3)
    await venue.settle()
    expect(fillsHeard()).toEqual(['F1', 'F2', 'F3'])
    expect(gaps).toEqual([])
  })

  it('puts reports back in order that came the wrong way round', async () => {
    await begin(3, { stream: { swap: 1 } })
    for (const id of ['a', 'b', 'c']) await broker.submit(buy(id))
    await until(() => fillsHeard().length >= 3)
    expect(fillsHeard()).toEqual(['F1', 'F2', 'F3'])
    expect(heard.map(({ order }) => order.status)).toEqual([
      'acknowledged',
      'filled',
      'acknowledged',
      'filled',
      'acknowledged',
      'filled',
    ])
    expect(gaps).toEqual([])
  })

  it('asks again for what is late, and tells all in order', async () => {
    await begin(4, {})
    await broker.submit(buy('a'))
    await until(() => fillsHeard().length === 1)
    await venue.settings({ stream: { late: 1, lateMs: 900 } })
    await broker.submit(buy('b'))
    await venue.settings({ stream: { late: 0 } })
    await broker.submit(buy('c'))
    await until(() => fillsHeard().length === 3)
    await delay(1_000)
    expect(fillsHeard()).toEqual(['F1', 'F2', 'F3'])
    expect(gaps).toEqual([])
  })

  it('notices by the heartbeat that the last report never came, and asks for it', async () => {
    await venue.settings({ stream: { drop: 1 } })
    await broker.submit(buy('a'))
    await until(() => fillsHeard().length === 1)
    expect(gaps).toEqual([])
  })

  it("tells what came early, and that something is missing, when it can't ask again", async () => {
    await broker.submit(buy('a'))
    await until(() => fillsHeard().length === 1)
    await venue.settings({ stream: { drop: 1 } })
    await broker.submit(buy('b'))
    await venue.settings({ stream: { drop: 0 } })
    await venue.faults({ on: 'stream', kind: 'status', status: 503, times: 2 })
    await broker.submit(buy('c'))
    await until(() => gaps.length > 0)
    expect(gaps[0]).toMatch(/missing.*down.*503/)
    await until(() => fillsHeard().length === 2)
    expect(fillsHeard()).toEqual(['F1', 'F3'])
  })

  it('comes back after a break and resumes where it was', async () => {
    await broker.submit(buy('a'))
    await until(() => fillsHeard().length === 1)
    await venue.disconnect('stream')
    await broker.submit(buy('b'))
    await until(() => fillsHeard().length === 2)
    expect(fillsHeard()).toEqual(['F1', 'F2'])
    expect(gaps).toEqual([])
  })

  it("says that something may be missing while it can't come back", async () => {
    await venue.faults({ on: 'stream', kind: 'status', status: 503, times: null })
    await venue.disconnect('stream')
    await until(() => gaps.length > 0)
    expect(gaps[0]).toMatch(/down.*503/)
    await venue.clearFaults()
    await broker.submit(buy('a'))
    await until(() => fillsHeard().length === 1)
  })

  it('says so when the venue numbers its reports anew', async () => {
    await broker.submit(buy('a'))
    await until(() => fillsHeard().length === 1)
    await venue.renumber()
    await until(() => gaps.length > 0)
    await broker.submit(buy('b'))
    await until(() => fillsHeard().length === 2)
    expect(gaps).toEqual(['the gateway began a new numbering of its reports'])
  })

  it('says so when the venue does not keep what it missed', async () => {
    await broker.submit(buy('a'))
    await until(() => fillsHeard().length === 1)
    await venue.faults({ on: 'stream', kind: 'drop', times: 1 })
    await venue.disconnect('stream')
    await broker.submit(buy('b'))
    await venue.forgetReports()
    await until(() => gaps.length > 0)
    expect(gaps[0]).toMatch(/does not keep/)
    await broker.submit(buy('c'))
    await until(() => fillsHeard().length === 2)
    expect(fillsHeard()).toEqual(['F1', 'F3'])
  })

  it('leaves alone what it does not know, and says when it could not read', async () => {
    await venue.streamRaw('{"type":"weather","is":"fine"}')
    await venue.streamRaw('{"type":"heartbeat","lastSeq":0,"mood":"good"}')
    await venue.settle()
    expect(gaps).toEqual([])
    await venue.streamRaw('<html>')
    await venue.streamRaw('{"type":"execution","seq":1,"order":{"side":"sideways"}}')
    await venue.settle()
    expect(gaps).toEqual(Array(2).fill('the stream told something that could not be read'))
    await broker.submit(buy('a'))
    await until(() => fillsHeard().length === 1)
  })

  it('counts an order of a status it does not know as open', async () => {
    const order = { venueOrderId: 'V9', symbol: SYMBOL, side: 'buy', quantity: 2, cumQty: 0, leavesQty: 2, at: 0 }
    await venue.streamRaw(
      JSON.stringify({ type: 'execution', seq: 1, order: { ...order, status: 'under-review', type: 'iceberg' } }),
    )
    await until(() => heard.length === 1)
    expect(heard[0]?.order).toMatchObject({ status: 'acknowledged', leavesQty: 2 })
    expect(heard[0]?.order.type).toBeUndefined()
  })

  const filled = (over: Readonly<Record<string, string>>) => {
    const common = { venueOrderId: 'V9', symbol: SYMBOL, side: 'buy', quantity: 2, at: 0 }
    const order = { ...common, cumQty: 2, leavesQty: 0, status: 'filled' }
    const fill = { ...common, fillId: 'F9', price: '5000.00', ...over }
    return venue.streamRaw(JSON.stringify({ type: 'execution', seq: 1, order, fill }))
  }

  it('counts a fill between two ticks at the worse one, and what it was better by as money', async () => {
    await filled({ price: '5000.10' })
    await until(() => heard.length > 0)
    expect(heard[0]?.fill).toMatchObject({ price: 20_001, credit: 150, quantity: 2 })
    expect(gaps).toEqual([])
  })

  it('counts a fill that the venue pays for as money that comes in', async () => {
    await filled({ commission: '-1.00' })
    await until(() => heard.length > 0)
    expect(heard[0]?.fill).toMatchObject({ price: 20_000, commission: -100, quantity: 2 })
    expect(gaps).toEqual([])
  })

  it('takes a fill that pays more than can be counted for garbage: no money is made up', async () => {
    await filled({ commission: `-1${'0'.repeat(30)}` })
    await until(() => gaps.length > 0)
    expect(gaps[0]).toMatch(/fill F9 has a price of 5000\.00 and a commission of -10+/)
    expect(heard).toEqual([])
  })
})

describe('a gateway that asks for patience', () => {
  it('is given it, and the call is made then: a 429 was not looked at', async () => {
    await venue.faults({ on: 'submit', kind: 'status', status: 429, retryAfterS: 0.3 })
    const began = performance.now()
    expect(await broker.submit(buy('a'))).toMatchObject({ ok: true })
    expect(performance.now() - began).toBeGreaterThan(280)
    expect((await venue.books()).copies['a']).toBe(1)
  })

  it('is not waited for longer than the call may take', async () => {
    await venue.faults({ on: 'submit', kind: 'status', status: 429, retryAfterS: 60 })
    const reply = await broker.submit(buy('a'))
    expect(reply).toMatchObject({ ok: false, failure: { kind: 'rate-limited' } })
    expect(await broker.cash()).toMatchObject({ ok: false, failure: { kind: 'rate-limited' } })
    expect((await venue.books()).copies['a']).toBeUndefined()
  })

  it('answers all that is asked at once, sooner or later', async () => {
    await begin(5, { requestsPerSecond: 5 })
    const replies = await Promise.all(Array.from({ length: 8 }, () => broker.cash()))
    expect(replies.every(({ ok }) => ok)).toBe(true)
  })

  it('gets cancels and exits before questions, questions before entries', async () => {
    await begin(6, { requestsPerSecond: 1 })
    const calls = [
      // The turn of this second, if there is one: all the others have to wait, however slow this machine is.
      broker.cash(),
      broker.submit(buy('entry')),
      broker.positions(),
      broker.submit({ ...buy('exit'), side: 'sell', purpose: 'exit' }),
      broker.cancel(clientOrderId('nobody')),
    ]
    await Promise.all(calls)
    const { timeLine } = await venue.books()
    const order = timeLine
      .filter(({ what }) => what === 'request')
      .map(({ call, clientOrderId: id }) => String(id ?? call))
      .filter((call) => call !== 'cash')
    expect(order.slice(-4)).toEqual(['exit', 'nobody', 'positions', 'entry'])
  })
})
