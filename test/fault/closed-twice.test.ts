import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { connectToBot } from '../../src/adapters/bot-control/connect-to-bot.ts'
import type { BotProcess } from '../../src/adapters/bot-process/spawn-bot.ts'
import { openRandomStream } from '../../src/domain/market/random-stream.ts'
import { prepareHome, startBot, untilBot } from '../support/bot-fleet.ts'
import { tempHome } from '../support/temp-home.ts'
import { startVenue, type VenueBooks, type VenueProcess } from '../support/venue/start-venue.ts'
import { gatewayAccount, marketPrice } from './orders/gateway-account.ts'
import { openMarket } from './orders/move-market.ts'
import { programOf } from '../support/programs/programs.ts'

let venue: VenueProcess | undefined
let bot: BotProcess | undefined
afterEach(async () => {
  bot?.kill()
  await bot?.exited
  await venue?.close()
})

const heldIn = ({ positions }: VenueBooks) => positions.find(({ symbol }) => symbol === 'MES')?.quantity ?? 0

/** Every quantity that was held, as the fills made it. */
function wayOf({ fills }: VenueBooks): number[] {
  let held = 0
  return fills.map(({ side, quantity }) => (held += (side === 'buy' ? 1 : -1) * Number(quantity)))
}

it('what a stop and an exit have both closed is bought back, once', async () => {
  venue = await startVenue(1)
  const layout = prepareHome(tempHome())
  const market = openMarket(venue, marketPrice(), openRandomStream('closed-twice'))
  await market.move(0)
  const id = await gatewayAccount(layout, venue)
  bot = await startBot(layout, id, programOf('bot'))
  await untilBot(layout, id, ({ state }) => state === 'trading')
  const link = (await connectToBot({ endpoint: layout.botEndpoint(id), timeoutMs: 5_000 }))!
  const entry = { kind: 'bracket-order', symbol: 'MES', side: 'buy', quantity: 2 } as const
  const command = { ...entry, stopPrice: market.px(-12), targetPrice: market.px(40) }
  await link.trade({ signalId: 'in', command }, 10_000)
  await market.move(1)
  await untilBot(layout, id, ({ position }) => position === 2)

  // The exit is on its way when the price runs through the stop.
  await venue.faults({ on: 'submit', kind: 'hold', where: 'before', purpose: 'exit' })
  const asked = link.trade({ signalId: 'out', command: { kind: 'close-position', symbol: 'MES' } }, 30_000)
  await venue.awaitHeld()
  await market.move(-14)
  await venue.release()
  await asked.catch(() => undefined)
  link.close()

  let books = await venue.books()
  for (const end = performance.now() + 60_000; performance.now() < end; await delay(100)) {
    books = await venue.books()
    if (books.fills.length >= 4 && heldIn(books) === 0) break
  }
  expect(wayOf(books)).toEqual([2, 0, -2, 0])
  await untilBot(
    layout,
    id,
    ({ state, position, openOrders }) => state === 'trading' && position === 0 && openOrders === 0,
  )
  expect(wayOf(await venue.books())).toEqual([2, 0, -2, 0])
  expect(Object.values(books.copies).every((copies) => copies === 1)).toBe(true)
})
