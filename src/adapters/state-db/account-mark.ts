import { foldAccountId, type AccountId } from '../../domain/account/account-id.ts'
import { sha256Hex } from '../../domain/digest/sha256.ts'
import type { SqliteDatabase } from '../sqlite/open-database.ts'

/**
 * Whose state a database is, as a number in its header that every copy of it carries along: another account's positions
 * and orders, closed at this one's broker, would be opened there.
 *
 * @returns 1 to 2^31 - 1
 */
function markOf(accountId: AccountId): number {
  return parseInt(sha256Hex(`slipway state ${foldAccountId(accountId)}`).slice(0, 8), 16) & 0x7fff_ffff || 1
}

/** 0: from the time before there were marks. */
function markIn(db: SqliteDatabase): number {
  return Number(db.pragma('application_id', { simple: true }))
}

/** Marks a state that has no mark yet. */
export function markState(db: SqliteDatabase, accountId: AccountId): void {
  if (markIn(db) === 0) db.pragma(`application_id = ${markOf(accountId)}`)
}

/** Whether a state is known to be another account's. */
export function isOfAnother(db: SqliteDatabase, accountId: AccountId): boolean {
  const mark = markIn(db)
  return mark !== 0 && mark !== markOf(accountId)
}
