import type { AccountId } from '../../domain/account/account-id.ts'
import type { OutboxEntry } from '../../domain/account/account-store.ts'
import type { HomeLayout } from '../home/layout.ts'
import { lookIntoBook } from './look-into-book.ts'
import { wordsOf } from './words.ts'

/**
 * Which of these rows of the outbox need not be kept: they were delivered or given up. The one the book has as its place
 * stays, and all behind it: by it the book knows the outbox again.
 *
 * @throws {Refused} the book can't be read
 */
export function settledRows(
  layout: HomeLayout,
  accountId: AccountId,
  rows: readonly OutboxEntry[],
): readonly OutboxEntry[] {
  const settled = lookIntoBook(layout, accountId, (db) => {
    const place = db.prepare('SELECT seq FROM place').pluck().get() as number | undefined
    const state = db.prepare('SELECT words FROM deliveries WHERE kind = ? AND key = ? AND state IN (?, ?)').pluck()
    if (place === undefined) return []
    // The words too: an account that began anew may name another trade as it named one before.
    return rows.filter(
      (row) => row.seq < place && state.get(row.kind, row.key, 'delivered', 'dropped') === wordsOf(row),
    )
  })
  return settled ?? []
}
