import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Broker, ExecutionReport } from '../../src/domain/broker/broker.ts'
import { clientOrderId, type NewOrder } from '../../src/domain/order/order.ts'
import { lots, ticks } from '../../src/domain/units/units.ts'
import { barAt, connect, SYMBOL } from './gateway.ts'
import { startVenue, type VenueProcess } from './venue/start-venue.ts'

/** The venue's last price before each test, ticks of the test's symbol. */
export const PRICE = 20_000

/** For the tests of a file: a venue that begins anew for each of them, and the gateway's broker over it. */
export function gatewayDesk() {
  let venue: VenueProcess
  let broker: Broker
  let heard: ExecutionReport[]

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

  /** Another broker in place of the one there is. */
  async function use(next: Broker): Promise<void> {
    await broker?.close()
    broker = next
    heard = []
    broker.onExecution((report) => void heard.push(report))
  }

  return {
    get venue() {
      return venue
    },
    get broker() {
      return broker
    },
    /** What the broker in use has reported. */
    get heard(): readonly ExecutionReport[] {
      return heard
    },
    use,
    /** How often the venue has taken an order. */
    copiesOf: async (id: string): Promise<number> => (await venue.books()).copies[id] ?? 0,
  }
}

/** An order that rests below the price. */
export function limit(id: string, over: Partial<NewOrder> = {}): NewOrder {
  return {
    ...{ clientOrderId: clientOrderId(id), symbol: SYMBOL, side: 'buy', quantity: lots(2) },
    ...{ type: { kind: 'limit', limitPx: ticks(PRICE - 10) }, timeInForce: 'gtc', purpose: 'entry' },
    ...over,
  }
}

export const market = (id: string, over: Partial<NewOrder> = {}) => limit(id, { type: { kind: 'market' }, ...over })
