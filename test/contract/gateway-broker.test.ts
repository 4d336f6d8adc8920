import { afterAll } from 'vitest'
import { barAt, connect, SYMBOL, trade } from '../support/gateway.ts'
import { startVenue, type VenueProcess } from '../support/venue/start-venue.ts'
import { describeBroker, type BrokerRig } from './describe-broker.ts'

const PRICE = 16_000

let shared: VenueProcess | undefined
afterAll(() => shared?.close())

/** One venue for all: fresh books cost less than a fresh process. */
async function openRig(): Promise<BrokerRig> {
  const venue = (shared ??= await startVenue(1))
  await venue.reset(1, { marketFill: 'next-bar', slippageTicks: 1 })
  const rig = async (): Promise<BrokerRig> => {
    const broker = await connect(venue)
    return {
      broker,
      symbol: SYMBOL,
      price: PRICE,
      trade: (price) => trade(venue, price),
      reconnect: async () => {
        await broker.close()
        return rig()
      },
      close: () => broker.close(),
    }
  }
  await venue.bar(barAt(PRICE))
  return rig()
}

describeBroker('a venue behind the gateway', openRig)
