import { existsSync } from 'node:fs'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openReadOnly, refusedBySqlite, type SqliteDatabase } from '../sqlite/open-database.ts'
import { bookRole } from './book-schema.ts'

/**
 * Looks into an account's book of deliveries without disturbing its sender.
 *
 * @returns undefined where there is no book yet
 * @throws {Refused} the book can't be read
 */
export function lookIntoBook<T>(
  layout: HomeLayout,
  accountId: AccountId,
  look: (db: SqliteDatabase) => T,
): T | undefined {
  const role = bookRole(layout, accountId)
  if (!existsSync(role.path)) return undefined
  const db = openReadOnly(role)
  try {
    return db.pragma('user_version', { simple: true }) === 0 ? undefined : look(db)
  } catch (error) {
    throw refusedBySqlite(error, role)
  } finally {
    db.close()
  }
}
