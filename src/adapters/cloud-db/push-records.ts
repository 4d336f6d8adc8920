import { sql } from 'kysely'
import type { EpochMs } from '../../domain/units/units.ts'
import type { CloudDb } from './open-cloud-db.ts'
import { inOrderOf, transact } from './transact.ts'

/** One push as it is kept; `payload` is JSON, `audience` a user id or null for everybody. */
export type StoredPush = Readonly<{ seq: number; at: number; topic: string; audience: string | null; payload: string }>

/**
 * Writes a push down, in the caller's transaction where `db` is one.
 *
 * Their numbers rise in the order in which they become visible: who has read up to one has missed none before it.
 */
export async function insertPush(
  db: CloudDb,
  push: Readonly<{ at: EpochMs; topic: string; audience: string | null; payload: unknown }>,
): Promise<number> {
  const values = { ...push, payload: JSON.stringify(push.payload) }
  return await transact(
    db,
    async (trx) => {
      await inOrderOf(trx, 'pushes')
      return (await trx.insertInto('pushes').values(values).returning('seq').executeTakeFirstOrThrow()).seq
    },
    'read committed',
  )
}

/** The oldest `most` pushes after one. */
export async function pushesAfter(db: CloudDb, seq: number, most: number): Promise<readonly StoredPush[]> {
  return await db.selectFrom('pushes').selectAll().where('seq', '>', seq).orderBy('seq').limit(most).execute()
}

/** The newest `most` pushes after one and up to another, oldest first. */
export async function newestPushes(
  db: CloudDb,
  after: number,
  upTo: number,
  most: number,
): Promise<readonly StoredPush[]> {
  const rows = await db
    .selectFrom('pushes')
    .selectAll()
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('seq', 'desc')
    .limit(most)
    .execute()
  return rows.toReversed()
}

/** First and last number that is kept; 0 and 0 where there is none. */
export async function pushSpan(db: CloudDb): Promise<Readonly<{ first: number; last: number }>> {
  const row = await db
    .selectFrom('pushes')
    .select([sql<number>`coalesce(min(seq), 0)`.as('first'), sql<number>`coalesce(max(seq), 0)`.as('last')])
    .executeTakeFirstOrThrow()
  return { first: Number(row.first), last: Number(row.last) }
}

/** Forgets what is older; the newest stays, so that everybody can tell whether something was missed. */
export async function prunePushes(db: CloudDb, before: EpochMs): Promise<number> {
  const gone = await db
    .deleteFrom('pushes')
    .where('at', '<', before)
    .where('seq', '<', (query) => query.selectFrom('pushes').select(sql<number>`max(seq)`.as('newest')))
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}
