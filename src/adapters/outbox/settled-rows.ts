import type { AccountId } from '../../domain/account/account-id.ts'
import type { OutboxKey } from '../../domain/account/account-store.ts'
import type { HomeLayout } from '../home/layout.ts'
import { lookIntoBook } from './outbox-of.ts'

/**
 * Which of these rows of the outbox need not be kept: they were delivered or given up. The one the book has as its place
 * stays, and all behind it: by it the book knows the outbox again.
 *
 * @throws {Refused} the book can't be read
 */
export function settledRows(
  layout: HomeLayout,
  accountId: AccountId,
  rows: readonly OutboxKey[],
): readonly OutboxKey[] {
  const settled = lookIntoBook(layout, accountId, (db) => {
    const place = db.prepare('SELECT seq FROM place').pluck().get() as number | undefined
    const state = db.prepare('SELECT seq FROM deliveries WHERE kind = ? AND key = ? AND state IN (?, ?)').pluck()
    return rows.filter(
      ({ seq, kind, key }) =>
        place !== undefined && seq < place && state.get(kind, key, 'delivered', 'dropped') === seq,
    )
  })
  return settled ?? []
}
