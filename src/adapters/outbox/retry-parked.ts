import { existsSync } from 'node:fs'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { HomeLayout } from '../home/layout.ts'
import { openDurableDatabase, refusedBySqlite } from '../sqlite/open-database.ts'
import { BOOK_MIGRATIONS, bookRole } from './book-schema.ts'

/**
 * Puts what was put aside among what waits again, as if it had never been tried. The sender of the home sees it within
 * seconds; nothing is taken from its hands, because it does not send what is put aside.
 *
 * @param tradeId only of this trade; of all where left out
 * @returns how many
 * @throws {Refused} the book can't be read or written
 */
export function retryParked(layout: HomeLayout, accountId: AccountId, now: number, tradeId?: string): number {
  const role = bookRole(layout, accountId)
  if (!existsSync(role.path)) return 0
  const db = openDurableDatabase(role, BOOK_MIGRATIONS, false)
  try {
    return db
      .prepare(
        `UPDATE deliveries SET state = 'waiting', attempts = 0, refusals = 0, next_at = @now, settled_at = NULL
         WHERE state = 'parked' AND (@tradeId IS NULL OR key = @tradeId)`,
      )
      .run({ now, tradeId: tradeId ?? null }).changes
  } catch (error) {
    throw refusedBySqlite(error, role)
  } finally {
    db.close()
  }
}
