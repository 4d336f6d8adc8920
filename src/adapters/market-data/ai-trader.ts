import { TIMEFRAMES, type Timeframe } from '../../domain/market/bar.ts'
import { columnKey } from '../../domain/market/csv-columns.ts'
import { readPrice, readVolume } from '../../domain/market/price-text.ts'
import { readTime, type TimeReading } from '../../domain/market/time-text.ts'
import type { BarIntake, RowValues } from './bar-intake.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** Values of a bar by the text of their key; its number differs from file to file, its order from bar to bar. */
const VALUE_NAMES = {
  open: ['buyprice', 'open'],
  high: ['high'],
  low: ['low'],
  close: ['sellprice', 'close'],
  volume: ['volume'],
} as const
type ValueName = keyof typeof VALUE_NAMES
type BarTexts = Partial<Record<ValueName, string>>
type TimedBar = Readonly<{ key: string; texts: BarTexts; repeats: boolean }>

/** A bar inside the series, as one flat JSON object. */
const BAR_IN_TEXT = /"(\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?)"\s*:\s*(\{[^{}]*\})/g

/**
 * What the beginning of a `merged.jsonl` says about the whole of it.
 *
 * @returns `timeframe` in our words where we have one, else the file's
 */
export function aiTraderHead(head: string): { zone: string | undefined; timeframe: Timeframe | string | undefined } {
  const zone = /"[^"]*Time Zone"\s*:\s*"([^"]+)"/i.exec(head)?.[1]
  const interval = /"Time Series \(([^)"]+)\)"/i.exec(head)?.[1]
  return { zone, timeframe: interval && timeframeOf(interval) }
}

/**
 * Takes the bars of one line, which holds one symbol, in order of time whatever order they stand in.
 *
 * The newest bar may hold only its open, so that nobody looks ahead: it is no bar yet and is told in `notes`.
 *
 * @returns the symbol of the line
 */
export function takeAiTraderLine(
  object: JsonObject,
  text: string,
  line: number,
  wanted: string,
  intake: BarIntake,
  notes: string[],
  checkTimeframe: (found: Timeframe | string | undefined) => void,
): string {
  const symbol = symbolOf(object)
  const name = Object.keys(object).find((key) => /^time series/i.test(key))
  const series = name === undefined ? undefined : object[name]
  if (symbol === undefined || name === undefined || typeof series !== 'object' || series === null) {
    intake.refuse(line, 'bad-json', text)
    return symbol ?? ''
  }
  if (symbol.toUpperCase() !== wanted) return symbol
  checkTimeframe(timeframeOf(/\(([^)]+)\)/.exec(name)?.[1] ?? name))
  const bars = barsOf(series as JsonObject, text)
  const newest = bars.at(-1)
  if (newest && isOpenOnly(newest.texts)) {
    bars.pop()
    notes.push(`The newest bar (${newest.key}) has only its open and is not a bar yet: it was left out.`)
  }
  takeBars(bars, line, intake)
  return symbol
}

function takeBars(bars: readonly TimedBar[], line: number, intake: BarIntake): void {
  const time: TimeReading = { ms: 0, absolute: false, dateOnly: false }
  const values: RowValues = { open: 0, high: 0, low: 0, close: 0, volume: 0 }
  for (const { key, texts } of bars) {
    const { open, high, low, close, volume } = texts
    const row = `${key} ${Object.entries(texts)
      .map(([name, value]) => `${name} ${value}`)
      .join(' ')}`
    if (!open || !high || !low || !close || !volume) intake.refuse(line, 'missing-value', row)
    else if (!readTime(key, 'unknown', time)) intake.refuse(line, 'bad-time', row)
    else {
      values.open = readPrice(open, 0, open.length)
      values.high = readPrice(high, 0, high.length)
      values.low = readPrice(low, 0, low.length)
      values.close = readPrice(close, 0, close.length)
      values.volume = readVolume(volume, 0, volume.length)
      intake.take(line, row, time, values)
    }
  }
}

/** Bars by time. A key that stands twice in the text is lost to a JSON parser, so the text itself is asked as well. */
function barsOf(series: JsonObject, text: string): TimedBar[] {
  const bars = Object.entries(series).map(([key, bar]) => ({ key, texts: textsOf(bar), repeats: false }))
  const matches = [...text.matchAll(BAR_IN_TEXT)]
  if (matches.length > bars.length) {
    const seen = new Map(bars.map((bar) => [bar.key, 0]))
    bars.length = 0
    for (const [, key = '', body = '{}'] of matches) {
      bars.push({ key, texts: textsOf(JSON.parse(body)), repeats: (seen.get(key) ?? 0) > 0 })
      seen.set(key, (seen.get(key) ?? 0) + 1)
    }
  }
  return bars.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : Number(a.repeats) - Number(b.repeats)))
}

function textsOf(bar: unknown): BarTexts {
  const texts: BarTexts = {}
  if (typeof bar !== 'object' || bar === null) return texts
  for (const [key, value] of Object.entries(bar)) {
    const name = valueNameOf(columnKey(key))
    if (name !== undefined && (typeof value === 'string' || typeof value === 'number'))
      texts[name] = String(value).trim()
  }
  return texts
}

function valueNameOf(key: string): ValueName | undefined {
  return (Object.keys(VALUE_NAMES) as ValueName[]).find((name) =>
    (VALUE_NAMES[name] as readonly string[]).includes(key),
  )
}

function isOpenOnly({ open, high, low, close }: BarTexts): boolean {
  return open !== undefined && high === undefined && low === undefined && close === undefined
}

function symbolOf(object: JsonObject): string | undefined {
  const meta = object['Meta Data']
  if (typeof meta !== 'object' || meta === null) return undefined
  const entry = Object.entries(meta).find(([key]) => columnKey(key) === 'symbol')
  return typeof entry?.[1] === 'string' ? entry[1].trim() : undefined
}

function timeframeOf(interval: string): Timeframe | string {
  const minutes = /^(\d+) ?min$/i.exec(interval)?.[1]
  const span = /^daily$/i.test(interval) ? TIMEFRAMES['1d'] : Number(minutes) * 60_000
  return (Object.keys(TIMEFRAMES) as Timeframe[]).find((name) => TIMEFRAMES[name] === span) ?? interval
}
