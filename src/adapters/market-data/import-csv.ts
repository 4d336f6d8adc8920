import { refuse } from '../../domain/failure/refusal.ts'
import { TIMEFRAMES, type Timeframe } from '../../domain/market/bar.ts'
import { columnKey } from '../../domain/market/csv-columns.ts'
import { dateOrderIn, type DateOrder } from '../../domain/market/time-text.ts'
import type { BarIntake } from './bar-intake.ts'
import { DateOrderSearch, hasYearLastDates, isIdle, readLayout, type CsvLayout } from './csv-layout.ts'
import { CsvRows } from './csv-rows.ts'
import type { ImportRequest } from './import-report.ts'
import { eachLine } from './lines.ts'
import { openText } from './text-source.ts'

/** A CSV file understood by its first lines, before any row is taken. */
export type CsvPlan = Readonly<{
  kind: 'csv'
  layout: CsvLayout
  order: DateOrder
  newestFirst: boolean
  warnings: readonly string[]
}>

/** Other symbols named in a refusal. */
const SYMBOLS_SHOWN = 120
const MOST_LINES_OF_A_ROW = 5

/**
 * @param lines the first lines of the file
 * @throws {Refused} 'data-format-unknown' | 'bad-usage'
 */
export async function planCsv(request: ImportRequest, lines: readonly string[]): Promise<CsvPlan> {
  const order = request.dateOrder ?? (await findDateOrder(request.file, lines))
  const layout = readLayout(request.file, lines, order)
  const times = sampleTimes(request, layout, order, lines)
  const warnings = [...refuseOtherSpacing(request, times), ...doubtAboutZone(request, layout)]
  const newestFirst = goesBackwards(times)
  if (newestFirst) warnings.push(NEWEST_FIRST_TEXT)
  if (layout.columns.volume < 0) warnings.push('The file has no volume column: every volume is stored as 0.')
  return { kind: 'csv', layout, order, newestFirst, warnings }
}

/** Hands every row of the file to `intake`. @throws {Refused} 'data-missing' when it has no row of the symbol */
export async function takeCsv(
  request: ImportRequest,
  { layout, order }: CsvPlan,
  intake: BarIntake,
  chunks: AsyncIterable<string>,
): Promise<void> {
  const rows = new CsvRows(layout.columns, layout.delimiter, order)
  const wanted = symbolInFile(request)
  const others = new Set<string>()
  const takeRow = (row: string, line: number) => {
    const fault = rows.read(row)
    if (rows.symbol !== '' && rows.symbol.toUpperCase() !== wanted) {
      if (others.size < SYMBOLS_SHOWN) others.add(rows.symbol)
    } else if (fault === undefined) intake.take(line, row, rows.time, rows.values)
    else intake.refuse(line, fault, row)
  }
  const whole = new WholeRows(takeRow)
  await eachLine(chunks, (line, number) => {
    if (number > layout.skip && (whole.open || !isIdle(line))) whole.add(line, number)
  })
  whole.end()
  if (intake.rows === 0 && others.size > 0) refuseSymbol(request, [...others])
}

export function symbolInFile(request: ImportRequest): string {
  return (request.symbolInFile ?? request.symbol).toUpperCase()
}

/** @param present symbols the file does hold */
export function refuseSymbol(request: ImportRequest, present: readonly string[]): never {
  const names = present.slice(0, SYMBOLS_SHOWN).join(', ') + (present.length > SYMBOLS_SHOWN ? ', …' : '')
  refuse(
    'data-missing',
    `${request.file} has no rows of ${request.symbolInFile ?? request.symbol}; it holds ${names}.`,
    'Name the one to import with --symbol, or with --symbol-in-file where it is called something else here.',
  )
}

/** Puts rows together whose quoted fields hold a line break. */
class WholeRows {
  readonly #take: (row: string, line: number) => void
  #parts: { line: string; number: number }[] = []

  constructor(take: (row: string, line: number) => void) {
    this.#take = take
  }

  get open(): boolean {
    return this.#parts.length > 0
  }

  add(line: string, number: number): void {
    if (!this.open && !line.includes('"')) return this.#take(line, number)
    this.#parts.push({ line, number })
    const row = this.#parts.map((part) => part.line).join('\n')
    if (quotesArePaired(row)) {
      const first = this.#parts[0]?.number ?? number
      this.#parts = []
      this.#take(row, first)
    } else if (this.#parts.length > MOST_LINES_OF_A_ROW) this.#giveUpFirst()
  }

  end(): void {
    while (this.open) this.#giveUpFirst()
  }

  /** A mark that is never closed spoils its own line and not the rest of the file. */
  #giveUpFirst(): void {
    const [first, ...rest] = this.#parts
    this.#parts = []
    if (first) this.#take(first.line, first.number)
    for (const { line, number } of rest) if (this.open || !isIdle(line)) this.add(line, number)
  }
}

function quotesArePaired(text: string): boolean {
  return text.split('"').length % 2 === 1
}

/** Reads through the file for a date that tells day from month, where the first lines do not. */
async function findDateOrder(file: string, lines: readonly string[]): Promise<DateOrder> {
  for (const line of lines)
    for (const field of line.split(/[,;\t|"]/)) {
      const order = dateOrderIn(field.trim())
      if (order === 'dmy' || order === 'mdy') return order
    }
  if (!hasYearLastDates(lines)) return 'unknown'
  const search = new DateOrderSearch(readLayout(file, lines, 'mdy'))
  const { chunks } = await openText(file)
  await eachLine(chunks, (line) => search.look(line))
  if (search.found === undefined)
    refuse(
      'bad-usage',
      `${file} has dates like 03/04/2024, and none of them tells the day from the month.`,
      'Say which comes first with --date-order dmy or --date-order mdy.',
    )
  return search.found
}

/** Times of the first rows of the symbol, as far as they can be read; in file order, without their zone. */
function sampleTimes(request: ImportRequest, layout: CsvLayout, order: DateOrder, lines: readonly string[]): number[] {
  const rows = new CsvRows(layout.columns, layout.delimiter, order)
  const wanted = symbolInFile(request)
  return lines.slice(layout.skip).flatMap((line) => {
    if (isIdle(line) || rows.read(line) !== undefined) return []
    return rows.symbol === '' || rows.symbol.toUpperCase() === wanted ? [rows.time.ms] : []
  })
}

export const NEWEST_FIRST_TEXT = 'The file goes from the newest bar to the oldest; it was read that way.'

/** Nearly every step of the first rows leads back in time; a few bad rows among them don't hide that. */
export function goesBackwards(times: readonly number[]): boolean {
  const back = times.filter((time, at) => at > 0 && time < (times[at - 1] ?? 0)).length
  return back >= 4 && back > 0.8 * (times.length - 1)
}

/** The usual distance between rows: bars of another timeframe are refused, coarser ones doubted. */
function refuseOtherSpacing({ file, timeframe }: ImportRequest, times: readonly number[]): string[] {
  const distances = new Map<number, number>()
  for (let at = 1; at < times.length; at++) {
    const distance = Math.abs((times[at] ?? 0) - (times[at - 1] ?? 0))
    if (distance > 0) distances.set(distance, (distances.get(distance) ?? 0) + 1)
  }
  const [usual, count] = [...distances].toSorted((a, b) => b[1] - a[1])[0] ?? [0, 0]
  const all = [...distances.values()].reduce((sum, each) => sum + each, 0)
  if (all < 3 || count * 2 <= all) return []
  if (usual < TIMEFRAMES[timeframe])
    refuse('bad-usage', `The rows of ${file} are ${span(usual)} apart, not ${timeframe}.`, timeframeAdvice(usual))
  if (distances.size > 1 && [...distances.keys()].some((distance) => distance % usual !== 0)) return []
  return usual > TIMEFRAMES[timeframe] ? [`The rows are ${span(usual)} apart: are these really ${timeframe} bars?`] : []
}

function timeframeAdvice(usual: number): string {
  const fitting = (Object.keys(TIMEFRAMES) as Timeframe[]).find((name) => TIMEFRAMES[name] === usual)
  return fitting ? `Import them with --timeframe ${fitting}.` : 'Import bars of 1m, 5m, 15m, 1h or 1d.'
}

function span(ms: number): string {
  if (ms % 86_400_000 === 0) return `${ms / 86_400_000} d`
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`
}

function doubtAboutZone({ zone }: ImportRequest, { timeName }: CsvLayout): string[] {
  if (zone === undefined || /^(Etc\/)?(UTC|GMT)$/i.test(zone) || !/utc|gmt/.test(columnKey(timeName))) return []
  return [`The time column is called ${timeName}, yet it was read as ${zone} as asked.`]
}
