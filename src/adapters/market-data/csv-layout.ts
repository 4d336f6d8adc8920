import { findColumns, type CsvColumns } from '../../domain/market/csv-columns.ts'
import { dateOrderIn, readTime, type DateOrder } from '../../domain/market/time-text.ts'
import { splitRow } from './csv-rows.ts'
import { refuseFormat } from './text-source.ts'

/** How to read the rows of one CSV file. */
export type CsvLayout = Readonly<{
  delimiter: string
  columns: CsvColumns
  /** Text of the header's time column; empty without a header. */
  timeName: string
  /** Lines before the first row of data: comments, `sep=`, the header. */
  skip: number
}>

const DELIMITERS = [',', ';', '\t', '|'] as const
const FEWEST_COLUMNS = 5

/** Lines that carry no row: blank ones and comments. */
export function isIdle(line: string): boolean {
  return line.trim() === '' || line.startsWith('#')
}

/**
 * Understands a file by its first lines.
 *
 * @throws {Refused} 'data-format-unknown'
 */
export function readLayout(file: string, lines: readonly string[], order: DateOrder): CsvLayout {
  // Excel's hint to itself.
  const named = /^sep=(.)$/i.exec(lines[0] ?? '')?.[1]
  const start = lines.findIndex((line, at) => !isIdle(line) && !(at === 0 && named !== undefined))
  const content = start < 0 ? [] : lines.slice(start).filter((line) => !isIdle(line))
  if (content.length === 0) refuseFormat(`${file} has no rows.`)
  const delimiter = named ?? delimiterOf(content)
  if (delimiter === undefined) refuseFormat(`${file} is not a table with time, open, high, low and close.`)
  const rows = content.flatMap((line) => {
    const fields = splitRow(line, delimiter)
    return fields ? [fields] : []
  })
  const found = findColumns(rows, order)
  if (found.kind === 'not-found') refuseFormat(`${file} ${found.why}.`)
  if (found.header && content.length === 1) refuseFormat(`${file} has a header and no rows.`)
  const { columns, header } = found
  return {
    delimiter,
    columns,
    timeName: header ? (rows[0]?.[columns.time] ?? '') : '',
    skip: header ? start + 1 : start,
  }
}

/** The delimiter that gives most of the first lines the same number of columns, at least five. */
function delimiterOf(lines: readonly string[]): string | undefined {
  let best: { delimiter: string; agreeing: number } | undefined
  for (const delimiter of DELIMITERS) {
    const counts = new Map<number, number>()
    for (const line of lines) {
      const count = splitRow(line, delimiter)?.length ?? 0
      if (count >= FEWEST_COLUMNS) counts.set(count, (counts.get(count) ?? 0) + 1)
    }
    const agreeing = Math.max(0, ...counts.values())
    if (agreeing > (best?.agreeing ?? 0)) best = { delimiter, agreeing }
  }
  return best?.delimiter
}

/** What the time column says about the order of day and month, once it has said anything. */
export class DateOrderSearch {
  /** The file has dates that can mean two days. */
  needed = false
  found: Exclude<DateOrder, 'unknown'> | undefined
  readonly #layout: CsvLayout

  constructor(layout: CsvLayout) {
    this.#layout = layout
  }

  look(line: string): void {
    if (this.found !== undefined) return
    const fields = splitRow(line, this.#layout.delimiter)
    const order = dateOrderIn(fields?.[this.#layout.columns.time] ?? '')
    if (order === 'either') this.needed = true
    else this.found = order
  }
}

/** True when the first lines hold dates whose day and month may be swapped. */
export function hasYearLastDates(lines: readonly string[]): boolean {
  const reading = { ms: 0, absolute: false, dateOnly: false }
  return lines.some((line) =>
    line.split(/[,;\t|"]/).some((field) => {
      const text = field.trim()
      return dateOrderIn(text) === 'either' && !readTime(text, 'unknown', reading)
    }),
  )
}
