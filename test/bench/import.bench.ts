import Database from 'better-sqlite3'
import { spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip, gunzipSync } from 'node:zlib'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { importFile } from '../../src/adapters/market-data/import-file.ts'
import { openMarketDb } from '../../src/adapters/market-data/market-db.ts'
import { formatStoredPrice } from '../../src/domain/market/price-text.ts'
import { openRandomStream } from '../../src/domain/market/random-stream.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import type { Bench } from './figure.ts'

const ROWS = 1_000_000
const ROUNDS = 3
const MINUTE_MS = 60_000
type Row = [time: number, open: number, high: number, low: number, close: number, volume: number]

export const name: Bench['name'] = 'import of 1,000,000 rows'

/**
 * Time of an import against the least it could take: unpacking and counting the lines, and a bare prepared insert of
 * the same rows into the same table. Rounds alternate; the figure is the median of their ratios.
 */
export const run: Bench['run'] = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    const rows = makeRows()
    const file = join(folder, 'bars.csv.gz')
    await writeCsv(rows, file)
    const ratios: number[] = []
    const times: number[] = []
    let baseline = 0
    for (let round = 0; round < ROUNDS; round++) {
      const unpack = millisecondsOf(() => countLines(file))
      const insert = millisecondsOf(() => insertBare(rows, join(folder, `bare-${round}`)))
      const started = performance.now()
      await importOnce(file, join(folder, `home-${round}`))
      const took = performance.now() - started
      baseline = unpack + insert
      times.push(took)
      ratios.push(took / baseline)
    }
    const ours = median(times)
    const note = `${Math.round(ours)} ms, ${Math.round(ROWS / (ours / 1000)).toLocaleString('en')} rows/s; ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`
    return { figures: [{ name, value: median(ratios), limit: 3, unit: 'x baseline', baseline, note }] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeRows(): Row[] {
  const random = openRandomStream('import bench')
  const start = Date.UTC(2022, 0, 1)
  let price = 110_000
  return Array.from({ length: ROWS }, (_, index) => {
    const open = price
    price = Math.max(50_000, Math.round(price + random.normal() * 4))
    const high = Math.max(open, price) + Math.floor(random.uniform() * 3)
    const low = Math.min(open, price) - Math.floor(random.uniform() * 3)
    const [o, h, l, c] = [open, high, low, price].map((units) => units * 1_000) as [number, number, number, number]
    return [start + index * MINUTE_MS, o, h, l, c, Math.floor(random.uniform() * 900)]
  })
}

async function writeCsv(rows: readonly Row[], file: string): Promise<void> {
  const gzip = createGzip()
  const out = gzip.pipe(createWriteStream(file))
  gzip.write('timestamp_utc,open,high,low,close,volume\n')
  for (let at = 0; at < rows.length; at += 10_000)
    gzip.write(
      rows
        .slice(at, at + 10_000)
        .map(csvLine)
        .join(''),
    )
  gzip.end()
  await finished(out)
}

function csvLine([time, open, high, low, close, volume]: Row): string {
  const stamp = new Date(time).toISOString().slice(0, 19).replace('T', ' ')
  return `${stamp},${[open, high, low, close].map(formatStoredPrice).join(',')},${volume}\n`
}

/** `gzip -dc FILE | wc -l`; where there are no such tools, the same done here. */
function countLines(file: string): void {
  const piped = spawnSync('sh', ['-c', 'gzip -dc "$1" | wc -l', 'sh', file], { encoding: 'utf8' })
  const lines =
    piped.status === 0 ? Number(piped.stdout) : gunzipSync(readFileSync(file)).filter((byte) => byte === 10).length
  if (lines !== ROWS + 1) throw new Error(`counted ${lines} lines`)
}

function insertBare(rows: readonly Row[], path: string): void {
  const sql = new Database(path)
  sql.pragma('journal_mode = WAL')
  sql.pragma('cache_size = -65536')
  sql.exec(`CREATE TABLE bars (series INTEGER, time INTEGER, open INTEGER, high INTEGER, low INTEGER, close INTEGER,
    volume NUMERIC, PRIMARY KEY (series, time)) WITHOUT ROWID`)
  const insert = sql.prepare('INSERT INTO bars VALUES (?, ?, ?, ?, ?, ?, ?)')
  sql.exec('BEGIN')
  for (const row of rows) insert.run(1, row[0], row[1], row[2], row[3], row[4], row[5])
  sql.exec('COMMIT')
  sql.close()
}

async function importOnce(file: string, home: string): Promise<void> {
  const db = openMarketDb(homeLayout(home), 'write')
  const report = await importFile(
    { db, now: () => epochMs(Date.now()) },
    { file, symbol: 'BENCH', timeframe: '1m', strict: true },
  )
  db.close()
  if (report.added !== ROWS) throw new Error(`added ${report.added}`)
}

function millisecondsOf(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
