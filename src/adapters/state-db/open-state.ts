import type { AccountStore } from '../../domain/account/account-store.ts'
import { Refused, refusal } from '../../domain/failure/refusal.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import {
  openDurableDatabase,
  refusedBySqlite,
  type DatabaseRole,
  type SqliteDatabase,
} from '../sqlite/open-database.ts'
import { lateStatements } from '../sqlite/late-statements.ts'
import { markState } from './account-mark.ts'
import { entryQueries } from './entry-queries.ts'
import { foreignFillQueries } from './foreign-fills.ts'
import { ledgerQueries } from './ledger-queries.ts'
import { orderQueries } from './order-queries.ts'
import { orderedCalls } from './ordered-calls.ts'
import { forget, nothingRead } from './read-before.ts'
import { recordQueries } from './record-queries.ts'
import { riskQueries } from './risk-queries.ts'
import { safetyQueries } from './safety-queries.ts'
import { STATE_MIGRATIONS } from './schema.ts'
import { tradeQueries } from './trade-queries.ts'
import { venueAccountQueries } from './venue-account.ts'

/** The account's state, held by one bot. */
export type HeldState = AccountStore & Readonly<{ close(): void }>

export function stateRole(layout: HomeLayout, accountId: AccountId): DatabaseRole {
  return {
    path: layout.state(accountId),
    what: 'The state of the account',
    repair: `Restore a backup with "slipway restore ${accountId} FILE" (backups are in ${layout.backups(accountId)}).`,
  }
}

/**
 * Opens state.db for its one writer and takes it over: the generation rises by one, and from then on every write of an
 * earlier holder fails.
 *
 * @throws {Refused} as `openDurableDatabase`, and 'fenced' from any later write once somebody else has taken over
 */
export function openState(ctx: {
  layout: HomeLayout
  accountId: AccountId
  instanceId: string
  expectExisting: boolean
  now: () => EpochMs
}): HeldState {
  const role = stateRole(ctx.layout, ctx.accountId)
  const db = openDurableDatabase(role, STATE_MIGRATIONS, ctx.expectExisting)
  try {
    const generation = takeOver(db, ctx.instanceId, ctx.now())
    markState(db, ctx.accountId)
    return heldState(db, role, generation)
  } catch (error) {
    db.close()
    throw refusedBySqlite(error, role)
  }
}

function takeOver(db: SqliteDatabase, instanceId: string, at: EpochMs): number {
  const row = db
    .prepare(
      `INSERT INTO holder (id, generation, instance_id, taken_at) VALUES (1, 1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET generation = generation + 1, instance_id = excluded.instance_id, taken_at = excluded.taken_at
       RETURNING generation`,
    )
    .get(instanceId, at) as { generation: number }
  return row.generation
}

function heldState(db: SqliteDatabase, role: DatabaseRole, generation: number): HeldState {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  const holder = db.prepare('SELECT generation FROM holder').pluck()
  const before = nothingRead()
  let inside = false

  function assertHeld(): void {
    const current = holder.get()
    if (current === generation) return
    throw new Refused(
      refusal(
        'fenced',
        `Another bot took this account over (generation ${String(current)}, ours is ${generation}).`,
        'Nothing was written; let the newer bot trade.',
      ),
    )
  }

  function transact<T>(work: () => T): T {
    if (inside) return work()
    try {
      begin.run()
      inside = true
      assertHeld()
      const result = work()
      commit.run()
      return result
    } catch (error) {
      forget(before)
      // A full disk has already rolled back; rolling back again would hide the real error.
      if (db.inTransaction) rollback.run()
      throw refusedBySqlite(error, role)
    } finally {
      inside = false
    }
  }

  /** A statement that looks at the generation itself, and so is a transaction of its own. */
  function fenced(write: () => boolean): void {
    try {
      if (write()) return
      assertHeld()
    } catch (error) {
      throw refusedBySqlite(error, role)
    }
    throw new Error('a row that was to be written anew is not there')
  }

  /** As `fenced`, of a statement that fails where it finds another generation. */
  function failingWhereFenced<T>(write: () => T): T {
    try {
      return write()
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT_TRIGGER') assertHeld()
      throw refusedBySqlite(error, role)
    }
  }

  const statements = lateStatements(db)
  const orders = orderQueries(statements, generation)
  const calls = orderedCalls(statements, generation)
  return {
    generation,
    transact,
    ...orders,
    markSent: (id, at) => fenced(() => orders.markSent(id, at)),
    moveOrder: (record, note) => fenced(() => orders.moveOrder(record, note)),
    insertOrderedCall: (call, decision, order) =>
      failingWhereFenced(() => calls.insertOrderedCall(call, decision, order)),
    ...tradeQueries(statements, orders.order),
    ...foreignFillQueries(statements),
    ...entryQueries(statements),
    ...ledgerQueries(statements, before),
    ...recordQueries(statements, before),
    ...riskQueries(statements),
    ...safetyQueries(statements),
    ...venueAccountQueries(statements),
    close: () => db.close(),
  }
}
