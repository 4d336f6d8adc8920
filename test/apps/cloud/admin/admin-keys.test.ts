import { expect, it } from 'vitest'
import {
  findAdminKeyById,
  insertAdminKey,
  listAdminKeys,
  listAudit,
  revokeAdminKey,
  rotateAdminKey,
} from '../../../../src/adapters/cloud-db/admin-records.ts'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { newId, newSecretKey } from '../../../../src/adapters/cloud-db/secret-keys.ts'
import { findAdminOfKey } from '../../../../src/apps/cloud/admin/find-admin.ts'
import type { AdminRole } from '../../../../src/apps/cloud/cloud-call.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { HOUR, LICENCE_NOW as NOW } from '../../../support/licences.ts'

async function adminKey(db: CloudDb, role: AdminRole = 'owner') {
  const { key, hash } = newSecretKey('sla_')
  const id = newId('adm_')
  await insertAdminKey(db, { id, hash, role, label: 'Ann' }, NOW)
  return { id, key, bearer: (name: string) => (name === 'authorization' ? `Bearer ${key}` : undefined) }
}

describeOnBothDatabases('an admin key', (open) => {
  it('is known by its digest, and opens nothing after a rotation or a revocation', async () => {
    const { db } = await open()
    const { id, key, bearer } = await adminKey(db, 'support')
    expect(JSON.stringify(await db.selectFrom('admin_keys').selectAll().execute())).not.toContain(key.slice(9))
    expect(await findAdminOfKey(db, bearer, NOW)).toEqual({ keyId: id, role: 'support', label: 'Ann' })
    expect((await listAdminKeys(db))[0]).toMatchObject({ lastUsedAt: NOW })

    const other = newSecretKey('sla_')
    await rotateAdminKey(db, id, other.hash, NOW)
    expect(await findAdminOfKey(db, bearer, NOW)).toBeUndefined()
    const rotated = (name: string) => (name === 'authorization' ? `bearer ${other.key}` : undefined)
    expect(await findAdminOfKey(db, rotated, NOW)).toMatchObject({ keyId: id })

    expect(await revokeAdminKey(db, id, NOW)).toMatchObject({ revokedAt: NOW })
    expect(await findAdminOfKey(db, rotated, NOW)).toBeUndefined()
    expect(await findAdminKeyById(db, id)).toBeUndefined()
    expect(await revokeAdminKey(db, id, NOW)).toBeUndefined()
    expect(await rotateAdminKey(db, id, newSecretKey('sla_').hash, NOW)).toBeUndefined()
    expect((await listAudit(db, { limit: 9 })).map(({ action }) => action)).toEqual([
      ...['admin-keys.revoke', 'admin-keys.rotate', 'admin-keys.create'],
    ])
  })

  it('is nothing but a key: other texts, other schemes and the password of old open nothing', async () => {
    const { db } = await open()
    const { key } = await adminKey(db)
    for (const text of [
      '',
      key,
      `Basic ${key}`,
      `Bearer ${key}x`,
      'Bearer master',
      'Bearer sla_',
      "Bearer ' OR 1=1 --",
    ])
      expect(await findAdminOfKey(db, () => text, NOW)).toBeUndefined()
  })

  it('takes the sessions of pages with it when it goes', async () => {
    const { db } = await open()
    for (const [end, hash] of [
      [revokeAdminKey, 'a'],
      [(on: CloudDb, id: string) => rotateAdminKey(on, id, newSecretKey('sla_').hash, NOW), 'b'],
    ] as const) {
      const { id } = await adminKey(db)
      const session = { token_hash: hash, kind: 'admin', subject: id, created_at: NOW, expires_at: NOW + HOUR }
      await db.insertInto('page_sessions').values(session).execute()
      await end(db, id, NOW)
      expect(await db.selectFrom('page_sessions').selectAll().execute()).toEqual([])
    }
  })
})
