import { PostgresAdapter, sql, type IsolationLevel, type Transaction } from 'kysely'
import { setTimeout as delay } from 'node:timers/promises'
import type { CloudDb } from './cloud-db.ts'
import type { CloudTables } from './tables/tables.ts'

export type CloudTransaction = Transaction<CloudTables>

/** Codes after which nothing was done and the same work may succeed: PostgreSQL's, and SQLite's prefix. */
const TRY_AGAIN = new Set(['40001', '40P01'])
const BUSY = 'SQLITE_BUSY'
const TRIES = 8
/** Longest pause before the second, third, … try, milliseconds. */
const PAUSES = [5, 10, 20, 40, 80, 160, 320] as const

export function isPostgres(db: CloudDb): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}

/**
 * Does work in one transaction that sees and changes the database as if it were alone (SERIALIZABLE; on SQLite it is
 * alone). Work that met another transaction is done again from its beginning, so it must have no effect outside.
 *
 * Inside a transaction it takes part in that one.
 *
 * @param isolation PostgreSQL's level, where a weaker one is right and faster
 */
export async function transact<T>(
  db: CloudDb,
  work: (trx: CloudTransaction) => Promise<T>,
  isolation: IsolationLevel = 'serializable',
): Promise<T> {
  if (db.isTransaction) return await work(db as CloudTransaction)
  for (let tried = 1; ; tried++)
    try {
      const transaction = db.transaction()
      return await (isPostgres(db) ? transaction.setIsolationLevel(isolation) : transaction).execute(work)
    } catch (error) {
      if (tried >= TRIES || !mayTryAgain(error)) throw error
      await delay(Math.random() * (PAUSES[tried - 1] ?? PAUSES.at(-1)!))
    }
}

function mayTryAgain(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  const code = String(error.code)
  return TRY_AGAIN.has(code) || code.startsWith(BUSY)
}

/**
 * Lets transactions that add rows to a table commit one after another, in the order of their numbers.
 *
 * Without it a reader that follows a table by `seq` on PostgreSQL would miss rows: numbers are drawn before the commit, so
 * a lower one may appear after a higher one. Call it before the insert.
 */
export async function inOrderOf(trx: CloudTransaction, table: keyof CloudTables): Promise<void> {
  if (isPostgres(trx)) await sql`select pg_advisory_xact_lock(hashtext(${table}))`.execute(trx)
}
