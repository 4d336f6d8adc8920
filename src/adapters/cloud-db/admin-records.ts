import type { Selectable } from 'kysely'
import type { EpochMs } from '../../domain/units/units.ts'
import type { PageKey } from './licence-listings.ts'
import type { CloudDb } from './open-cloud-db.ts'
import type { AdminTables } from './tables/admin-tables.ts'
import { transact } from './transact.ts'

export type AdminRoleWord = 'owner' | 'support' | 'calendar' | 'reader'

/** A key of an admin as it is kept: the key itself is known to its owner only. */
export type AdminKeyRecord = Readonly<{
  id: string
  label: string
  role: AdminRoleWord
  createdAt: EpochMs
  lastUsedAt: EpochMs | null
  revokedAt: EpochMs | null
}>

/** One use of an admin key. */
export type AuditEntry = Readonly<{
  at: EpochMs
  keyId: string
  /** As in `licences.revoke`. */
  action: string
  /** What it was about: an id, or ''. */
  target: string
  detail: string
  requestId: string
}>

/** Who changes keys: the command line, on the machine of the database. */
const AT_COMMAND_LINE = 'cli'
/** A key's last use is written down once in so long: not at every look at a page. */
const USE_GRAIN_MS = 60_000

export async function insertAdminKey(
  db: CloudDb,
  key: Readonly<{ id: string; hash: string; label: string; role: AdminRoleWord }>,
  now: EpochMs,
): Promise<void> {
  await transact(db, async (trx) => {
    await trx
      .insertInto('admin_keys')
      .values({
        ...{ id: key.id, key_hash: key.hash, label: key.label, role: key.role },
        ...{ created_at: now, last_used_at: null, revoked_at: null },
      })
      .execute()
    await addAudit(trx, auditOf('admin-keys.create', key.id, `${key.role}: ${key.label}`, now))
  })
}

/** Whose key this is; undefined for a key that nobody has and for one that was revoked. */
export async function findAdminKey(db: CloudDb, hash: string): Promise<AdminKeyRecord | undefined> {
  const row = await db
    .selectFrom('admin_keys')
    .selectAll()
    .where('key_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row && recordOf(row)
}

/** The key was used now. */
export async function noteAdminUse(db: CloudDb, { id, lastUsedAt }: AdminKeyRecord, now: EpochMs): Promise<void> {
  if (lastUsedAt !== null && now - lastUsedAt < USE_GRAIN_MS) return
  await db.updateTable('admin_keys').set({ last_used_at: now }).where('id', '=', id).execute()
}

/** @returns undefined for one that was revoked: a session that was opened with it is over */
export async function findAdminKeyById(db: CloudDb, id: string): Promise<AdminKeyRecord | undefined> {
  const row = await db
    .selectFrom('admin_keys')
    .selectAll()
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row && recordOf(row)
}

/** All keys, revoked ones too, oldest first. */
export async function listAdminKeys(db: CloudDb): Promise<AdminKeyRecord[]> {
  const rows = await db.selectFrom('admin_keys').selectAll().orderBy('created_at').orderBy('id').execute()
  return rows.map(recordOf)
}

/** Another secret for the same key: the old one opens nothing from now on. @returns undefined: no such key in use */
export function rotateAdminKey(
  db: CloudDb,
  id: string,
  hash: string,
  now: EpochMs,
): Promise<AdminKeyRecord | undefined> {
  return endSecret(db, id, { key_hash: hash }, auditOf('admin-keys.rotate', id, '', now))
}

/** @returns undefined: no such key in use */
export function revokeAdminKey(db: CloudDb, id: string, now: EpochMs): Promise<AdminKeyRecord | undefined> {
  return endSecret(db, id, { revoked_at: now }, auditOf('admin-keys.revoke', id, '', now))
}

/** Changes a key that is in use, so that its secret opens nothing any more, and what was opened with it is closed. */
function endSecret(
  db: CloudDb,
  id: string,
  change: Readonly<{ key_hash: string }> | Readonly<{ revoked_at: EpochMs }>,
  entry: AuditEntry,
): Promise<AdminKeyRecord | undefined> {
  return transact(db, async (trx) => {
    const row = await trx
      .updateTable('admin_keys')
      .set(change)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (!row) return undefined
    await trx.deleteFrom('page_sessions').where('kind', '=', 'admin').where('subject', '=', id).execute()
    await addAudit(trx, entry)
    return recordOf(row)
  })
}

/** Adds a line that nobody changes. */
export async function addAudit(db: CloudDb, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('admin_audit')
    .values({
      ...{ at: entry.at, key_id: entry.keyId, action: entry.action, request_id: entry.requestId },
      ...{ target: entry.target.slice(0, 200), detail: entry.detail.slice(0, 1_000) },
    })
    .execute()
}

/** @param wanted.after the `seq` of the last line of the page before */
export async function listAudit(
  db: CloudDb,
  wanted: Readonly<{ limit: number; after?: PageKey | undefined; keyId?: string | undefined }>,
): Promise<(AuditEntry & Readonly<{ seq: number; label: string }>)[]> {
  const { limit, after, keyId } = wanted
  let query = db
    .selectFrom('admin_audit')
    .leftJoin('admin_keys', 'admin_keys.id', 'admin_audit.key_id')
    .selectAll('admin_audit')
    .select('admin_keys.label')
    .orderBy('seq', 'desc')
    .limit(limit)
  if (after) query = query.where('seq', '<', after.at)
  if (keyId !== undefined) query = query.where('key_id', '=', keyId)
  return (await query.execute()).map((row) => ({
    ...{ seq: row.seq, at: row.at as EpochMs, keyId: row.key_id, label: row.label ?? '' },
    ...{ action: row.action, target: row.target, detail: row.detail, requestId: row.request_id },
  }))
}

/** What is done at the command line, as a line of the same book. */
export function auditOf(action: string, target: string, detail: string, at: EpochMs): AuditEntry {
  return { at, keyId: AT_COMMAND_LINE, action, target, detail, requestId: '' }
}

function recordOf(row: Selectable<AdminTables['admin_keys']>): AdminKeyRecord {
  return {
    ...{ id: row.id, label: row.label, role: row.role as AdminRoleWord, createdAt: row.created_at as EpochMs },
    ...{ lastUsedAt: row.last_used_at as EpochMs | null, revokedAt: row.revoked_at as EpochMs | null },
  }
}
