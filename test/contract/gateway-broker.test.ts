import { connect, SYMBOL, trade } from '../support/gateway.ts'
import { startVenue } from '../support/venue/start-venue.ts'
import { describeBroker, type BrokerRig } from './describe-broker.ts'

const PRICE = 16_000

async function openRig(): Promise<BrokerRig> {
  const venue = await startVenue(1, { marketFill: 'next-bar', slippageTicks: 1 })
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
      close: async () => {
        await broker.close()
        await venue.close()
      },
    }
  }
  await venue.bar({ symbol: SYMBOL, open: '4000.00', high: '4000.25', low: '3999.75', close: '4000.00' })
  return rig()
}

describeBroker('a venue behind the gateway', openRig)
