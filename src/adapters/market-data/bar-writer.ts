import type Database from 'better-sqlite3'
import type { Timeframe } from '../../domain/market/bar.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { findSeries, marketDbFailure, type MarketDb, type RawBar } from './market-db.ts'

/** What became of a bar that was to be stored. */
export type Stored = 'added' | 'already-there' | 'differs'

/** What an import leaves in the books. */
export type ImportRecord = Readonly<{ source: string; at: EpochMs; rows: number; bad: number }>

/**
 * Adds bars of one series in one transaction, which starts with the first `add` and ends with `commit` or `rollback`.
 *
 * A bar that is there already is never changed.
 */
export class BarWriter {
  added = 0
  alreadyThere = 0
  readonly #db: MarketDb
  readonly #series: number
  readonly #insert: Database.Statement
  readonly #find: Database.Statement
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
      this.#series = findSeries(db, symbol, timeframe)?.id ?? 0
      this.#insert = db.sql.prepare('INSERT INTO bars VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
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
    const { changes } = this.#insert.run(this.#series, time, open, high, low, close, volume)
    if (changes === 1) {
      this.added++
      if (time < this.#first) this.#first = time
      if (time > this.#last) this.#last = time
      return 'added'
    }
    const there = this.#find.get(this.#series, time) as RawBar
    const same = there[1] === open && there[2] === high && there[3] === low && there[4] === close && there[5] === volume
    if (!same) return 'differs'
    this.alreadyThere++
    return 'already-there'
  }

  /** @throws {Refused} 'disk-full'; nothing of the file is then stored */
  commit(record: ImportRecord): void {
    const { sql, role } = this.#db
    try {
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
