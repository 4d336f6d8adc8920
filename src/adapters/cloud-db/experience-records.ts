import { sql, type Selectable } from 'kysely'
import type { ContributionStatus } from '../../domain/pool/judge-contribution.ts'
import {
  EXIT_WORDS,
  SEED_PREFIX,
  type ExitWord,
  type PoolExperience,
  type PoolKind,
} from '../../domain/pool/pool-experience.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { countGift, readGivenToday, type Giver, type GivenToday } from './gift-records.ts'
import type { CloudDb } from './open-cloud-db.ts'
import type { ExperienceTables } from './tables/experience-tables.ts'
import { inOrderOf, transact } from './transact.ts'

const DAY_MS = 86_400_000

/** An experience as it is stored, but for what the database and the judgement add. */
export type NewExperience = Omit<Selectable<ExperienceTables['experiences']>, 'seq' | 'status' | 'stored_at'>

/** `conflict`: the key was used with another body; `full`: no more of this giver today. Then nothing was stored. */
export type StoredOutcome = 'stored' | 'duplicate' | 'conflict' | 'full'

/** Somebody whose contributions of a day have an end. */
export type CappedGiver = Giver & Readonly<{ hasRoom: (given: GivenToday) => boolean }>

/**
 * Stores an experience once for its key, in one transaction that commits after all with smaller numbers.
 *
 * @param judge  tells whether it counts, given how many of its contributor and kind were stored today (UTC) and count
 * @param capped left out: all that he gives is stored
 */
export async function storeExperience(
  db: CloudDb,
  experience: NewExperience,
  now: EpochMs,
  judge: (givenToday: number) => ContributionStatus,
  capped?: CappedGiver,
): Promise<StoredOutcome> {
  const { kind, user_id, idempotency_key, body_hash, contributor } = experience
  const known = async (from: CloudDb) =>
    await from
      .selectFrom('experiences')
      .select('body_hash')
      .where('kind', '=', kind)
      .where('user_id', '=', user_id)
      .where('idempotency_key', '=', idempotency_key)
      .executeTakeFirst()
  // Most deliveries that come twice come long after: they need not wait for anybody.
  const before = await known(db)
  if (before) return before.body_hash === body_hash ? 'duplicate' : 'conflict'
  const isFull = async (from: CloudDb) => capped && !capped.hasRoom(await readGivenToday(from, capped, now))
  // Nor does who sends too much keep anybody waiting.
  if (await isFull(db)) return 'full'
  return await transact(
    db,
    async (trx) => {
      await inOrderOf(trx, 'experiences')
      const meanwhile = await known(trx)
      if (meanwhile) return meanwhile.body_hash === body_hash ? 'duplicate' : 'conflict'
      if (await isFull(trx)) return 'full'
      const { given } = await trx
        .selectFrom('experiences')
        .select(({ fn }) => fn.countAll<number>().as('given'))
        .where('contributor', '=', contributor)
        .where('kind', '=', kind)
        .where('stored_at', '>=', Math.floor(now / DAY_MS) * DAY_MS)
        .where('status', '=', 'used')
        .executeTakeFirstOrThrow()
      await trx
        .insertInto('experiences')
        .values({ ...experience, stored_at: now, status: judge(given) })
        .execute()
      if (capped) await countGift(trx, capped, now)
      return 'stored'
    },
    // The lock above is what orders them; each statement must see what was committed while it was waited for.
    'read committed',
  )
}

export type PoolState = Readonly<{ epoch: number; seed: string | null }>

export async function readPoolState(db: CloudDb): Promise<PoolState> {
  const state = await db.selectFrom('pool_state').select(['epoch', 'seed']).executeTakeFirst()
  return state ?? { epoch: 0, seed: null }
}

/** An experience that counts, with its number. */
export type UsedExperience = Readonly<{ seq: number; experience: PoolExperience }>

/**
 * The first experience of a person, after a number, that was stored after a time. Whoever reads no farther misses none later,
 * though clocks of two instances differ: what comes behind it waits with it.
 *
 * @param possible what is dated later was stored by a clock that was wrong: it is as old as what came behind it, at least
 */
export async function firstStoredAfter(
  db: CloudDb,
  after: number,
  time: EpochMs,
  possible: EpochMs,
): Promise<number | undefined> {
  const given = db
    .selectFrom('experiences')
    .select(['seq', 'stored_at'])
    .where('seq', '>', after)
    .where('status', '=', 'used')
    .where('contributor', 'not like', `${SEED_PREFIX}%`)
    .limit(1)
  const late = given.where('stored_at', '>', time).orderBy('seq')
  const first = await late.executeTakeFirst()
  if (first === undefined || first.stored_at <= possible) return first?.seq
  const old = await given.where('stored_at', '<=', time).orderBy('seq', 'desc').executeTakeFirst()
  const isLater = await late
    .where((row) => row.or([row('stored_at', '<=', possible), row('seq', '>', old?.seq ?? 0)]))
    .executeTakeFirst()
  return isLater?.seq
}

/** The experiences that count after a number and before another, in their order. */
export async function readExperiences(
  db: CloudDb,
  after: number,
  most: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<UsedExperience[]> {
  const rows = await db
    .selectFrom('experiences')
    .select(['seq', 'kind', 'contributor', 'weight', 'symbol', 'symbol_class', 'side', 'strategy', 'features', 'r'])
    // Only exits ask how a trade went on its way.
    .select(sql<string | null>`case when kind = 'exit' then outcome end`.as('outcome'))
    .where('seq', '>', after)
    .where('seq', '<', before)
    .where('status', '=', 'used')
    .orderBy('seq')
    .limit(most)
    .execute()
  return rows.map((row) => ({ seq: row.seq, experience: experienceOf(row) }))
}

type Row = Pick<
  Selectable<ExperienceTables['experiences']>,
  'kind' | 'contributor' | 'weight' | 'symbol' | 'symbol_class' | 'side' | 'strategy' | 'features' | 'r'
> &
  Readonly<{ outcome: string | null }>

type Outcome = Readonly<{ mfe?: number; mae?: number; exit?: string }>

function experienceOf(row: Row): PoolExperience {
  const outcome = row.outcome === null ? undefined : (JSON.parse(row.outcome) as Outcome)
  return {
    kind: row.kind as PoolKind,
    contributor: row.contributor,
    weight: row.weight,
    symbol: row.symbol,
    symbolClass: row.symbol_class,
    side: row.side as 'buy' | 'sell',
    strategy: row.strategy,
    features: JSON.parse(row.features) as Record<string, number>,
    r: row.r,
    mfe: outcome?.mfe,
    mae: outcome?.mae,
    exit: exitWord(outcome?.exit),
  }
}

function exitWord(text: string | undefined): ExitWord {
  return EXIT_WORDS.find((word) => word === text) ?? 'other'
}

export type GivenCount = Readonly<{ count: number; wins: number; totalR: number }>

/** All that one user gave, counted or not. */
export async function countGivenBy(db: CloudDb, userId: string): Promise<GivenCount> {
  const { count, wins, total } = await db
    .selectFrom('experiences')
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      sql<number>`coalesce(sum(case when r > 0 then 1 else 0 end), 0)`.as('wins'),
      sql<number>`coalesce(sum(r), 0)`.as('total'),
    ])
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return { count, wins, totalR: total }
}

/** How many there are of each status: what an operator asks first. */
export async function countByStatus(db: CloudDb): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('experiences')
    .select(['status', ({ fn }) => fn.countAll<number>().as('count')])
    .groupBy('status')
    .orderBy('status')
    .execute()
  return new Map(rows.map(({ status, count }) => [status, count]))
}

/**
 * Takes all that one contributor gave out of the pool, or back in. Every instance reads the pool anew.
 *
 * @returns how many rows changed
 */
export async function excludeContributor(db: CloudDb, contributor: string, excluded: boolean): Promise<number> {
  return await transact(
    db,
    async (trx) => {
      await inOrderOf(trx, 'experiences')
      const { numUpdatedRows } = await trx
        .updateTable('experiences')
        .set({ status: excluded ? 'excluded' : 'used' })
        .where('contributor', '=', contributor)
        .where('status', '=', excluded ? 'used' : 'excluded')
        .executeTakeFirst()
      if (numUpdatedRows > 0n) await changePoolState(trx, {})
      return Number(numUpdatedRows)
    },
    'read committed',
  )
}

/** Rows of one statement: PostgreSQL takes 65,535 values, SQLite 32,766. */
const ROWS_AT_ONCE = 500

/** Rows that were there count otherwise than before. */
export async function changePoolState(trx: CloudDb, change: Readonly<{ seed?: string }>): Promise<void> {
  await trx
    .insertInto('pool_state')
    .values({ id: 1, epoch: 1, seed: change.seed ?? null })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ epoch: sql`pool_state.epoch + 1`, ...change }))
    .execute()
}

/** An experience of a person with all that is kept of it, counted or not. */
export type GivenExperience = Selectable<ExperienceTables['experiences']>

/** What people gave, in its order; what Slipway brought with it is left out. */
export async function readGivenExperiences(db: CloudDb, after: number, most: number): Promise<GivenExperience[]> {
  return await db
    .selectFrom('experiences')
    .selectAll()
    .where('seq', '>', after)
    .where('contributor', 'not like', `${SEED_PREFIX}%`)
    .orderBy('seq')
    .limit(most)
    .execute()
}

/**
 * Takes experiences in, all or none; those whose key is there already, of whatever user, are left as they are.
 *
 * @returns how many were taken in
 */
export async function importExperiences(
  db: CloudDb,
  batches: AsyncIterable<readonly (NewExperience & { status: string })[]>,
  now: EpochMs,
): Promise<number> {
  return await db.transaction().execute(async (trx) => {
    await inOrderOf(trx, 'experiences')
    let taken = 0
    for await (const batch of batches) {
      const keys = batch.map((row) => row.idempotency_key)
      const known = await trx
        .selectFrom('experiences')
        .select(['kind', 'idempotency_key'])
        .where('idempotency_key', 'in', keys)
        .execute()
      const there = new Set(known.map((row) => `${row.kind} ${row.idempotency_key}`))
      const fresh = batch.filter((row) => !there.has(`${row.kind} ${row.idempotency_key}`))
      if (fresh.length === 0) continue
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('experiences')
        .values(fresh.map((row) => ({ ...row, stored_at: now })))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      taken += Number(numInsertedOrUpdatedRows ?? 0)
    }
    return taken
  })
}

/** Most rows of one batch. */
export const IMPORT_BATCH = ROWS_AT_ONCE
