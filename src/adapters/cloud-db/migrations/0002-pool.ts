import type { Migration } from './migration.ts'

/** How much an experience weighs, and what all instances know of the pool beside its rows. */
export const poolTables: Migration = {
  name: 'pool',
  statements: () => [
    `ALTER TABLE experiences ADD COLUMN weight double precision NOT NULL DEFAULT 1 CHECK (weight BETWEEN 0 AND 1)`,
    // For the cap of a contributor's day.
    `CREATE INDEX experiences_by_contribution ON experiences (contributor, kind, stored_at)`,
    // For imports, which may not know the user of a row.
    `CREATE INDEX experiences_by_key ON experiences (idempotency_key)`,
    `CREATE TABLE pool_state (id integer PRIMARY KEY CHECK (id = 1), epoch bigint NOT NULL, seed text)`,
  ],
}
