import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { openPaperBooks } from '../../src/adapters/paper-books/open-paper-books.ts'
import { openDurableDatabase } from '../../src/adapters/sqlite/open-database.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import type { PaperBooks, PaperOrder } from '../../src/domain/broker/paper-books.ts'
import type { Bar } from '../../src/domain/market/bar.ts'
import { clientOrderId } from '../../src/domain/order/order.ts'
import { epochMs, lots, minorUnits, ticks } from '../../src/domain/units/units.ts'
import { matchBar } from '../../src/engine/simulation/match.ts'
import type { Venue } from '../../src/engine/simulation/venue.ts'
import { fillOf } from '../support/fills.ts'
import { bracketOf, market } from '../support/simulation.ts'
import { simulatedMarket } from '../support/simulated-market.ts'
import type { Figure } from './figure.ts'

export const name = 'simulation'

export async function run(): Promise<{ figures: readonly Figure[] }> {
  return Promise.resolve({ figures: [...idleBars(), ...durableCommits()] })
}

const BARS = 1_000_000
const BARS_A_DAY = 400
const ROUNDS = 12
const HEAP_DAYS = 50
/** The compiler's. */
const WARM_UP_ROUNDS = 3

/**
 * Bars on which an open bracket is never touched, which is what a replay and a backtest mostly consist of, against a
 * loop that steps through the same bars and only adds up what it reads. Both take a day a call.
 */
function idleBars(): Figure[] {
  const bars = quietBars()
  const each: number[] = []
  const bare: number[] = []
  const ratios: number[] = []
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const venue = venueWithBracket()
    const matched = timeOf(() => matchAll(venue, bars))
    const read = timeOf(() => readAll(bars))
    if (round < 0) continue
    each.push((matched * 1e6) / BARS)
    bare.push((read * 1e6) / BARS)
    ratios.push(matched / read)
  }
  return [
    {
      name: 'idle bar matched against an open bracket',
      value: rounded(median(ratios)),
      limit: 5,
      unit: '× a loop that only reads the bars',
      baseline: 1,
      note: `${rounded(median(each))} ns a bar, ${rounded(median(bare))} ns of them for reading it`,
    },
    heapPerBar(bars),
  ]
}

/** Heap that idle bars use up. A stretch is short enough for no collection to hide it: the median sees every byte. */
function heapPerBar(bars: Columns): Figure {
  const used: number[] = []
  for (let round = 0; round < 101; round++) {
    const venue = venueWithBracket()
    const bar = quietBar()
    const before = process.memoryUsage().heapUsed
    for (let day = 0; day < HEAP_DAYS; day++) matchDay(venue, bars, bar, day * BARS_A_DAY)
    used.push((process.memoryUsage().heapUsed - before) / (HEAP_DAYS * BARS_A_DAY))
  }
  return {
    name: 'heap used by idle bars',
    value: rounded(median(used)),
    limit: 0.5,
    unit: 'bytes/bar',
    note: 'no collection in between; the looking itself included',
  }
}

/** A venue whose one position has stop and target far beyond every bar to come. */
function venueWithBracket(): Venue {
  const sim = simulatedMarket()
  sim.bar({ ...quietBar(), time: epochMs(1) })
  sim.place(bracketOf('e', 'buy', 1, market, { stop: 1, target: 1_000_000 }))
  sim.bar({ ...quietBar(), time: epochMs(2) })
  return sim.venue
}

type Columns = Readonly<Record<'open' | 'high' | 'low' | 'close', Float64Array>>

function matchAll(venue: Venue, columns: Columns): void {
  const bar = quietBar()
  let events = 0
  for (let day = 0; day < BARS; day += BARS_A_DAY) events += matchDay(venue, columns, bar, day)
  if (events > 0) throw new Error('these bars should have been idle')
}

function matchDay(venue: Venue, columns: Columns, bar: Bar, from: number): number {
  let events = 0
  for (let i = from; i < from + BARS_A_DAY; i++) {
    step(bar, columns, i)
    if (matchBar(venue, venue.primary, bar, 'monday')) events++
  }
  return events
}

function readAll(columns: Columns): void {
  const bar = quietBar()
  let sum = 0
  for (let day = 0; day < BARS; day += BARS_A_DAY) sum += readDay(columns, bar, day)
  if (!(sum > 0)) throw new Error('nothing was read')
}

function readDay(columns: Columns, bar: Bar, from: number): number {
  let sum = 0
  for (let i = from; i < from + BARS_A_DAY; i++) {
    step(bar, columns, i)
    sum += bar.high - bar.low
  }
  return sum
}

function step(bar: Bar, { open, high, low, close }: Columns, i: number): void {
  bar.time = (1_700_000_000_000 + i * 60_000) as Bar['time']
  bar.open = open[i] as Bar['open']
  bar.high = high[i] as Bar['high']
  bar.low = low[i] as Bar['low']
  bar.close = close[i] as Bar['close']
}

function quietBars(): Columns {
  const column = (offset: number) => Float64Array.from({ length: BARS }, (_, i) => 16_000 + (i % 7) + offset)
  return { open: column(0), high: column(2), low: column(-2), close: column(1) }
}

function quietBar(): Bar {
  return {
    time: epochMs(1_700_000_000_000),
    open: ticks(100),
    high: ticks(102),
    low: ticks(98),
    close: ticks(101),
    volume: 0,
  }
}

/**
 * Commits with our settings, against a 4 KiB write in place and its fdatasync; in turns, on the same disk. Once of one
 * record, the least there is; once of what the venue keeps of an order taken and an order filled, which touches three
 * pages or four.
 */
function durableCommits(): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  const layout = homeLayout(folder)
  const accountId = 'bench' as AccountId
  mkdirSync(layout.account(accountId), { recursive: true })
  const role = { path: join(folder, 'one.db'), what: 'The bench', repair: 'Run it again.' }
  const db = openDurableDatabase(
    role,
    ['CREATE TABLE events (seq INTEGER PRIMARY KEY, at INTEGER, text TEXT) STRICT'],
    false,
  )
  const insert = db.prepare('INSERT INTO events (at, text) VALUES (?, ?)')
  const books = openPaperBooks({ layout, accountId, expectExisting: false })
  try {
    const one = againstRawWrite(folder, (n) => insert.run(n, 'order acknowledged'))
    const order = againstRawWrite(folder, (n) => commitOrder(books, (n + 1) >> 1, n % 2 === 0))
    return [
      { name: 'durable commit of one record (WAL, FULL), p50', limit: 1.5, ...one },
      { name: 'durable commit of an order or a fill in the broker’s books, p50', limit: 2.5, ...order },
    ]
  } finally {
    books.close()
    db.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const COMMITS = 2_000
/** Until the write-ahead log has its length, as the raw file has. */
const WARM_UP_COMMITS = 1_200

function againstRawWrite(folder: string, commit: (n: number) => void) {
  const raw = openSync(join(folder, 'raw'), 'w')
  const page = Buffer.alloc(4_096, 1)
  const commits: number[] = []
  const writes: number[] = []
  try {
    for (let n = 1; n <= WARM_UP_COMMITS + COMMITS; n++) {
      const committed = timeOf(() => commit(n))
      const written = timeOf(() => {
        writeSync(raw, page, 0, page.length, 0)
        fdatasyncSync(raw)
      })
      if (n <= WARM_UP_COMMITS) continue
      commits.push(committed * 1_000)
      writes.push(written * 1_000)
    }
  } finally {
    closeSync(raw)
  }
  return {
    value: rounded(median(commits) / median(writes)),
    unit: '× raw 4 KiB write + fdatasync',
    baseline: 1,
    note: `${rounded(median(commits))} µs against ${rounded(median(writes))} µs`,
  }
}

function commitOrder(books: PaperBooks, n: number, filled: boolean): void {
  const order: PaperOrder = {
    seq: n,
    clientOrderId: clientOrderId(`o${n}`),
    parent: undefined,
    symbol: 'ESZ5',
    side: 'buy',
    kind: 'market',
    stopPx: 0,
    limitPx: 0,
    trail: undefined,
    bestPx: undefined,
    oco: undefined,
    combo: undefined,
    comboLimit: undefined,
    timeInForce: 'day',
    purpose: 'entry',
    quantity: 1,
    cumQty: filled ? 1 : 0,
    status: filled ? 'filled' : 'acknowledged',
    held: false,
    elected: false,
    session: '2025-11-03',
    reason: '',
    at: epochMs(n * 60_000),
  }
  const cash = minorUnits(-210 * n)
  books.commit({
    ...(n === 1 && !filled ? { account: { currency: 'USD', startingCash: minorUnits(5_000_000) } } : {}),
    markets: [
      {
        symbol: 'ESZ5',
        quantity: lots(n),
        cost: n * 100,
        cash,
        settled: cash,
        clock: order.at,
        session: order.session,
        last: 100,
      },
    ],
    orders: [order],
    fills: filled ? [{ seq: n, fill: fillOf(n, 'buy', 1, 100, 210) }] : [],
  })
}

/** Milliseconds that `work` takes. */
function timeOf(work: () => unknown): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start) / 1e6
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
