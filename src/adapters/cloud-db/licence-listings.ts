import type { ExpressionBuilder } from 'kysely'
import { holdState, type HoldState } from '../../domain/licence/judge-account.ts'
import type { LicenceState } from '../../domain/licence/judge-licence.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { holdOf, type KnownHold } from './lease-records.ts'
import { recordOf, seatsSince, type LicenceRecord } from './licence-records.ts'
import type { CloudDb } from './open-cloud-db.ts'
import type { CloudTables } from './tables/tables.ts'

/** A licence with what is counted of it. */
export type LicenceSummary = LicenceRecord &
  Readonly<{
    accountsUsed: number
    devicesUsed: number
    subscription: Readonly<{ id: string; status: string; periodEnd: EpochMs | null }> | null
  }>

/** Where a listing goes on: rows after this one. */
export type PageKey = Readonly<{ at: number; id: string }>

export async function listLicences(
  db: CloudDb,
  wanted: Readonly<{
    limit: number
    after?: PageKey | undefined
    userId?: string | undefined
    state?: LicenceState | undefined
  }>,
  now: EpochMs,
): Promise<LicenceSummary[]> {
  const { limit, after, userId, state } = wanted
  let query = summaries(db, now).orderBy('licences.created_at', 'desc').orderBy('licences.id', 'desc').limit(limit)
  if (userId !== undefined) query = query.where('licences.user_id', '=', userId)
  if (after)
    query = query.where((row) =>
      row.or([
        row('licences.created_at', '<', after.at),
        row.and([row('licences.created_at', '=', after.at), row('licences.id', '<', after.id)]),
      ]),
    )
  if (state === 'revoked') query = query.where('licences.revoked_at', 'is not', null)
  else if (state !== undefined)
    query = query
      .where('licences.revoked_at', 'is', null)
      .where((row) =>
        state === 'expired'
          ? row('licences.expires_at', '<=', now)
          : row.or([row('licences.expires_at', 'is', null), row('licences.expires_at', '>', now)]),
      )
  return (await query.execute()).map(summaryOf)
}

export async function summariseLicence(db: CloudDb, id: string, now: EpochMs): Promise<LicenceSummary | undefined> {
  const row = await summaries(db, now).where('licences.id', '=', id).executeTakeFirst()
  return row && summaryOf(row)
}

export type Seated = Readonly<{ id: string; firstAt: EpochMs; lastAt: EpochMs }>
export type LicenceHistory = Readonly<{
  devices: readonly (Seated & { appVersion: string })[]
  accounts: readonly (Seated & { mode: 'paper' | 'live' })[]
  leases: readonly (KnownHold & { accountId: string; takenAt: EpochMs })[]
  events: readonly Readonly<{ at: EpochMs; kind: string; actor: string; detail: string }>[]
}>

/** Seats, leases and the last 200 events of one licence, newest first. */
export async function readLicenceHistory(db: CloudDb, id: string): Promise<LicenceHistory> {
  const devices = await db
    .selectFrom('licence_devices')
    .selectAll()
    .where('licence_id', '=', id)
    .orderBy('last_at', 'desc')
    .limit(500)
    .execute()
  const accounts = await db
    .selectFrom('licence_accounts')
    .selectAll()
    .where('licence_id', '=', id)
    .orderBy('last_at', 'desc')
    .limit(500)
    .execute()
  const leases = await db
    .selectFrom('account_leases')
    .selectAll()
    .where('licence_id', '=', id)
    .where('user_id', '!=', '')
    .orderBy('renewed_at', 'desc')
    .limit(500)
    .execute()
  const events = await db
    .selectFrom('licence_events')
    .selectAll()
    .where('licence_id', '=', id)
    .orderBy('seq', 'desc')
    .limit(200)
    .execute()
  const seated = (id: string, row: { first_at: number; last_at: number }) => ({
    ...{ id, firstAt: row.first_at as EpochMs, lastAt: row.last_at as EpochMs },
  })
  return {
    devices: devices.map((row) => ({ ...seated(row.device_id, row), appVersion: row.app_version })),
    accounts: accounts.map((row) => ({
      ...seated(row.account_id, row),
      mode: row.mode === 'live' ? ('live' as const) : ('paper' as const),
    })),
    leases: leases.map((row) => ({ ...holdOf(row), accountId: row.account_id, takenAt: row.taken_at as EpochMs })),
    events: events.map(({ at, kind, actor, detail }) => ({ at: at as EpochMs, kind, actor, detail })),
  }
}

export async function listLeases(
  db: CloudDb,
  wanted: Readonly<{
    limit: number
    after?: PageKey | undefined
    userId?: string | undefined
    state?: HoldState | undefined
  }>,
  now: EpochMs,
): Promise<(KnownHold & { accountId: string; takenAt: EpochMs; state: HoldState })[]> {
  const { limit, after, userId, state } = wanted
  let query = db
    .selectFrom('account_leases')
    .selectAll()
    .where('user_id', '!=', '')
    .orderBy('renewed_at', 'desc')
    .orderBy('account_id', 'desc')
    .limit(limit)
  if (userId !== undefined) query = query.where('user_id', '=', userId)
  if (after)
    query = query.where((row) =>
      row.or([
        row('renewed_at', '<', after.at),
        row.and([row('renewed_at', '=', after.at), row('account_id', '<', after.id)]),
      ]),
    )
  if (state === 'released') query = query.where('released_at', 'is not', null)
  else if (state !== undefined)
    query = query.where('released_at', 'is', null).where('expires_at', state === 'held' ? '>' : '<=', now)
  return (await query.execute()).map((row) => {
    const hold = holdOf(row)
    return { ...hold, accountId: row.account_id, takenAt: row.taken_at as EpochMs, state: holdState(hold, now) }
  })
}

export type UserSummary = Readonly<{
  userId: string
  email: string | null
  firstAt: EpochMs
  lastAt: EpochMs
  appVersion: string | null
  licences: number
  accountsHeld: number
}>

/** Users, last here first. */
export async function listUsers(
  db: CloudDb,
  { limit, after }: Readonly<{ limit: number; after?: PageKey | undefined }>,
  now: EpochMs,
): Promise<UserSummary[]> {
  let query = db
    .selectFrom('users')
    .selectAll()
    .select((row) => [
      row
        .selectFrom('licences')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('licences.user_id', '=', 'users.user_id')
        .as('licence_count'),
      row
        .selectFrom('account_leases')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('account_leases.user_id', '=', 'users.user_id')
        .where('account_leases.released_at', 'is', null)
        .where('account_leases.expires_at', '>', now)
        .as('held_count'),
    ])
    .orderBy('last_at', 'desc')
    .orderBy('user_id', 'desc')
    .limit(limit)
  if (after)
    query = query.where((row) =>
      row.or([row('last_at', '<', after.at), row.and([row('last_at', '=', after.at), row('user_id', '<', after.id)])]),
    )
  return (await query.execute()).map((row) => ({
    userId: row.user_id,
    email: row.email,
    firstAt: row.first_at as EpochMs,
    lastAt: row.last_at as EpochMs,
    appVersion: row.app_version,
    licences: row.licence_count ?? 0,
    accountsHeld: row.held_count ?? 0,
  }))
}

/** The licence and all that belongs to it, as admins, owners and the command line are shown it. */
export async function readLicence(
  db: CloudDb,
  id: string,
  now: EpochMs,
): Promise<(LicenceSummary & Readonly<{ history: LicenceHistory }>) | undefined> {
  const summary = await summariseLicence(db, id, now)
  return summary && { ...summary, history: await readLicenceHistory(db, id) }
}

function summaries(db: CloudDb, now: EpochMs) {
  const since = seatsSince(now)
  return db
    .selectFrom('licences')
    .leftJoin('subscriptions', 'subscriptions.id', 'licences.subscription_id')
    .selectAll('licences')
    .select(['subscriptions.status', 'subscriptions.period_end'])
    .select((row: ExpressionBuilder<CloudTables, 'licences'>) => [
      row
        .selectFrom('licence_devices')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('licence_devices.licence_id', '=', 'licences.id')
        .where('licence_devices.last_at', '>', since)
        .as('devices_used'),
      row
        .selectFrom('licence_accounts')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('licence_accounts.licence_id', '=', 'licences.id')
        .where('licence_accounts.mode', '=', 'live')
        .where('licence_accounts.last_at', '>', since)
        .as('accounts_used'),
    ])
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof summaries>['execute']>>[number]

function summaryOf(row: SummaryRow): LicenceSummary {
  const { subscription_id: id, status, period_end } = row
  return {
    ...recordOf(row),
    accountsUsed: row.accounts_used ?? 0,
    devicesUsed: row.devices_used ?? 0,
    subscription: id === null ? null : { id, status: status ?? 'unknown', periodEnd: period_end as EpochMs | null },
  }
}
