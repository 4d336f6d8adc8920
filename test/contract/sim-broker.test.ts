import { openSimBroker } from '../../src/engine/simulation/sim-broker.ts'
import { temporaryBooks } from '../support/paper-books.ts'
import { barOf, FUTURE, termsOf } from '../support/simulation.ts'
import { describeBroker, type BrokerRig } from './describe-broker.ts'

const PRICE = 16_000

async function openRig(): Promise<BrokerRig> {
  const books = temporaryBooks()
  let minute = 0
  const connect = async (open: () => ReturnType<typeof books.open>): Promise<BrokerRig> => {
    const settings = termsOf({ slippageTicks: 1, commissionMinorPerLot: 210 })
    const broker = openSimBroker({ books: open(), instrument: FUTURE, settings, defer: setImmediate })
    const trade = async (price: number) => {
      await broker.observe(barOf(minute++, [price, price + 1, price - 1, price], 500), 'monday')
    }
    await trade(PRICE)
    return {
      broker,
      symbol: FUTURE.symbol,
      price: PRICE,
      trade,
      reconnect: () => connect(books.reopen),
      close: async () => {
        await broker.close()
        books.remove()
      },
    }
  }
  return connect(books.open)
}

describeBroker('the simulator', openRig)
