import type { AccountId } from '../../domain/account/account-id.ts'
import type { HomeLayout } from '../home/layout.ts'
import type { DatabaseRole } from '../sqlite/open-database.ts'

/**
 * The book of deliveries of one account, one text per version. Times are UTC epoch ms. A landed version never changes; the
 * next one is appended.
 */
export const BOOK_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE deliveries (
    kind TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, rank INTEGER NOT NULL, own INTEGER NOT NULL,
    user_id TEXT NOT NULL, idempotency_key TEXT NOT NULL, words TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'parked', 'dropped')),
    attempts INTEGER NOT NULL, refusals INTEGER NOT NULL, next_at INTEGER NOT NULL, taken_in_at INTEGER NOT NULL,
    settled_at INTEGER, note TEXT NOT NULL, PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deliveries_waiting ON deliveries (rank, seq) WHERE state = 'waiting';
  CREATE INDEX deliveries_settled ON deliveries (state, settled_at) WHERE state <> 'waiting';
  CREATE TABLE place (
    id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, words TEXT NOT NULL
  ) STRICT;
  CREATE TABLE sender (id INTEGER PRIMARY KEY CHECK (id = 1), owner TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
  `,
]

export function bookRole(layout: Pick<HomeLayout, 'deliveries'>, accountId: AccountId): DatabaseRole {
  return {
    path: layout.deliveries(accountId),
    what: 'The book of deliveries of the account',
    repair: 'It is made anew by itself; what was sent before is sent again, and the cloud knows it already.',
  }
}
