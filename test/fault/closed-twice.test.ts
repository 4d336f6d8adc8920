import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import type { BotProcess } from '../../src/adapters/bot-process/spawn-bot.ts'
import { untilBot } from '../support/bot-fleet.ts'
import { startVenue, type VenueBooks, type VenueProcess } from '../support/venue/start-venue.ts'
import { startBracketed, wayOf } from './orders/bracketed-bot.ts'

let venue: VenueProcess | undefined
let bot: BotProcess | undefined
afterEach(async () => {
  bot?.kill()
  await bot?.exited
  await venue?.close()
})

const heldIn = ({ positions }: VenueBooks) => positions.find(({ symbol }) => symbol === 'MES')?.quantity ?? 0

it('what a stop and an exit have both closed is bought back, once', async () => {
  venue = await startVenue(1)
  const { layout, id, market, link } = await startBracketed(venue, 'closed-twice', (started) => (bot = started))
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
