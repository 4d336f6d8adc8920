// Makes resources/pool-seed.json: what Slipway's own bots saw when they replayed generated markets. The same seeds give
// the same file. Run it with the checkout's own Node: node scripts/make-pool-seed.ts
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { openAccountRegistry } from '../src/adapters/account-registry/account-registry.ts'
import { spawnBot } from '../src/adapters/bot-process/spawn-bot.ts'
import { bundledCalendar } from '../src/adapters/calendar/bundled-calendar.ts'
import { openHome } from '../src/adapters/home/open-home.ts'
import { generateSeries } from '../src/adapters/market-data/generate-series.ts'
import { openMarketDb } from '../src/adapters/market-data/market-db.ts'
import { poolFileLines, type PoolFileRow } from '../src/adapters/pool-file/pool-file.ts'
import { accountRules } from '../src/apps/launcher/account-rules.ts'
import { sessionsBetween } from '../src/domain/calendar/session-clock.ts'
import { isInstrument, resolveInstrument } from '../src/domain/instrument/catalogue.ts'
import { epochMs } from '../src/domain/units/units.ts'

/** The day that generated markets end on: within what the bundled calendar knows. */
const TODAY = epochMs(Date.UTC(2026, 9, 31))
const SEEDS = [1, 2, 3, 4]

type Run = Readonly<{ strategy: string; symbol: string; days: number }>

const RUNS: readonly Run[] = [
  ...['MES', 'CL', 'GC', '6E', 'BTC-PERP'].map((symbol) => ({ strategy: 'vwap-bounce', symbol, days: 45 })),
  { strategy: 'vwap-bounce', symbol: 'SPY', days: 90 },
  { strategy: 'vwap-bounce', symbol: 'NIFTY', days: 90 },
  { strategy: 'segment-options', symbol: 'NIFTY', days: 60 },
  { strategy: 'segment-options', symbol: 'SPY', days: 60 },
]

const root = fileURLToPath(new URL('..', import.meta.url))
const BOT = join(root, 'src', 'apps', 'bot', 'main.ts')
const OUT = join(root, 'resources', 'pool-seed.json')

type Contributed = Omit<PoolFileRow, 'contributor' | 'key' | 'weight' | 'status'> & { own: boolean; userId: string }

/** One market and one bot that replays it, in a home of its own. */
async function contributionsOf({ strategy, symbol, days }: Run, seed: number): Promise<PoolFileRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-seed-'))
  try {
    const layout = openHome(home)
    const instrument = resolveInstrument(symbol)
    if (!isInstrument(instrument)) throw new Error(instrument.message)
    const db = openMarketDb(layout, 'write')
    generateSeries(
      {
        ...{ db, instrument, now: () => TODAY },
        sessionsBetween: (from, to) => sessionsBetween(instrument, bundledCalendar(), from, to),
      },
      { days, seed },
    )
    db.close()
    const registry = openAccountRegistry({
      ...{ layout, now: () => TODAY, rules: accountRules(layout), heldBy: () => Promise.resolve(undefined) },
    })
    const { settings } = await registry.add({
      ...{ accountId: 'seed', user: 'slipway', broker: 'sim', mode: 'paper', strategy, symbol },
      ...{ timeframe: '1m', feed: 'replay:max', set: [] },
    })
    const start = { home, accountId: settings.accountId, instanceId: randomUUID(), secrets: {} }
    const bot = await spawnBot(
      { node: process.execPath, entry: BOT, env: process.env },
      start,
      layout.botOutput(settings.accountId),
    )
    const { code } = await bot.exited
    if (code !== 0) throw new Error(`the bot of ${strategy} on ${symbol} ended with exit code ${code}`)
    return rowsOf(layout.state(settings.accountId), `seed:${strategy}-${symbol}-${seed}`)
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 10 })
  }
}

function rowsOf(state: string, contributor: string): PoolFileRow[] {
  const db = new Database(state, { readonly: true })
  const read = db.prepare<[], { kind: 'signal' | 'exit'; key: string; payload: string }>(
    `SELECT kind, key, payload FROM outbox WHERE kind IN ('signal', 'exit') ORDER BY seq`,
  )
  const rows = read.all().map(({ kind, key, payload }) => {
    const { symbol, side, features, outcome, timeframe, strategy, day } = JSON.parse(payload) as Contributed
    const name = createHash('sha256').update(`${contributor} ${key} ${kind}`).digest('base64url').slice(0, 24)
    return {
      ...{ kind, contributor, key: name, symbol, side, strategy, timeframe, source: 'synthetic' as const },
      ...{ features, outcome, day, weight: 1, status: 'used' },
    }
  })
  db.close()
  return rows
}

async function main(): Promise<void> {
  const rows: PoolFileRow[] = []
  for (const run of RUNS)
    for (const seed of SEEDS) {
      const found = await contributionsOf(run, seed)
      rows.push(...found)
      console.error(`${run.strategy} on ${run.symbol}, seed ${seed}: ${found.length} experiences`)
    }
  // By day, as they would have come in: the pool takes its scales from the first ones.
  rows.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.key < b.key ? -1 : 1))
  let text = ''
  let sum
  const header = { made: new Date(TODAY).toISOString(), attributed: false }
  for await (const line of poolFileLines(header, rows, (of) => (sum = of))) text += line
  const packed = gzipSync(text, { level: 9 }).toString('base64')
  const name = `generated-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  const about =
    'Experiences of Slipway’s own bots on generated markets; made by scripts/make-pool-seed.ts. Gzipped NDJSON, see docs/confidence.md.'
  writeFileSync(OUT, `${JSON.stringify({ about, name, rows: rows.length, packed }, undefined, 1)}\n`)
  console.error(`${rows.length} experiences, ${Math.round(packed.length / 1024)} KiB`, sum)
}

// Bots are detached: waiting for one alone would not keep this process alive.
const awake = setInterval(() => undefined, 1_000)
await main().finally(() => clearInterval(awake))
