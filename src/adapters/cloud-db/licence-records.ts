import type { Insertable, Selectable } from 'kysely'
import { SEAT_IDLE_MS, type LicenceTerms } from '../../domain/licence/judge-licence.ts'
import type { PlanName } from '../../domain/licence/lease.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { CloudDb } from './open-cloud-db.ts'
import type { LicenceTables } from './tables/licence-tables.ts'

/** A licence as it is kept. Its key is not: only the key's digest, and nobody asks for that. */
export type LicenceRecord = LicenceTerms &
  Readonly<{
    id: string
    keyHint: string
    email: string | null
    createdAt: EpochMs
    revokedReason: string | null
    source: LicenceSource
    subscriptionId: string | null
  }>
export type LicenceSource = 'cli' | 'admin' | 'stripe'

/** Who did something to a licence: `cli`, `admin:<key id>`, `device:<id>` or `stripe:<event id>`. */
export type Actor = string

export type LicenceEventKind =
  | 'created'
  | 'revoked'
  | 'changed'
  | 'key-made'
  | 'device-added'
  | 'device-forgotten'
  | 'account-added'
  | 'lease-taken'
  | 'lease-taken-over'
  | 'lease-released'
  | 'lease-freed'
  | 'old-lease-shown'

type Row = Selectable<LicenceTables['licences']>

/** Adds a licence and the first line of its history. */
export async function insertLicence(
  db: CloudDb,
  licence: Omit<LicenceRecord, 'createdAt' | 'revokedReason'> & Readonly<{ keyHash: string }>,
  by: Readonly<{ actor: Actor; at: EpochMs }>,
): Promise<LicenceRecord> {
  const { id, keyHash, keyHint, userId, email, plan, accounts, devices, expiresAt, source, subscriptionId } = licence
  const row: Insertable<LicenceTables['licences']> = {
    ...{ id, key_hash: keyHash, key_hint: keyHint, user_id: userId, email, plan, accounts, devices, source },
    ...{ created_at: by.at, expires_at: expiresAt, revoked_at: null, revoked_reason: null },
    subscription_id: subscriptionId,
  }
  await db.insertInto('licences').values(row).execute()
  const ends = expiresAt === null ? 'without end' : `until ${new Date(expiresAt).toISOString()}`
  const detail = `${plan}, accounts ${accounts}, devices ${devices}, ${ends}`
  await addLicenceEvent(db, id, 'created', detail, by)
  await noteUser(db, { userId, ...(email === null ? {} : { email }) }, by.at)
  return recordOf(row as Row)
}

export async function addLicenceEvent(
  db: CloudDb,
  licenceId: string,
  kind: LicenceEventKind,
  detail: string,
  { actor, at }: Readonly<{ actor: Actor; at: EpochMs }>,
): Promise<void> {
  const row = { licence_id: licenceId, at, kind, actor, detail: detail.slice(0, 500) }
  await db.insertInto('licence_events').values(row).execute()
}

export async function findLicence(db: CloudDb, id: string): Promise<LicenceRecord | undefined> {
  return recordOfOne(await db.selectFrom('licences').selectAll().where('id', '=', id).executeTakeFirst())
}

/** @param keyHash see secret-keys.ts; looked up by index, so its time tells nothing of a key */
export async function findLicenceByKey(db: CloudDb, keyHash: string): Promise<LicenceRecord | undefined> {
  return recordOfOne(await db.selectFrom('licences').selectAll().where('key_hash', '=', keyHash).executeTakeFirst())
}

/**
 * Lets nobody else decide on a licence until this transaction is over, on either database: a write to its row, which
 * changes nothing.
 */
export async function lockLicence(trx: CloudDb, id: string): Promise<LicenceRecord | undefined> {
  const row = await trx
    .updateTable('licences')
    .set((row) => ({ id: row.ref('id') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  return recordOfOne(row)
}

/** Revokes for good. @returns the licence, or undefined where there is none; one that is revoked stays as it is */
export async function revokeLicence(
  trx: CloudDb,
  id: string,
  reason: string,
  by: Readonly<{ actor: Actor; at: EpochMs }>,
): Promise<Readonly<{ licence: LicenceRecord; isNew: boolean }> | undefined> {
  const licence = await lockLicence(trx, id)
  if (!licence) return undefined
  if (licence.revokedAt !== null) return { licence, isNew: false }
  await trx.updateTable('licences').set({ revoked_at: by.at, revoked_reason: reason }).where('id', '=', id).execute()
  await addLicenceEvent(trx, id, 'revoked', reason, by)
  return { licence: { ...licence, revokedAt: by.at, revokedReason: reason }, isNew: true }
}

/** What a payment, or the end of one, changes. A licence that has it so already gets no line in its history. */
export async function changeTerms(
  trx: CloudDb,
  id: string,
  terms: Partial<Pick<LicenceRecord, 'plan' | 'accounts' | 'devices' | 'expiresAt' | 'email'>>,
  by: Readonly<{ actor: Actor; at: EpochMs }>,
): Promise<boolean> {
  const licence = await lockLicence(trx, id)
  if (!licence) return false
  const changed = Object.entries(terms).filter(([name, value]) => licence[name as keyof LicenceRecord] !== value)
  if (changed.length === 0) return false
  const { plan, accounts, devices, expiresAt, email } = { ...licence, ...terms }
  await trx
    .updateTable('licences')
    .set({ plan, accounts, devices, expires_at: expiresAt, email })
    .where('id', '=', id)
    .execute()
  // Not the address itself: histories are exported.
  const told = changed.map(([name, value]) => (name === 'email' ? 'email' : `${name} ${shown(name, value)}`))
  await addLicenceEvent(trx, id, 'changed', told.join(', '), by)
  return true
}

/** Exchanges the key: the old one opens nothing any more, and pages that it has opened are closed. */
export async function replaceKey(
  trx: CloudDb,
  id: string,
  key: Readonly<{ hash: string; hint: string }>,
  by: Readonly<{ actor: Actor; at: EpochMs }>,
): Promise<void> {
  await trx.updateTable('licences').set({ key_hash: key.hash, key_hint: key.hint }).where('id', '=', id).execute()
  await trx.deleteFrom('page_sessions').where('kind', '=', 'user').where('subject', '=', id).execute()
  await addLicenceEvent(trx, id, 'key-made', key.hint, by)
}

/** What is known of a user. With a version of the app it was here now; an address alone came from an admin or a payment. */
export async function noteUser(
  db: CloudDb,
  { userId, appVersion, email }: Readonly<{ userId: string; appVersion?: string; email?: string }>,
  now: EpochMs,
): Promise<void> {
  await db
    .insertInto('users')
    .values({ user_id: userId, email: email ?? null, first_at: now, last_at: now, app_version: appVersion ?? null })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({
        // Nothing changes where nothing is told, but a row must be set to something.
        user_id: userId,
        ...(appVersion === undefined ? {} : { app_version: appVersion, last_at: now }),
        ...(email === undefined ? {} : { email }),
      }),
    )
    .execute()
}

/** Seats count from this time on; see SEAT_IDLE_MS. */
export function seatsSince(now: EpochMs): number {
  return now - SEAT_IDLE_MS
}

export function recordOf(row: Row): LicenceRecord {
  return {
    id: row.id,
    keyHint: row.key_hint,
    userId: row.user_id,
    email: row.email,
    plan: row.plan as PlanName,
    accounts: row.accounts,
    devices: row.devices,
    createdAt: row.created_at as EpochMs,
    expiresAt: row.expires_at as EpochMs | null,
    revokedAt: row.revoked_at as EpochMs | null,
    revokedReason: row.revoked_reason,
    source: row.source as LicenceSource,
    subscriptionId: row.subscription_id,
  }
}

function recordOfOne(row: Row | undefined): LicenceRecord | undefined {
  return row && recordOf(row)
}

function shown(name: string, value: unknown): string {
  if (name !== 'expiresAt') return String(value)
  return value === null ? 'without end' : `until ${new Date(value as number).toISOString()}`
}
