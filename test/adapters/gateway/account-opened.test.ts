import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AccountNamed } from '../../../src/adapters/brokers/gateway/agree-terms.ts'
import type { Broker, ExecutionReport } from '../../../src/domain/broker/broker.ts'
import { refusal, type Refusal } from '../../../src/domain/failure/refusal.ts'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { lots } from '../../../src/domain/units/units.ts'
import { limit, PRICE } from '../../support/gateway-desk.ts'
import { barAt, connect, SYMBOL } from '../../support/gateway.ts'
import { startVenue, type VenueProcess } from '../../support/venue/start-venue.ts'

const FOREIGN = refusal('account-foreign', 'It is another account.', 'Put back the token.')

describe('the account that a gateway has opened', () => {
  let venue: VenueProcess
  let broker: Broker | undefined
  let named: AccountNamed[]
  let heard: ExecutionReport[]
  let gaps: string[]
  /** What is said of an account. */
  let judge: (named: AccountNamed) => Refusal | undefined
  beforeAll(async () => {
    venue = await startVenue(1)
  })
  afterAll(() => venue.close())
  beforeEach(async () => {
    await venue.reset(1)
    await venue.bar(barAt(PRICE))
    named = []
    judge = ({ accountId }) => (accountId === 'SIM-1' ? undefined : FOREIGN)
  })
  afterEach(() => broker?.close())

  async function open(): Promise<Broker> {
    const recognise = (one: AccountNamed) => {
      named.push(one)
      return judge(one)
    }
    broker = await connect(venue, { recognise })
    heard = []
    gaps = []
    broker.onExecution((report) => void heard.push(report))
    broker.onGap?.((why) => void gaps.push(why))
    return broker
  }

  async function until(isSo: () => boolean): Promise<void> {
    for (const end = performance.now() + 10_000; !isSo(); await delay(5))
      if (performance.now() > end) throw new Error('it did not come to that')
  }

  it('is told with its mode and its identity, before anything is asked', async () => {
    await open()
    expect(named).toEqual([{ accountId: 'SIM-1', mode: 'paper', identity: 'slipway-test/SIM-1' }])
    await venue.settings({ account: { identity: '' } })
    await broker?.close()
    await open()
    expect(named.at(-1)).toEqual({ accountId: 'SIM-1', mode: 'paper', identity: undefined })
  })

  it('is refused when the broker opens, in the words it was refused with', async () => {
    await venue.settings({ account: { accountId: 'SIM-2' } })
    await expect(open()).rejects.toMatchObject({ refusal: FOREIGN })
  })

  it('is asked for anew after a break, and where it is another one nothing leaves any more, exits included', async () => {
    const desk = await open()
    expect((await desk.submit(limit('a'))).ok).toBe(true)
    await venue.settings({ account: { accountId: 'SIM-2' } })
    await venue.disconnect('stream')
    await until(() => named.at(-1)?.accountId === 'SIM-2')
    const exit = limit('exit', { side: 'sell', purpose: 'exit', type: { kind: 'market' }, quantity: lots(1) })
    const unauthorized = { ok: false, failure: { kind: 'unauthorized' } }
    expect(await desk.submit(exit)).toEqual(unauthorized)
    expect(await desk.cancel(clientOrderId('a'))).toEqual(unauthorized)
    expect(await desk.positions()).toEqual(unauthorized)
    // Once another, always another: there is no way back for this bot.
    await venue.settings({ account: { accountId: 'SIM-1' } })
    expect(await desk.cancel(clientOrderId('a'))).toEqual(unauthorized)
    const { orders } = await venue.books()
    expect(orders).toMatchObject([{ clientOrderId: 'a', status: 'acknowledged' }])
  })

  it('is not heard of by a stream that comes back to another one', async () => {
    await open()
    await venue.settings({ account: { accountId: 'SIM-2' } })
    await venue.disconnect('stream')
    await venue.manual({ symbol: SYMBOL, side: 'buy', quantity: 1, type: 'market', timeInForce: 'day' })
    await until(() => gaps.length > 0)
    expect(heard).toEqual([])
    expect(gaps).toEqual(['the gateway does not say whose account the stream is of'])
  })

  it('is waited for by what the stream tells meanwhile, which comes in order and once', async () => {
    await open()
    await venue.faults({ on: 'capabilities', kind: 'delay', ms: 300 })
    await venue.disconnect('stream')
    const manual = { symbol: SYMBOL, side: 'buy', quantity: 1, type: 'market', timeInForce: 'day' } as const
    await venue.manual(manual)
    await until(() => named.length === 2)
    await venue.manual(manual)
    await until(() => heard.flatMap(({ fill }) => fill ?? []).length === 2)
    expect(heard.flatMap(({ fill }) => (fill ? [String(fill.fillId)] : []))).toEqual(['F1', 'F2'])
    expect(gaps).toEqual([])
  })

  it('is not guessed where the gateway does not say it now: what the stream tells counts as missed', async () => {
    await open()
    await venue.faults({ on: 'capabilities', kind: 'status', status: 503, times: null })
    await venue.disconnect('stream')
    await venue.manual({ symbol: SYMBOL, side: 'buy', quantity: 1, type: 'market', timeInForce: 'day' })
    await until(() => gaps.length > 0)
    expect(heard).toEqual([])
    await venue.clearFaults()
    const told = await broker!.fillsSince(undefined)
    expect(told.ok && told.value.fills).toHaveLength(1)
  })
})
