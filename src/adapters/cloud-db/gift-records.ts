import { sql } from 'kysely'
import type { EpochMs } from '../../domain/units/units.ts'
import type { CloudDb } from './open-cloud-db.ts'

/** Whose contributions of a day have an end. */
export type Giver = Readonly<{
  /** Names him; never empty. */
  name: string
  /** He is one of those whom nobody has proven: they have an end together, too. */
  isUnproven: boolean
}>

/** What was stored on this UTC day. */
export type GivenToday = Readonly<{ byGiver: number; byUnproven: number }>

/** All whom nobody has proven, as one giver. */
const UNPROVEN = ''
/** Days that are kept: clocks of two instances may see different ones. */
const KEPT_MS = 3 * 86_400_000

export async function readGivenToday(db: CloudDb, { name }: Giver, now: EpochMs): Promise<GivenToday> {
  const rows = await db
    .selectFrom('gifts_of_day')
    .select(['giver', 'given'])
    .where('day', '=', dayOf(now))
    .where('giver', 'in', [name, UNPROVEN])
    .execute()
  const of = (giver: string) => rows.find((row) => row.giver === giver)?.given ?? 0
  return { byGiver: of(name), byUnproven: of(UNPROVEN) }
}

/** Counts one that is stored; in its transaction. */
export async function countGift(trx: CloudDb, { name, isUnproven }: Giver, now: EpochMs): Promise<void> {
  const day = dayOf(now)
  const known = await trx.selectFrom('gifts_of_day').select('day').where('day', '=', day).limit(1).executeTakeFirst()
  // The first of a day.
  if (!known)
    await trx
      .deleteFrom('gifts_of_day')
      .where('day', '<', dayOf(now - KEPT_MS))
      .execute()
  await trx
    .insertInto('gifts_of_day')
    .values((isUnproven ? [name, UNPROVEN] : [name]).map((giver) => ({ day, giver, given: 1 })))
    .onConflict((conflict) => conflict.columns(['day', 'giver']).doUpdateSet({ given: sql`gifts_of_day.given + 1` }))
    .execute()
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
