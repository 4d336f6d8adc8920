import type Database from 'better-sqlite3'
import type { Timeframe } from '../../domain/market/bar.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { findSeries, marketDbFailure, type MarketDb, type RawBar } from './market-db.ts'

/** What became of a bar that was to be stored. */
export type Stored = 'added' | 'already-there' | 'differs'

/** What an import leaves in the books. */
export type ImportRecord = Readonly<{ source: string; at: EpochMs; rows: number; bad: number }>

/** Bars that one statement inserts: calling SQLite costs more than the insert itself. */
const BARS_PER_INSERT = 32
const VALUES = '(?, ?, ?, ?, ?, ?, ?)'

/**
 * Adds bars of one series in one transaction, which starts at once and ends with `commit` or `rollback`.
 *
 * A bar that is there already is never changed. No time may be added twice: whoever reads a file sees to that.
 */
export class BarWriter {
  added = 0
  alreadyThere = 0
  readonly #db: MarketDb
  readonly #series: number
  readonly #insert: Database.Statement
  readonly #insertMany: Database.Statement
  readonly #find: Database.Statement
  /** Values of bars later than every stored one, which can't be there yet. */
  readonly #waiting: number[] = []
  readonly #storedLast: number
  #first = Infinity
  #last = -Infinity

  /** @throws {Refused} 'timed-out' when another import holds the file, 'disk-full', 'home-read-only' */
  constructor(db: MarketDb, symbol: string, timeframe: Timeframe) {
    this.#db = db
    try {
      db.sql.exec('BEGIN IMMEDIATE')
      db.sql
        .prepare(
          'INSERT INTO series (symbol, timeframe, bars, source, imported_at) VALUES (?, ?, 0, ?, 0) ON CONFLICT DO NOTHING',
        )
        .run(symbol, timeframe, '')
      const series = findSeries(db, symbol, timeframe)
      this.#series = series?.id ?? 0
      this.#storedLast = series?.to ?? -Infinity
      this.#insert = db.sql.prepare(`INSERT INTO bars VALUES ${VALUES} ON CONFLICT DO NOTHING`)
      const many = Array<string>(BARS_PER_INSERT).fill(VALUES).join(', ')
      this.#insertMany = db.sql.prepare(`INSERT INTO bars VALUES ${many}`)
      this.#find = db.sql
        .prepare('SELECT time, open, high, low, close, volume FROM bars WHERE series = ? AND time = ?')
        .raw()
    } catch (error) {
      this.rollback()
      throw marketDbFailure(error, db.role)
    }
  }

  /** @throws what SQLite throws; the caller rolls back */
  add(time: number, open: number, high: number, low: number, close: number, volume: number): Stored {
    if (time > this.#storedLast) {
      this.#waiting.push(this.#series, time, open, high, low, close, volume)
      if (this.#waiting.length === 7 * BARS_PER_INSERT) this.#flush()
      return this.#note(time)
    }
    const { changes } = this.#insert.run(this.#series, time, open, high, low, close, volume)
    if (changes === 1) return this.#note(time)
    const there = this.#find.get(this.#series, time) as RawBar
    const same = there[1] === open && there[2] === high && there[3] === low && there[4] === close && there[5] === volume
    if (!same) return 'differs'
    this.alreadyThere++
    return 'already-there'
  }

  #note(time: number): Stored {
    this.added++
    if (time < this.#first) this.#first = time
    if (time > this.#last) this.#last = time
    return 'added'
  }

  #flush(): void {
    const values = this.#waiting.splice(0)
    if (values.length === 7 * BARS_PER_INSERT) this.#insertMany.run(values)
    else for (let at = 0; at < values.length; at += 7) this.#insert.run(values.slice(at, at + 7))
  }

  /** @throws {Refused} 'disk-full'; nothing of the file is then stored */
  commit(record: ImportRecord): void {
    const { sql, role } = this.#db
    try {
      this.#flush()
      if (this.added === 0 && this.alreadyThere === 0) {
        this.rollback()
        return
      }
      if (this.added > 0)
        sql
          .prepare(
            `UPDATE series SET bars = bars + ?, first = min(ifnull(first, ?), ?), last = max(ifnull(last, ?), ?),
               source = ?, imported_at = ? WHERE id = ?`,
          )
          .run(this.added, this.#first, this.#first, this.#last, this.#last, record.source, record.at, this.#series)
      sql
        .prepare(
          'INSERT INTO imports (series, source, at, rows, added, already_there, bad) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(this.#series, record.source, record.at, record.rows, this.added, this.alreadyThere, record.bad)
      sql.exec('COMMIT')
    } catch (error) {
      this.rollback()
      throw marketDbFailure(error, role)
    }
  }

  rollback(): void {
    if (this.#db.sql.inTransaction) this.#db.sql.exec('ROLLBACK')
  }
}
