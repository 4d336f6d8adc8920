import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { BotProcess } from '../../src/adapters/bot-process/spawn-bot.ts'
import { untilBot } from '../support/bot-fleet.ts'
import { startVenue, type SettingsChange, type VenueBooks, type VenueProcess } from '../support/venue/start-venue.ts'
import { nakedSpells } from '../support/venue/time-line.ts'
import { startBracketed, wayOf } from './orders/bracketed-bot.ts'

let venue: VenueProcess
let bot: BotProcess | undefined
afterEach(async () => {
  bot?.kill()
  await bot?.exited
  await venue.close()
})

/** The look that begins it, ten seconds, the look that ends it, and as much again for a machine that is busy. */
const MOST_NAKED_MS = 40_000
const PLAIN = { bracket: false, oco: false, replace: false, trailingStop: false, combo: false }

const isWorking = ({ status }: VenueBooks['orders'][number]) => status === 'acknowledged'
const stopsIn = ({ orders }: VenueBooks) => orders.filter((order) => order['purpose'] === 'stop' && isWorking(order))

async function untilVenue(wanted: (books: VenueBooks) => boolean): Promise<VenueBooks> {
  for (const end = performance.now() + 60_000; performance.now() < end; await delay(50)) {
    const books = await venue.books()
    if (wanted(books)) return books
  }
  throw new Error('the venue did not get there')
}

/** A bot long two with a stop and a target, whose books agree. */
async function holding(settings: SettingsChange) {
  venue = await startVenue(1, settings)
  const { layout, id, market, link } = await startBracketed(venue, 'forgotten-order', (started) => (bot = started))
  const books = await untilVenue((seen) => stopsIn(seen).length === 1)
  await untilBot(layout, id, ({ position, state }) => position === 2 && state === 'trading')
  const stop = String(stopsIn(books)[0]!['clientOrderId'])
  return { layout, id, market, link, stop }
}

/** The bridge starts anew, and an order is not among those that it knows. */
async function loses(stop: string, livesOn: boolean): Promise<void> {
  await venue.forget(stop, livesOn)
  await venue.renumber()
}

describe('a stop that a bridge has lost', () => {
  it.each([
    ['keeps brackets', {}],
    ['takes plain orders, and one order twice', { dedupe: false, capabilities: PLAIN }],
    ['shows things late', { capabilities: PLAIN, visibilityLagMs: 1_000 }],
  ] as [string, SettingsChange][])('is placed again, once, where it %s', async (_, settings) => {
    const { layout, id, link, stop } = await holding(settings)
    await loses(stop, false)
    const after = await untilVenue((books) => stopsIn(books).some((order) => order['clientOrderId'] !== stop))
    expect(stopsIn(after)).toMatchObject([{ quantity: 2, leavesQty: 2 }])
    await untilBot(layout, id, ({ state, position }) => state === 'trading' && position === 2)
    const books = await venue.books()
    expect(stopsIn(books)).toHaveLength(1)
    for (const { from, to } of nakedSpells(books.timeLine, books.now)) expect(to - from).toBeLessThan(MOST_NAKED_MS)
    expect(Object.values(books.copies).every((copies) => copies === 1)).toBe(true)
    await link.request({ type: 'stop', flatten: true, keepOrders: false }, 30_000)
    link.close()
    expect((await bot!.exited).code).toBe(0)
    const end = await venue.books()
    expect([end.positions, stopsIn(end)]).toEqual([[], []])
  })

  it('and that fills all the same, beside the other, leaves nothing turned round', async () => {
    const { layout, id, market, link, stop } = await holding({ dedupe: false, capabilities: PLAIN })
    await loses(stop, true)
    await untilVenue((books) => stopsIn(books).length === 2)
    await untilBot(layout, id, ({ state }) => state === 'trading')
    await market.move(-14)
    await untilVenue((books) => books.fills.length >= 4)
    await untilBot(
      layout,
      id,
      ({ state, position, openOrders }) => state === 'trading' && position === 0 && openOrders === 0,
    )
    link.close()
    const books = await venue.books()
    expect(wayOf(books)).toEqual([2, 0, -2, 0])
    expect([books.positions, Object.values(books.copies).every((copies) => copies === 1)]).toEqual([[], true])
  })
})
