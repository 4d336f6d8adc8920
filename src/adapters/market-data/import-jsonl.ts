import { refuse } from '../../domain/failure/refusal.ts'
import type { Timeframe } from '../../domain/market/bar.ts'
import { findColumns, type CsvColumns } from '../../domain/market/csv-columns.ts'
import { readPrice, readVolume } from '../../domain/market/price-text.ts'
import { readTime, type DateOrder, type TimeReading } from '../../domain/market/time-text.ts'
import { aiTraderHead, takeAiTraderLine, type JsonObject } from './ai-trader.ts'
import type { BarIntake, RowValues } from './bar-intake.ts'
import { goesBackwards, NEWEST_FIRST_TEXT, refuseSymbol, symbolInFile } from './import-csv.ts'
import type { ImportRequest } from './import-report.ts'
import { eachLine } from './lines.ts'
import { refuseFormat } from './text-source.ts'

/** A file with one JSON object a line: a bar each, or AI-Trader's whole series of one symbol. */
export type JsonPlan = Readonly<{
  kind: 'json'
  format: 'jsonl' | 'ai-trader'
  /** What the file says of its times. */
  zone: string | undefined
  /** Where a bar's values stand among the values of its object; not for AI-Trader. */
  names: readonly string[]
  columns: CsvColumns | undefined
  order: DateOrder
  newestFirst: boolean
  warnings: readonly string[]
}>

/** @param head the beginning of the file @throws {Refused} 'data-format-unknown' | 'bad-usage' */
export function planJsonLines(request: ImportRequest, head: string): JsonPlan {
  const base = { kind: 'json', order: request.dateOrder ?? 'unknown', newestFirst: false } as const
  if (/^\s*\[/.test(head)) refuseFormat(`${request.file} is one JSON array.`, 'Write one JSON object a line, or CSV.')
  if (head.slice(0, 4096).includes('"Meta Data"')) {
    const { zone, timeframe } = aiTraderHead(head)
    refuseOtherTimeframe(request, timeframe)
    return { ...base, format: 'ai-trader', zone, names: [], columns: undefined, warnings: [] }
  }
  const first = parseObject(head.trimStart().split(/\r?\n/, 1)[0] ?? '')
  if (!first) refuseFormat(`${request.file} begins like JSON, but its first line is not a JSON object.`)
  const names = Object.keys(first)
  const found = findColumns([names, names.map((name) => textOf(first[name]))], base.order)
  if (found.kind === 'not-found') refuseFormat(`${request.file} ${found.why}.`)
  const warnings = found.columns.volume < 0 ? ['The bars have no volume: it is stored as 0.'] : []
  const newestFirst = goesBackwards(sampleTimes(request, names, found.columns, base.order, head))
  if (newestFirst) warnings.push(NEWEST_FIRST_TEXT)
  return { ...base, format: 'jsonl', zone: undefined, names, columns: found.columns, newestFirst, warnings }
}

/** Times of the first bars of the symbol, as far as they can be read; in file order, without their zone. */
function sampleTimes(
  request: ImportRequest,
  names: readonly string[],
  columns: CsvColumns,
  order: DateOrder,
  head: string,
): number[] {
  const time: TimeReading = { ms: 0, absolute: false, dateOnly: false }
  const wanted = symbolInFile(request)
  return head.split(/\r?\n/).flatMap((line) => {
    const object = parseObject(line)
    if (!object || !readTime(timeOf(object, names, columns), order, time)) return []
    const symbol = columns.symbol < 0 ? '' : fieldOf(object, names, columns.symbol)
    return symbol === '' || symbol.toUpperCase() === wanted ? [time.ms] : []
  })
}

function fieldOf(object: JsonObject, names: readonly string[], column: number): string {
  return textOf(object[names[column] ?? ''])
}

function timeOf(object: JsonObject, names: readonly string[], { time, clock }: CsvColumns): string {
  return fieldOf(object, names, time) + (clock < 0 ? '' : ` ${fieldOf(object, names, clock)}`)
}

/** @returns notes for the report @throws {Refused} 'data-missing' when the file has nothing of the symbol */
export async function takeJsonLines(
  request: ImportRequest,
  plan: JsonPlan,
  intake: BarIntake,
  chunks: AsyncIterable<string>,
): Promise<readonly string[]> {
  const notes: string[] = []
  const wanted = symbolInFile(request)
  const others = new Set<string>()
  let found = false
  const takeBar = plan.columns && barTaker(plan.names, plan.columns, plan.order)
  await eachLine(chunks, (text, line) => {
    if (text.trim() === '') return
    const object = parseObject(text)
    if (!object) return intake.refuse(line, 'bad-json', text)
    const symbol = takeBar
      ? takeBar(object, text, line, wanted, intake)
      : takeAiTraderLine(object, text, line, wanted, intake, notes, (timeframe) =>
          refuseOtherTimeframe(request, timeframe),
        )
    if (symbol === '' || symbol.toUpperCase() === wanted) found = true
    else others.add(symbol)
  })
  if (!found && others.size > 0) refuseSymbol(request, [...others])
  return notes
}

type BarTaker = (object: JsonObject, text: string, line: number, wanted: string, intake: BarIntake) => string

function barTaker(names: readonly string[], columns: CsvColumns, order: DateOrder): BarTaker {
  const time: TimeReading = { ms: 0, absolute: false, dateOnly: false }
  const values: RowValues = { open: 0, high: 0, low: 0, close: 0, volume: 0 }
  const field = (object: JsonObject, column: number) => fieldOf(object, names, column)
  return (object, text, line, wanted, intake) => {
    const symbol = columns.symbol < 0 ? '' : field(object, columns.symbol)
    if (symbol !== '' && symbol.toUpperCase() !== wanted) return symbol
    const prices = [columns.open, columns.high, columns.low, columns.close].map((column) => field(object, column))
    const volume = columns.volume < 0 ? '0' : field(object, columns.volume)
    if (prices.includes('') || volume === '') intake.refuse(line, 'missing-value', text)
    else if (!readTime(timeOf(object, names, columns), order, time)) intake.refuse(line, 'bad-time', text)
    else {
      setPrices(values, prices)
      values.volume = readVolume(volume, 0, volume.length)
      intake.take(line, text, time, values)
    }
    return symbol
  }
}

function setPrices(values: RowValues, [open = '', high = '', low = '', close = '']: readonly string[]): void {
  values.open = readPrice(open, 0, open.length)
  values.high = readPrice(high, 0, high.length)
  values.low = readPrice(low, 0, low.length)
  values.close = readPrice(close, 0, close.length)
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/** Numbers become the shortest decimal that means them, which is what was written in the file. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.trim() : ''
}

function refuseOtherTimeframe({ file, timeframe }: ImportRequest, found: Timeframe | string | undefined): void {
  if (found === undefined || found === timeframe) return
  refuse('bad-usage', `${file} holds ${found} bars, not ${timeframe}.`, `Import it with the timeframe it has.`)
}
