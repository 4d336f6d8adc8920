import { sql } from 'kysely'
import type { CloudDb } from './open-cloud-db.ts'

export type Given = Readonly<{ kind: string; status: string; count: number; lastDay: string }>

/** What one user contributed, by kind and by whether it counts. */
export async function readGivenBy(db: CloudDb, userId: string): Promise<readonly Given[]> {
  return await db
    .selectFrom('experiences')
    .select(['kind', 'status'])
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.max('day').as('lastDay')])
    .where('user_id', '=', userId)
    .groupBy(['kind', 'status'])
    .orderBy('kind')
    .orderBy('status')
    .execute()
}

/** The pool in numbers that concern nobody in particular. */
export async function readPoolFigures(
  db: CloudDb,
): Promise<Readonly<{ contributors: number; seeded: number; lastDay: string | null }>> {
  const row = await db
    .selectFrom('experiences')
    .select(({ fn, eb }) => [
      fn.count<number>('contributor').distinct().as('contributors'),
      fn.sum<number>(eb.case().when('contributor', 'like', 'seed:%').then(1).else(0).end()).as('seeded'),
      fn.max('day').as('lastDay'),
    ])
    // A seed is there whole or not at all (seed-records.ts).
    .where('status', '!=', 'seeding')
    .executeTakeFirstOrThrow()
  return { contributors: Number(row.contributors), seeded: Number(row.seeded ?? 0), lastDay: row.lastDay ?? null }
}

export type ContributorSummary = Readonly<{ contributor: string; count: number; used: number; meanR: number }>

/** Who gave most, first. */
export async function listContributors(db: CloudDb, most: number): Promise<ContributorSummary[]> {
  return await db
    .selectFrom('experiences')
    .select(({ fn }) => [
      'contributor',
      fn.countAll<number>().as('count'),
      sql<number>`sum(case when status = 'used' then 1 else 0 end)`.as('used'),
      sql<number>`avg(r)`.as('meanR'),
    ])
    .groupBy('contributor')
    .orderBy('count', 'desc')
    .orderBy('contributor')
    .limit(most)
    .execute()
}
