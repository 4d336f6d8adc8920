import type { Selectable } from 'kysely'
import type { EconomicEventName } from '../../domain/calendar/economic-event.ts'
import type { ListedRelease, ListStanding, ReadingVerdict, ReleaseList } from '../../domain/calendar/release-list.ts'
import { IMPACT_OF } from '../../domain/risk/blackout.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { CloudDb } from './open-cloud-db.ts'
import type { CalendarTables } from './tables/calendar-tables.ts'
import { transact, type CloudTransaction } from './transact.ts'

export type StoredList = Readonly<{
  name: EconomicEventName
  standing: ListStanding
  /** When its source was last looked at, with or without success. */
  checkedAt: EpochMs
  problem: string | undefined
}>

/** A time without entries that an administrator has asked for; wall time in UTC. */
export type StoredEmergency = Readonly<{ id: string; date: string; time: string; minutes: number; note: string }>

export type CalendarRecords = Readonly<{
  revision: number
  lists: readonly StoredList[]
  releases: readonly ListedRelease[]
  emergencies: readonly StoredEmergency[]
}>

/** Everything that stands, in time order. */
export async function readCalendarRecords(db: CloudDb): Promise<CalendarRecords> {
  return await transact(db, readWithin, 'repeatable read')
}

async function readWithin(trx: CloudTransaction): Promise<CalendarRecords> {
  const rows = await trx
    .selectFrom('calendar_events')
    .selectAll()
    .where('removed_at', 'is', null)
    .orderBy('date')
    .orderBy('time')
    .orderBy('id')
    .execute()
  const lists = await trx.selectFrom('calendar_sources').selectAll().orderBy('name').execute()
  return {
    revision: await revisionOf(trx),
    lists: lists.map(listOf),
    releases: rows.filter(({ name }) => name !== EMERGENCY).map(releaseOf),
    emergencies: rows.filter(({ name }) => name === EMERGENCY).map(emergencyOf),
  }
}

/**
 * Fills lists from what ships with the program: all of a list that is not there, and of one that was read before the
 * program was made what it lacks. Nothing is taken away.
 *
 * @returns whether anything was new
 */
export function plantLists(db: CloudDb, shipped: readonly ReleaseList[], now: EpochMs): Promise<boolean> {
  return transact(db, async (trx) => {
    let isNew = false
    for (const { name, standing, releases } of shipped) {
      const row = await trx.selectFrom('calendar_sources').selectAll().where('name', '=', name).executeTakeFirst()
      if (row && row.as_of >= standing.asOf) continue
      isNew = true
      for (const release of releases) await putRelease(trx, release, now)
      const known = row && row.known_until > standing.knownUntil ? row.known_until : standing.knownUntil
      const values = { known_from: standing.knownFrom, known_until: known, as_of: standing.asOf }
      await trx
        .insertInto('calendar_sources')
        // Never looked at yet: the first look is due at once.
        .values({ name, ...values, checked_at: 0, problem: null })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
        .execute()
    }
    if (isNew) await raiseRevision(trx)
    return isNew
  })
}

export type ReadingStored = Readonly<{
  /** Events that are new, different or gone. */
  changed: number
  problem: string | undefined
  revision: number
  /** The revision has risen. */
  revised: boolean
}>

/**
 * Stores what a source said, as `judge` decides it on what stands.
 *
 * @param judge a problem of getting or reading the page, or the verdict on what was read
 */
export function storeReading(
  db: CloudDb,
  name: EconomicEventName,
  judge: (list: Readonly<{ known: readonly ListedRelease[]; standing: ListStanding }>) => ReadingVerdict,
  now: EpochMs,
): Promise<ReadingStored> {
  return transact(db, async (trx) => {
    const row = await trx.selectFrom('calendar_sources').selectAll().where('name', '=', name).executeTakeFirstOrThrow()
    const known = await trx
      .selectFrom('calendar_events')
      .selectAll()
      .where('name', '=', name)
      .where('removed_at', 'is', null)
      .execute()
    const verdict = judge({ known: known.map(releaseOf), standing: listOf(row).standing })
    const source = trx.updateTable('calendar_sources').where('name', '=', name)
    if (verdict.kind === 'doubted') {
      const problem = verdict.problem.slice(0, LONGEST_PROBLEM)
      await source.set({ checked_at: now, problem }).execute()
      return { changed: 0, problem, revision: await revisionOf(trx), revised: false }
    }
    for (const release of verdict.changed) await putRelease(trx, release, now)
    if (verdict.removed.length > 0)
      await trx
        .updateTable('calendar_events')
        .set({ removed_at: now, updated_at: now })
        .where('id', 'in', verdict.removed)
        .execute()
    const { asOf, knownUntil } = verdict.standing
    const problem = verdict.problem?.slice(0, LONGEST_PROBLEM)
    await source.set({ as_of: asOf, known_until: knownUntil, checked_at: now, problem: problem ?? null }).execute()
    const changed = verdict.changed.length + verdict.removed.length
    const revised = changed > 0 || knownUntil !== row.known_until
    const revision = revised ? await raiseRevision(trx) : await revisionOf(trx)
    return { changed, problem, revision, revised }
  })
}

/** Told twice it stands once; one that was withdrawn stands again. @returns the revision, and whether it did not stand */
export async function putEmergency(
  trx: CloudTransaction,
  { id, date, time, minutes, note }: StoredEmergency,
  now: EpochMs,
): Promise<Readonly<{ isNew: boolean; revision: number }>> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('calendar_events')
    .values({
      ...{ id, name: EMERGENCY, date, time, zone: 'UTC', status: 'scheduled', projections: 0, impact: 'high' },
      ...{ note, minutes, updated_at: now, removed_at: null },
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({ removed_at: null, updated_at: now })
        .where('calendar_events.removed_at', 'is not', null),
    )
    .executeTakeFirst()
  const isNew = Boolean(numInsertedOrUpdatedRows)
  return { isNew, revision: isNew ? await raiseRevision(trx) : await revisionOf(trx) }
}

/** @returns the revision, and whether there was one to withdraw */
export async function removeEmergency(
  trx: CloudTransaction,
  id: string,
  now: EpochMs,
): Promise<Readonly<{ wasThere: boolean; revision: number }>> {
  const { numUpdatedRows } = await trx
    .updateTable('calendar_events')
    .set({ removed_at: now, updated_at: now })
    .where('id', '=', id)
    .where('name', '=', EMERGENCY)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  const wasThere = numUpdatedRows > 0n
  return { wasThere, revision: wasThere ? await raiseRevision(trx) : await revisionOf(trx) }
}

export const EMERGENCY = 'EMERGENCY'
const LONGEST_PROBLEM = 500

async function putRelease(trx: CloudTransaction, release: ListedRelease, now: EpochMs): Promise<void> {
  const { id, name, date, time, zone, status, note } = release
  const values = {
    ...{ time, zone, status, projections: release.projections ? 1 : 0, note: note ?? null },
    ...{ impact: IMPACT_OF[name], updated_at: now, removed_at: null },
  }
  await trx
    .insertInto('calendar_events')
    .values({ id, name, date, minutes: null, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute()
}

async function raiseRevision(trx: CloudTransaction): Promise<number> {
  const { revision } = await trx
    .insertInto('calendar_revision')
    .values({ id: 1, revision: 1 })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((row) => ({ revision: row('calendar_revision.revision', '+', 1) })),
    )
    .returning('revision')
    .executeTakeFirstOrThrow()
  return Number(revision)
}

async function revisionOf(trx: CloudTransaction): Promise<number> {
  const row = await trx.selectFrom('calendar_revision').select('revision').where('id', '=', 1).executeTakeFirst()
  return Number(row?.revision ?? 0)
}

type EventRow = Selectable<CalendarTables['calendar_events']>
type SourceRow = Selectable<CalendarTables['calendar_sources']>

function releaseOf({ id, name, date, time, zone, status, projections, note }: EventRow): ListedRelease {
  return {
    ...{ id, date, time, zone, projections: projections === 1, note: note ?? undefined },
    name: name as EconomicEventName,
    status: status as ListedRelease['status'],
  }
}

function emergencyOf({ id, date, time, minutes, note }: EventRow): StoredEmergency {
  return { id, date, time, minutes: minutes ?? 0, note: note ?? '' }
}

function listOf({ name, known_from, known_until, as_of, checked_at, problem }: SourceRow): StoredList {
  return {
    name: name as EconomicEventName,
    standing: { knownFrom: known_from, knownUntil: known_until, asOf: as_of },
    ...{ checkedAt: checked_at as EpochMs, problem: problem ?? undefined },
  }
}
