import Database from 'better-sqlite3'
import { existsSync, statSync } from 'node:fs'
import { Refused, refusal, type Refusal } from '../../domain/failure/refusal.ts'

export type SqliteDatabase = Database.Database

/** This build keeps 16 MB of pages a connection; with three of them a bot grew for as long as it lived. KiB, negative. */
export const CACHE_SIZE = -1_000

/** What a database is called and what to do when it is broken, for the sentences a trader reads. */
export type DatabaseRole = Readonly<{ path: string; what: string; repair: string }>

/**
 * Opens a database whose every commit must survive a power cut: WAL, synchronous=FULL, checked and migrated.
 *
 * @param migrations     one SQL text per version; `user_version` says how many have run
 * @param expectExisting the file must be there and hold data: an empty one means the state was lost, not that it is new
 * @throws {Refused} 'state-corrupt' | 'state-missing' | 'state-newer' | 'disk-full' | 'home-read-only'
 */
export function openDurableDatabase(
  role: DatabaseRole,
  migrations: readonly string[],
  expectExisting: boolean,
): SqliteDatabase {
  const size = existsSync(role.path) ? statSync(role.path).size : undefined
  if (expectExisting && !size) throw stateGone(role, size === undefined ? 'is missing' : 'is empty')
  let db: SqliteDatabase | undefined
  try {
    db = new Database(role.path, { timeout: 5_000 })
    configure(db)
    if (size) checkIntegrity(db, role)
    migrate(db, migrations, role)
    return db
  } catch (error) {
    db?.close()
    throw refusedBySqlite(error, role)
  }
}

/** A database that has been in use and of which nothing is left. */
export function stateGone({ what, path, repair }: DatabaseRole, how: 'is missing' | 'is empty'): Refused {
  return new Refused(refusal('state-missing', `${what} ${path} ${how} although it has been in use.`, repair))
}

/** Opens a database only to look: never creates, never writes, gives up soon when it is busy. */
export function openReadOnly(role: DatabaseRole): SqliteDatabase {
  try {
    return new Database(role.path, { readonly: true, fileMustExist: true, timeout: 2_000 })
  } catch (error) {
    throw refusedBySqlite(error, role)
  }
}

/** Turns what SQLite throws for a sick disk or file into a refusal; anything else is a bug and comes back unchanged. */
export function refusedBySqlite(error: unknown, role: DatabaseRole): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  const found = refusalOf(String(error.code), role)
  return found ? new Refused(found) : error
}

function refusalOf(code: string, { path, what, repair }: DatabaseRole): Refusal | undefined {
  if (code === 'SQLITE_FULL' || code === 'ENOSPC')
    return refusal(
      'disk-full',
      `The disk is full: ${what} ${path} can't be written.`,
      'Free some space and start again.',
    )
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return refusal('state-corrupt', `${what} ${path} is damaged.`, repair)
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'EROFS' || code === 'EACCES')
    return refusal(
      'home-read-only',
      `${what} ${path} can't be opened for writing.`,
      'Make its folder writable and start again.',
    )
  if (code.startsWith('SQLITE_IOERR'))
    return refusal('state-corrupt', `The disk failed while ${what} ${path} was used.`, repair)
  return undefined
}

/** Settings of a connection whose commits must survive a power cut. @throws {Error} a setting did not hold */
export function configure(db: SqliteDatabase): void {
  db.pragma('journal_mode = WAL')
  db.pragma('foreign_keys = ON')
  db.pragma(`cache_size = ${CACHE_SIZE}`)
  if (process.platform === 'darwin') {
    // A plain fsync does not reach the platter there.
    db.pragma('fullfsync = ON')
    db.pragma('checkpoint_fullfsync = ON')
  }
  db.prepare('SELECT count(*) FROM sqlite_schema').get()
  // This build defaults WAL databases to NORMAL, and only after the first statement: set it now, then read it back.
  db.pragma('synchronous = FULL')
  db.prepare('SELECT count(*) FROM sqlite_schema').get()
  if (db.pragma('synchronous', { simple: true }) !== 2) throw new Error('synchronous=FULL did not hold')
}

/** @throws {Refused} state-corrupt */
export function checkIntegrity(db: SqliteDatabase, { path, what, repair }: DatabaseRole): void {
  // Throws SQLITE_CORRUPT for some damage and answers rows for other: both count.
  const verdict = db.pragma('quick_check(1)', { simple: true })
  if (verdict !== 'ok')
    throw new Refused(refusal('state-corrupt', `${what} ${path} is damaged (${String(verdict)}).`, repair))
}

function migrate(db: SqliteDatabase, migrations: readonly string[], { path, what }: DatabaseRole): void {
  const at = Number(db.pragma('user_version', { simple: true }))
  if (at > migrations.length)
    throw new Refused(
      refusal(
        'state-newer',
        `${what} ${path} was written by a newer Slipway.`,
        'Update Slipway on this machine and start again.',
      ),
    )
  for (let version = at; version < migrations.length; version++) {
    db.transaction(() => {
      db.exec(migrations[version] ?? '')
      db.pragma(`user_version = ${version + 1}`)
    }).immediate()
  }
}
