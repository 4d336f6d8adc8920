import { readPrice, readVolume } from './price-text.ts'
import { readTime, type DateOrder, type TimeReading } from './time-text.ts'

/** Where the values of a bar stand in a row; -1: the file has no such column. */
export type CsvColumns = Readonly<{
  count: number
  time: number
  /** Time of day, where the date has a column of its own. */
  clock: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  /** Names the instrument of the row in files that hold several. */
  symbol: number
}>

export type ColumnSearch =
  | Readonly<{ kind: 'found'; columns: CsvColumns; header: boolean }>
  /** What a person must be told, as the end of a sentence about the file. */
  | Readonly<{ kind: 'not-found'; why: string }>

/** Spellings, first one wins. Compared without case, blanks and punctuation; a leading ordinal ("1. open") is dropped. */
const NAMES = {
  instant: [
    'opentime',
    'windowstart',
    'tsevent',
    'unix',
    'unixtime',
    'unixtimestamp',
    'epoch',
    'epochms',
    'timestamp',
    'timestamputc',
    'timestampms',
    'timestampns',
    'datetime',
    'datetimeutc',
    'dateandtime',
    'gmttime',
    'utctime',
    'timeutc',
    'localtime',
    'starttime',
    'barstart',
    'bartime',
    'candletime',
    'ts',
    't',
    'dt',
    'begin',
    'start',
    'period',
  ],
  date: ['date', 'dateutc', 'day', 'tradedate', 'tradingday', 'dtyyyymmdd', 'yyyymmdd'],
  clock: ['time', 'timeofday', 'hour', 'hhmmss', 'hhmm', 'tod'],
  open: ['open', 'o', 'op', 'openprice', 'priceopen', 'first', 'buyprice'],
  high: ['high', 'h', 'hi', 'highprice', 'pricehigh', 'max', 'maxprice'],
  low: ['low', 'l', 'lo', 'lowprice', 'pricelow', 'min', 'minprice'],
  close: ['close', 'c', 'cl', 'closeprice', 'priceclose', 'last', 'closelast', 'lastprice', 'sellprice'],
  volume: [
    'volume',
    'vol',
    'v',
    'volumetraded',
    'tradedvolume',
    'totalvolume',
    'qty',
    'quantity',
    'basevolume',
    'realvolume',
    'tickvol',
    'tickvolume',
  ],
  symbol: ['symbol', 'ticker', 'instrument', 'code', 'pair', 'product'],
} as const satisfies Record<string, readonly string[]>

/** @returns the name as it is compared: `1. Open`, `<OPEN>` and `open` are one */
export function columnKey(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^\d+(\.\d+)?\.\s*/, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/**
 * Finds the columns of a file from its first rows.
 *
 * A header is understood by its names; without one the layout is accepted only when the first rows confirm it.
 *
 * @param rows the first rows, fields trimmed, blank lines left out; at least one
 */
export function findColumns(rows: readonly (readonly string[])[], order: DateOrder): ColumnSearch {
  const first = rows[0] ?? []
  const numbers = first.filter((field) => isNumber(field)).length
  if (numbers < 4) return fromHeader(first, rows.slice(1), order)
  return fromContent(rows, order)
}

function fromHeader(names: readonly string[], rows: readonly (readonly string[])[], order: DateOrder): ColumnSearch {
  const keys = names.map(columnKey)
  const find = (wanted: readonly string[]) => {
    const name = wanted.find((candidate) => keys.includes(candidate))
    return name === undefined ? -1 : keys.indexOf(name)
  }
  const prices = { open: find(NAMES.open), high: find(NAMES.high), low: find(NAMES.low), close: find(NAMES.close) }
  const absent = Object.entries(prices).flatMap(([name, at]) => (at < 0 ? [name] : []))
  if (absent.length > 0) return notFound(`has no column for ${absent.join(', ')} (its first line is: ${quote(names)})`)
  const instants = NAMES.instant.map((name) => keys.indexOf(name)).filter((at) => at >= 0)
  const date = find(NAMES.date)
  const clock = find(NAMES.clock)
  const time = timeColumns([...instants, clock, date], date, clock, rows, order)
  if (!time) return notFound(`has no column with a time that can be read (its first line is: ${quote(names)})`)
  const volumeStart = keys.findIndex((key) => key.startsWith('volume'))
  const volume = find(NAMES.volume) >= 0 ? find(NAMES.volume) : volumeStart
  return {
    kind: 'found',
    header: true,
    columns: { count: names.length, ...time, ...prices, volume, symbol: find(NAMES.symbol) },
  }
}

/** A column that holds the whole time, else a date column beside a time-of-day column. */
function timeColumns(
  candidates: readonly number[],
  date: number,
  clock: number,
  rows: readonly (readonly string[])[],
  order: DateOrder,
): { time: number; clock: number } | undefined {
  const isTime = (text: string) => readable(text, order) !== undefined
  const isInstant = (text: string) => readable(text, order)?.dateOnly === false
  const share = (test: (row: readonly string[]) => boolean) =>
    rows.length > 0 && rows.filter(test).length * 2 > rows.length
  for (const at of candidates) if (at >= 0 && share((row) => isInstant(row[at] ?? ''))) return { time: at, clock: -1 }
  if (date >= 0 && clock >= 0 && share((row) => isTime(`${row[date]} ${row[clock]}`))) return { time: date, clock }
  for (const at of candidates) if (at >= 0 && share((row) => isTime(row[at] ?? ''))) return { time: at, clock: -1 }
  // Only broken times, or dates that can mean two days: the rows will say so one by one.
  const named = candidates.find((at) => at >= 0)
  return named === undefined ? undefined : date >= 0 && clock >= 0 ? { time: date, clock } : { time: named, clock: -1 }
}

/** `[symbol] time o h l c [v …]` or `[symbol] date clock o h l c [v …]`, when most rows bear it out. */
function fromContent(rows: readonly (readonly string[])[], order: DateOrder): ColumnSearch {
  const count = rows[0]?.length ?? 0
  for (const symbol of [-1, 0])
    for (const split of [false, true]) {
      const time = symbol + 1
      const open = time + (split ? 2 : 1)
      if (open + 4 > count) continue
      const columns: CsvColumns = {
        count,
        time,
        clock: split ? time + 1 : -1,
        open,
        high: open + 1,
        low: open + 2,
        close: open + 3,
        volume: open + 4 < count ? open + 4 : -1,
        symbol,
      }
      const fitting = rows.filter((row) => fits(row, columns, order)).length
      if (fitting * 2 > rows.length) return { kind: 'found', columns, header: false }
    }
  if (rows.every((row) => /^\d+$/.test(row[0] ?? '') && Number(row[0]) < 86_400_000))
    return notFound('counts its times from midnight and does not say of which day (as the minute files of Lean do)')
  return notFound('has no header, and its columns are not time, open, high, low, close, volume')
}

function fits(row: readonly string[], columns: CsvColumns, order: DateOrder): boolean {
  const field = (at: number) => row[at] ?? ''
  const timeText = columns.clock < 0 ? field(columns.time) : `${field(columns.time)} ${field(columns.clock)}`
  const time = readable(timeText, order)
  const price = (at: number) => readPrice(field(at), 0, field(at).length)
  const [open, high, low, close] = [price(columns.open), price(columns.high), price(columns.low), price(columns.close)]
  if (time === undefined || (columns.clock >= 0 && time.dateOnly)) return false
  if (columns.volume >= 0 && readVolume(field(columns.volume), 0, field(columns.volume).length) < 0) return false
  return low > 0 && high >= Math.max(open, close) && low <= Math.min(open, close)
}

function readable(text: string, order: DateOrder): TimeReading | undefined {
  const reading: TimeReading = { ms: 0, absolute: false, dateOnly: false }
  return readTime(text, order, reading) ? reading : undefined
}

function isNumber(field: string): boolean {
  return field !== '' && Number.isFinite(Number(field))
}

function quote(names: readonly string[]): string {
  return names.join(' ').slice(0, 120)
}

function notFound(why: string): ColumnSearch {
  return { kind: 'not-found', why }
}
