import { findAdminKey, noteAdminUse } from '../../../adapters/cloud-db/admin-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { hashKey } from '../../../adapters/cloud-db/secret-keys.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import type { CloudCall } from '../cloud-call.ts'

const KEY = /^Bearer (sla_[A-Za-z0-9_-]{43})$/i

/** The admin whose key a request brings as `Authorization: Bearer sla_…`; undefined for any other. */
export async function findAdminOfKey(
  db: CloudDb,
  header: CloudCall['header'],
  now: EpochMs,
): Promise<CloudCall['admin']> {
  const [, key] = KEY.exec(header('authorization') ?? '') ?? []
  const admin = key === undefined ? undefined : await findAdminKey(db, hashKey(key))
  if (!admin) return undefined
  await noteAdminUse(db, admin, now)
  return { keyId: admin.id, role: admin.role, label: admin.label }
}
