import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { refuse, Refused, refusal } from '../../domain/failure/refusal.ts'
import type { Timeframe } from '../../domain/market/bar.ts'
import { formatStoredPrice } from '../../domain/market/price-text.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { findSeries, withSentences, type MarketDb, type RawBar } from './market-db.ts'
import { openBarReader } from './read-bars.ts'

export type ExportRequest = Readonly<{
  symbol: string
  timeframe: Timeframe
  /** First and last bar start to write, both included; absent: from the beginning, to the end. */
  from?: EpochMs
  to?: EpochMs
  format: 'csv' | 'jsonl'
}>

const BARS_AT_ONCE = 2_000

/**
 * Writes bars as text that `importFile` reads back to the same bars: UTC start, exact decimal prices.
 *
 * Waits for a slow reader. Reads in short transactions, so it never holds up an import.
 *
 * @returns how many bars were written; `out` is left open
 * @throws {Refused} 'data-missing' | 'disk-full'
 */
export async function exportBars(ctx: { db: MarketDb }, request: ExportRequest, out: Writable): Promise<number> {
  const { symbol, timeframe, format } = request
  const series = withSentences(ctx.db.role, () => findSeries(ctx.db, symbol, timeframe))
  if (!series || series.bars === 0)
    refuse('data-missing', `There are no ${timeframe} bars of ${symbol}.`, 'See what there is with: slipway data list')
  const lineOf = format === 'csv' ? csvLine : jsonLine
  const to = request.to ?? Number.MAX_SAFE_INTEGER
  const read = openBarReader(ctx.db, series.id)
  let after = (request.from ?? 0) - 1
  let written = 0
  const failure = new Promise<never>((_, reject) => out.once('error', (error) => reject(writeFailure(error))))
  failure.catch(() => undefined)
  if (format === 'csv') await write(out, 'timestamp_utc,open,high,low,close,volume\n', failure)
  for (;;) {
    const bars = withSentences(ctx.db.role, () => read(after, to, BARS_AT_ONCE))
    if (bars.length === 0) return written
    await write(out, bars.map(lineOf).join(''), failure)
    written += bars.length
    after = bars.at(-1)?.[0] ?? to
  }
}

async function write(out: Writable, text: string, failure: Promise<never>): Promise<void> {
  if (!out.write(text)) await Promise.race([once(out, 'drain'), failure])
}

function csvLine([time, open, high, low, close, volume]: RawBar): string {
  const prices = `${formatStoredPrice(open)},${formatStoredPrice(high)},${formatStoredPrice(low)},${formatStoredPrice(close)}`
  return `${isoSecond(time)},${prices},${volume}\n`
}

function jsonLine([time, open, high, low, close, volume]: RawBar): string {
  return `${JSON.stringify({
    time: isoSecond(time),
    open: formatStoredPrice(open),
    high: formatStoredPrice(high),
    low: formatStoredPrice(low),
    close: formatStoredPrice(close),
    volume,
  })}\n`
}

/** Bars start on whole minutes. */
function isoSecond(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

function writeFailure(error: Error): Error {
  const full = 'code' in error && error.code === 'ENOSPC'
  return full
    ? new Refused(refusal('disk-full', 'The disk is full: the export is cut off.', 'Free some space and export again.'))
    : error
}
