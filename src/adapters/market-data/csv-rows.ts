import Papa from 'papaparse'
import type { BadRowReason } from '../../domain/market/bad-row.ts'
import type { CsvColumns } from '../../domain/market/csv-columns.ts'
import { readPrice, readVolume } from '../../domain/market/price-text.ts'
import { readTime, type DateOrder, type TimeReading } from '../../domain/market/time-text.ts'
import type { RowValues } from './bar-intake.ts'

/** Joins fields that were quoted and so may hold the file's own delimiter. */
const UNIT_SEPARATOR = '\x1f'

/** Reads the rows of one CSV layout into values that are reused from row to row. */
export class CsvRows {
  readonly time: TimeReading = { ms: 0, absolute: false, dateOnly: false }
  readonly values: RowValues = { open: 0, high: 0, low: 0, close: 0, volume: 0 }
  /** Which instrument the row is of; empty where the file does not say. */
  symbol = ''
  readonly #columns: CsvColumns
  readonly #delimiter: string
  readonly #order: DateOrder
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  #timeText = ''
  #timeRead = false

  constructor(columns: CsvColumns, delimiter: string, order: DateOrder) {
    this.#columns = columns
    this.#delimiter = delimiter
    this.#order = order
    this.#starts = new Int32Array(columns.count)
    this.#ends = new Int32Array(columns.count)
  }

  /** @returns what is wrong with the form of the row; undefined when `time` and `values` hold it */
  read(row: string): BadRowReason | undefined {
    const line = row.includes('"') ? unquote(row, this.#delimiter) : row
    if (line === undefined) return 'bad-quotes'
    const delimiter = line === row ? this.#delimiter : UNIT_SEPARATOR
    if (!this.#split(line, delimiter)) return 'wrong-column-count'
    const { open, high, low, close, volume, symbol } = this.#columns
    this.symbol = symbol < 0 ? '' : this.#text(line, symbol)
    if (this.#isEmpty(open) || this.#isEmpty(high) || this.#isEmpty(low) || this.#isEmpty(close)) return 'missing-value'
    if (volume >= 0 && this.#isEmpty(volume)) return 'missing-value'
    if (!this.#readTime(line)) return 'bad-time'
    this.values.open = this.#price(line, open)
    this.values.high = this.#price(line, high)
    this.values.low = this.#price(line, low)
    this.values.close = this.#price(line, close)
    this.values.volume = volume < 0 ? 0 : readVolume(line, this.#starts[volume] ?? 0, this.#ends[volume] ?? 0)
    return undefined
  }

  #readTime(line: string): boolean {
    const { time, clock } = this.#columns
    const text = clock < 0 ? this.#text(line, time) : `${this.#text(line, time)} ${this.#text(line, clock)}`
    // A bad row may have been read before: the reading in `time` is then worth nothing.
    if (text === this.#timeText) return this.#timeRead
    this.#timeText = text
    this.#timeRead = readTime(text, this.#order, this.time)
    return this.#timeRead
  }

  #price(line: string, column: number): number {
    return readPrice(line, this.#starts[column] ?? 0, this.#ends[column] ?? 0)
  }

  #text(line: string, column: number): string {
    return line.slice(this.#starts[column], this.#ends[column])
  }

  #isEmpty(column: number): boolean {
    return this.#starts[column] === this.#ends[column]
  }

  /** Notes where each field starts and ends, blanks around it left out. @returns false on another number of fields */
  #split(line: string, delimiter: string): boolean {
    const { count } = this.#columns
    let from = 0
    for (let column = 0; column < count; column++) {
      const at = line.indexOf(delimiter, from)
      const isLast = column === count - 1
      if (at < 0 !== isLast) return false
      let end = isLast ? line.length : at
      let start = from
      while (start < end && line.charCodeAt(start) === 32) start++
      while (end > start && line.charCodeAt(end - 1) === 32) end--
      this.#starts[column] = start
      this.#ends[column] = end
      from = at + 1
    }
    return true
  }
}

/** The fields of one row, quotation marks resolved; undefined when they have no partner. */
export function splitRow(row: string, delimiter: string): string[] | undefined {
  if (!row.includes('"')) return row.split(delimiter).map((field) => field.trim())
  const parsed = Papa.parse<string[]>(row, { delimiter, newline: '\n', quoteChar: '"' })
  if (parsed.errors.length > 0) return undefined
  return (parsed.data[0] ?? []).map((field) => field.trim())
}

function unquote(row: string, delimiter: string): string | undefined {
  return splitRow(row, delimiter)?.join(UNIT_SEPARATOR)
}
