import { BAD_ROW_TEXT, faultOfPrices, type BadRow, type BadRowReason } from '../../domain/market/bad-row.ts'
import { TIMEFRAMES, type Timeframe } from '../../domain/market/bar.ts'
import { NOT_A_NUMBER, NOT_POSITIVE, TOO_LARGE, TOO_MANY_DECIMALS } from '../../domain/market/price-text.ts'
import type { TimeReading } from '../../domain/market/time-text.ts'
import type { ZoneTime } from '../../domain/market/zone-time.ts'
import type { BarWriter } from './bar-writer.ts'
import { GrowingList } from './growing-list.ts'

const BAD_ROWS_SHOWN = 100
const LONGEST_ROW_SHOWN = 160
const MINUTE_MS = 60_000

/** How the rows of one file become bars. */
export type IntakeRules = Readonly<{
  timeframe: Timeframe
  zone: ZoneTime
  stamp: 'start' | 'end'
  /** The file goes from the newest bar to the oldest. */
  newestFirst: boolean
  /** Size of one tick in units of 10^-8; 0 where it is not known. */
  tick: number
  writer: BarWriter
}>

/** The values of one row, as `readPrice`, `readVolume` and `readTime` gave them. One object is reused. */
export type RowValues = { open: number; high: number; low: number; close: number; volume: number }

/** Takes rows one by one: good ones go to the database, bad ones are counted and kept for showing. */
export class BarIntake {
  readonly bad: BadRow[] = []
  readonly byReason: Partial<Record<BadRowReason, number>> = {}
  /** Starts of the bars taken, in file order. */
  readonly times = new GrowingList()
  rows = 0
  badCount = 0
  offTickGrid = 0
  zonelessTimes = 0
  anyVolume = false
  /** Where the newest bar stood that was taken. */
  lastLine = 0
  readonly #rules: IntakeRules
  readonly #grid: number
  readonly #shift: number
  #last: number
  #lastValues: RowValues = { open: 0, high: 0, low: 0, close: 0, volume: 0 }

  constructor(rules: IntakeRules) {
    const timeframe = TIMEFRAMES[rules.timeframe]
    this.#rules = rules
    // Hours and days start where their exchange says (09:30, local midnight); shorter bars divide the hour.
    this.#grid = timeframe < TIMEFRAMES['1h'] ? timeframe : MINUTE_MS
    this.#shift = rules.stamp === 'end' ? -timeframe : 0
    this.#last = rules.newestFirst ? Infinity : -Infinity
  }

  refuse(line: number, reason: BadRowReason, row: string): void {
    this.rows++
    this.#refuse(line, reason, row)
  }

  take(line: number, row: string, time: TimeReading, values: RowValues): void {
    this.rows++
    const reason = this.#store(time, values)
    if (reason === undefined) this.lastLine = line
    else this.#refuse(line, reason, row)
  }

  #store(time: TimeReading, values: RowValues): BadRowReason | undefined {
    const { open, high, low, close, volume } = values
    const lowest = Math.min(open, high, low, close)
    if (lowest <= 0) return faultOfNumber(lowest)
    if (volume < 0) return 'bad-volume'
    if (time.dateOnly && this.#rules.timeframe !== '1d') return 'bad-time'
    const start = this.#startOf(time)
    if (Number.isNaN(start)) return 'no-such-local-time'
    if (start % this.#grid !== 0) return 'time-off-grid'
    const fault = faultOfPrices(open, high, low, close) ?? this.#faultOfOrder(start, values)
    if (fault !== undefined) return fault
    if (this.#rules.writer.add(start, open, high, low, close, volume) === 'differs') return 'differs-from-stored'
    this.#note(start, values)
    return undefined
  }

  #startOf(time: TimeReading): number {
    if (time.absolute) return time.ms + this.#shift
    this.zonelessTimes++
    const { zone, newestFirst } = this.#rules
    return zone.toUtc(time.ms, this.#last - this.#shift, newestFirst) + this.#shift
  }

  #faultOfOrder(start: number, values: RowValues): BadRowReason | undefined {
    if (start === this.#last) return sameValues(values, this.#lastValues) ? 'duplicate' : 'duplicate-differs'
    return start > this.#last === this.#rules.newestFirst ? 'time-goes-back' : undefined
  }

  #note(start: number, values: RowValues): void {
    const { tick } = this.#rules
    this.#last = start
    Object.assign(this.#lastValues, values)
    this.times.push(start)
    if (values.volume > 0) this.anyVolume = true
    if (tick > 0 && isOffGrid(values, tick)) this.offTickGrid++
  }

  #refuse(line: number, reason: BadRowReason, row: string): void {
    this.badCount++
    this.byReason[reason] = (this.byReason[reason] ?? 0) + 1
    if (this.bad.length < BAD_ROWS_SHOWN)
      this.bad.push({ line, reason, text: BAD_ROW_TEXT[reason], row: printable(row) })
  }
}

function sameValues(a: RowValues, b: RowValues): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
}

function isOffGrid({ open, high, low, close }: RowValues, tick: number): boolean {
  return open % tick !== 0 || high % tick !== 0 || low % tick !== 0 || close % tick !== 0
}

function faultOfNumber(code: number): BadRowReason {
  if (code === NOT_A_NUMBER) return 'not-a-number'
  if (code === NOT_POSITIVE) return 'not-positive'
  if (code === TOO_MANY_DECIMALS) return 'too-many-decimals'
  if (code === TOO_LARGE) return 'price-too-large'
  throw new Error(`no price code: ${code}`)
}

/** A row is shown on a terminal: no control characters, no endless line. */
function printable(row: string): string {
  const clipped = row.length > LONGEST_ROW_SHOWN ? `${row.slice(0, LONGEST_ROW_SHOWN)}…` : row
  return clipped.replace(/\p{Cc}/gu, ' ')
}
