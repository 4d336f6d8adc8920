import Database from 'better-sqlite3'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { refusal, refuse, Refused } from '../../domain/failure/refusal.ts'
import type { Timeframe } from '../../domain/market/bar.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import { CACHE_SIZE, refusedBySqlite, type DatabaseRole } from '../sqlite/open-database.ts'

/**
 * Bars of every instrument: public data, shared by all accounts, only ever added to.
 *
 * One process imports at a time while any number read; a reader sees a file's bars all at once, when its import has
 * been committed.
 */
export type MarketDb = Readonly<{
  sql: Database.Database
  /** Sentences for a trader when SQLite fails (`refusedBySqlite`). */
  role: DatabaseRole
  close(): void
}>

/** One instrument in one timeframe. */
export type Series = Readonly<{
  id: number
  symbol: string
  timeframe: Timeframe
  bars: number
  /** Start of the first and the last bar; null while there is none. */
  from: EpochMs | null
  to: EpochMs | null
  /** Where its newest bars came from: a file name, or `generated (seed 7)`. */
  source: string
  importedAt: EpochMs
}>

/** Column order of `RawBar` and of every statement that reads bars. */
export const BAR_COLUMNS = 'time, open, high, low, close, volume'
/** time, open, high, low, close, volume; prices in units of 10^-8. */
export type RawBar = readonly [number, number, number, number, number, number]

const MIGRATIONS = [
  `CREATE TABLE series (
     id INTEGER PRIMARY KEY,
     symbol TEXT NOT NULL,
     timeframe TEXT NOT NULL,
     bars INTEGER NOT NULL,
     first INTEGER,
     last INTEGER,
     source TEXT NOT NULL,
     imported_at INTEGER NOT NULL,
     UNIQUE (symbol, timeframe)
   ) STRICT;
   -- volume takes whole numbers and fractions; prices are whole counts of 10^-8
   CREATE TABLE bars (
     series INTEGER NOT NULL,
     time INTEGER NOT NULL,
     open INTEGER NOT NULL,
     high INTEGER NOT NULL,
     low INTEGER NOT NULL,
     close INTEGER NOT NULL,
     volume NUMERIC NOT NULL,
     PRIMARY KEY (series, time)
   ) WITHOUT ROWID;
   CREATE TABLE imports (
     id INTEGER PRIMARY KEY,
     series INTEGER NOT NULL REFERENCES series (id),
     source TEXT NOT NULL,
     at INTEGER NOT NULL,
     rows INTEGER NOT NULL,
     added INTEGER NOT NULL,
     already_there INTEGER NOT NULL,
     bad INTEGER NOT NULL
   ) STRICT;`,
]

/** Longest wait for another process's import, which holds the file for writing until it is done. */
const BUSY_MS = 60_000

/**
 * Opens `market.db`.
 *
 * Where nothing has been imported yet, `read` gives an empty database instead of creating the file.
 *
 * @throws {Refused} 'state-corrupt' | 'state-newer' | 'home-read-only' | 'disk-full' | 'timed-out'
 */
export function openMarketDb(layout: HomeLayout, mode: 'read' | 'write'): MarketDb {
  const role = roleOf(layout)
  return withSentences(role, () => {
    if (mode === 'write') makeHome(layout)
    let sql = open(layout, mode)
    try {
      if (mode === 'read' && versionOf(sql) === 0) {
        // Not there, or another process is just about to create the tables.
        sql.close()
        sql = new Database(':memory:')
      }
      if (mode === 'write') prepareForWriting(sql)
      else sql.pragma(`cache_size = ${CACHE_SIZE}`)
      if (!sql.readonly) migrate(sql)
      refuseNewer(sql, layout.marketDb)
    } catch (error) {
      sql.close()
      throw error
    }
    return { sql, role, close: () => void sql.close() }
  })
}

/** Runs `work`; what SQLite throws for a full disk, a damaged file or a busy one becomes a refusal. */
export function withSentences<Result>(role: DatabaseRole, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw marketDbFailure(error, role)
  }
}

/** @returns a `Refused` for what a trader can do something about; else the error as it came */
export function marketDbFailure(error: unknown, role: DatabaseRole): unknown {
  if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))
    return new Refused(
      refusal(
        'timed-out',
        `${role.what} ${role.path} is being written by another import.`,
        'Try again when it has ended.',
      ),
    )
  return refusedBySqlite(error, role)
}

export function findSeries(db: MarketDb, symbol: string, timeframe: Timeframe): Series | undefined {
  return db.sql
    .prepare<[string, string], Series>(`${SELECT_SERIES} WHERE symbol = ? AND timeframe = ?`)
    .get(symbol, timeframe)
}

/** Every series, by symbol and timeframe. */
export function listSeries(db: MarketDb): Series[] {
  return withSentences(db.role, () => db.sql.prepare<[], Series>(`${SELECT_SERIES} ORDER BY symbol, timeframe`).all())
}

const SELECT_SERIES = `SELECT id, symbol, timeframe, bars, first AS "from", last AS "to", source,
  imported_at AS importedAt FROM series`

function roleOf(layout: HomeLayout): DatabaseRole {
  return {
    path: layout.marketDb,
    what: 'The market data',
    repair: `Move ${layout.marketDb} away and import the files again; it holds nothing but public bars.`,
  }
}

function open(layout: HomeLayout, mode: 'read' | 'write'): Database.Database {
  if (mode === 'read' && !existsSync(layout.marketDb)) return new Database(':memory:')
  return new Database(layout.marketDb, { readonly: mode === 'read', timeout: BUSY_MS })
}

function makeHome(layout: HomeLayout): void {
  try {
    mkdirSync(dirname(layout.marketDb), { recursive: true, mode: 0o700 })
  } catch {
    refuse(
      'home-read-only',
      `The folder ${layout.root} can't be made.`,
      'Choose another with SLIPWAY_HOME, or mend its path.',
    )
  }
}

function prepareForWriting(sql: Database.Database): void {
  sql.pragma('journal_mode = WAL')
  // An import is one transaction: a small cache would spill it page by page, and its log would stay as large for ever.
  sql.pragma('cache_size = -65536')
  sql.pragma('journal_size_limit = 16777216')
}

function migrate(sql: Database.Database): void {
  if (versionOf(sql) >= MIGRATIONS.length) return
  sql
    .transaction(() => {
      // Another process may have migrated while this one waited.
      for (let version = versionOf(sql); version < MIGRATIONS.length; version++) {
        sql.exec(MIGRATIONS[version] ?? '')
        sql.pragma(`user_version = ${version + 1}`)
      }
    })
    .immediate()
}

function refuseNewer(sql: Database.Database, path: string): void {
  if (versionOf(sql) > MIGRATIONS.length)
    refuse('state-newer', `The market data ${path} was written by a newer Slipway.`, 'Update Slipway on this machine.')
}

function versionOf(sql: Database.Database): number {
  return Number(sql.pragma('user_version', { simple: true }))
}
