import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectToBot } from '../../src/adapters/bot-control/connect-to-bot.ts'
import type { HomeLayout } from '../../src/adapters/home/layout.ts'
import { findSeries, openMarketDb } from '../../src/adapters/market-data/market-db.ts'
import { openBarReader } from '../../src/adapters/market-data/read-bars.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { formatStoredPrice } from '../../src/domain/market/price-text.ts'
import { STRATEGIES } from '../../src/domain/strategy/index.ts'
import { formatDecimal } from '../../src/domain/units/decimal.ts'
import { addAccount, generateBars, prepareHome, startBot, untilBot } from '../support/bot-fleet.ts'
import { eagerStrategy } from '../support/eager-strategy.ts'
import { tempHome } from '../support/temp-home.ts'
import { startVenue, type VenueBar, type VenueBooks, type VenueProcess } from '../support/venue/start-venue.ts'
import { programOf } from '../support/programs/programs.ts'

const EAGER_BOT = programOf('mortal-bot')
const TOKEN = 'a-token-nobody-may-see-7f3a'
const BAR_MS = 50

/** The account settings are checked here too, where the strategy must be known. */
Object.assign(STRATEGIES, { eager: eagerStrategy })

function barsOf(layout: HomeLayout): VenueBar[] {
  const db = openMarketDb(layout, 'read')
  try {
    const read = openBarReader(db, findSeries(db, 'MES', '1m')!.id)
    return read(-1e15, Number.MAX_SAFE_INTEGER, 10_000).map(([time, ...prices]) => {
      const [open, high, low, close] = prices.map(formatStoredPrice)
      return { symbol: 'MES', time, open: open!, high: high!, low: low!, close: close! }
    })
  } finally {
    db.close()
  }
}

function ownBooks(layout: HomeLayout, id: AccountId) {
  const db = new Database(layout.state(id), { readonly: true })
  try {
    const column = (sql: string) => db.prepare(sql).pluck().all() as string[]
    const cash = db.prepare(`SELECT balance FROM ledger_balances WHERE account = 'cash'`).pluck().get() as number
    return {
      fills: column('SELECT fill_id FROM fills ORDER BY seq'),
      orders: column('SELECT client_order_id FROM orders'),
      held: column('SELECT symbol FROM positions WHERE quantity <> 0'),
      cash: formatDecimal(cash, 2),
    }
  } finally {
    db.close()
  }
}

async function untilVenue(venue: VenueProcess, wanted: (books: VenueBooks) => boolean): Promise<VenueBooks> {
  for (const end = performance.now() + 60_000; performance.now() < end; await delay(50)) {
    const books = await venue.books()
    if (wanted(books)) return books
  }
  throw new Error('the venue did not get there')
}

async function flattenAndStop(layout: HomeLayout, id: AccountId): Promise<void> {
  const bot = await connectToBot({ endpoint: layout.botEndpoint(id), timeoutMs: 2_000 })
  await bot!.request({ type: 'stop', flatten: true, keepOrders: false }, 30_000)
  bot!.close()
}

/** Every file below a folder, as bytes. */
function filesBelow(folder: string): { path: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }))
}

/** Arguments and environment of a process, where the system shows them. */
function saidOfProcess(pid: number): string {
  if (process.platform !== 'linux') return ''
  return ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1')).join('')
}

describe('a bot at a venue behind the gateway', () => {
  let venue: VenueProcess
  let layout: HomeLayout
  let id: AccountId

  beforeEach(async () => {
    layout = prepareHome(tempHome())
    generateBars(layout, 'MES', 3, 5)
    venue = await startVenue(3, { token: TOKEN, partial: 0.3 })
    const tokenFile = join(tempHome(), 'token')
    writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 })
    id = await addAccount(layout, 'abroad', {
      ...{ symbol: 'MES', feed: `replay:${60_000 / BAR_MS}x`, broker: 'gateway', strategy: 'eager' },
      set: [
        `gateway.url=${venue.url}`,
        `gateway.tokenFile=${tokenFile}`,
        'risk.maxDailyLoss=50000',
        'risk.maxTradesPerDay=1000',
      ],
    })
    await venue.bar(barsOf(layout)[0]!)
    await venue.replay(barsOf(layout), BAR_MS)
  })
  afterEach(() => venue.close())

  async function tradeAndDie(fills: number): Promise<void> {
    const bot = await startBot(layout, id, EAGER_BOT)
    expect(saidOfProcess(bot.pid)).not.toContain(TOKEN)
    await untilVenue(venue, (books) => books.fills.length >= fills)
    bot.kill()
    expect((await bot.exited).signal).toBe('SIGKILL')
  }

  async function expectSameBooks(): Promise<void> {
    const truth = await untilVenue(venue, ({ positions }) => positions.length === 0)
    const mine = ownBooks(layout, id)
    expect(Object.values(truth.copies).every((copies) => copies === 1)).toBe(true)
    expect(new Set(mine.fills)).toEqual(new Set(truth.fills.map(({ fillId }) => fillId)))
    expect(truth.orders.filter(({ status }) => status === 'acknowledged' || status === 'partially-filled')).toEqual([])
    expect({ held: mine.held, cash: mine.cash }).toEqual({ held: [], cash: truth.cash })
  }

  it.each([
    ['on its ticks', '0'],
    ['between its ticks', '0.10'],
  ])('trades where the venue fills %s, dies, goes on, and ends with the books that it has', async (_, improvement) => {
    await venue.settings({ improvement })
    await tradeAndDie(4)
    await tradeAndDie(10)
    const last = await startBot(layout, id, EAGER_BOT)
    await untilBot(layout, id, ({ state }) => state === 'trading')
    await flattenAndStop(layout, id)
    expect((await last.exited).code).toBe(0)
    await expectSameBooks()
    for (const { path, bytes } of filesBelow(layout.root)) expect(bytes.includes(TOKEN), path).toBe(false)
  })

  it("starts while the venue can't be reached, waits for it, and goes on when it is back", async () => {
    await tradeAndDie(2)
    await venue.disconnect('all', 600_000)
    const bot = await startBot(layout, id, EAGER_BOT)
    const waiting = await untilBot(layout, id, ({ state }) => state === 'blocked')
    expect(waiting.stateReason).not.toBe('')
    await venue.disconnect('all', 0)
    await untilBot(layout, id, ({ state }) => state === 'trading')
    await flattenAndStop(layout, id)
    expect((await bot.exited).code).toBe(0)
    await expectSameBooks()
  })

  it.each([
    ['had bought and sold', ['buy', 'sell']],
    ['had bought and still holds', ['buy']],
  ] as const)('begins its books with what the account is worth, where somebody %s before', async (_, sides) => {
    for (const side of sides)
      await venue.manual({ symbol: 'MES', side, quantity: 2, type: 'market', timeInForce: 'day' })
    const bot = await startBot(layout, id, EAGER_BOT)
    await untilBot(layout, id, ({ state }) => state === 'trading')
    await flattenAndStop(layout, id)
    expect((await bot.exited).code).toBe(0)
    const { cash } = await untilVenue(venue, ({ positions }) => positions.length === 0)
    expect(ownBooks(layout, id)).toMatchObject({ held: [], cash })
  })
})
