import { join } from 'node:path'
import { expect, it, describe, onTestFinished } from 'vitest'
import { insertAdminKey, revokeAdminKey, listAudit } from '../../../../src/adapters/cloud-db/admin-records.ts'
import { openCloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { newId, newSecretKey } from '../../../../src/adapters/cloud-db/secret-keys.ts'
import { makeLicence } from '../../../../src/apps/cloud/licence/make-licence.ts'
import { renewKey } from '../../../../src/apps/cloud/licence/renew-key.ts'
import { PAGE_HEADER } from '../../../../src/contracts/cloud/pages.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { askCloud, servedCloud } from '../../../support/running-cloud.ts'

const USER = '0123456789ab'
const OTHER = 'ba9876543210'
const START = epochMs(Date.UTC(2026, 10, 20, 12))
const PAGE = { [PAGE_HEADER]: '1' }

/** A server whose clock the test moves, and its database. */
async function server() {
  let now = START
  const served = await servedCloud({ now: () => now })
  const { db, close } = await openCloudDb({ kind: 'sqlite', file: join(served.folder, 'cloud.db') })
  onTestFinished(close)
  const admin = async (role: 'owner' | 'reader' = 'owner') => {
    const { key, hash } = newSecretKey('sla_')
    const id = newId('adm_')
    await insertAdminKey(db, { id, hash, label: `${role} of the test`, role }, START)
    return { id, key }
  }
  const user = async () =>
    await makeLicence(db, { userId: USER, plan: 'pro', source: 'cli' }, { actor: 'cli', at: START })
  const signIn = async (key: string, headers: Record<string, string> = PAGE) => {
    const answer = await askCloud(served.url, '/api/page/sign_in', { body: { key }, headers })
    const cookie = [answer.headers['set-cookie'] ?? []].flat()[0] ?? ''
    return { ...answer, cookie, session: { ...PAGE, cookie: cookie.split(';')[0]! } }
  }
  return { ...served, db, admin, user, signIn, pass: (ms: number) => void (now = epochMs(now + ms)) }
}

describe('the pages of a server', () => {
  it('open with an admin key, by a cookie that no script reads', async () => {
    const { url, admin, signIn, db } = await server()
    const { key, id } = await admin()
    const { body, cookie, session } = await signIn(key)
    expect(body).toMatchObject({ kind: 'admin', role: 'owner', label: 'owner of the test' })
    expect(cookie).toMatch(/^slipway-cloud=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/api; Max-Age=28800$/)
    const licences = await askCloud(url, '/api/admin/licences', { headers: session })
    expect(licences.body).toEqual({ licences: [], next: null })
    expect((await listAudit(db, { limit: 9 })).map(({ action, keyId }) => [action, keyId])).toEqual([
      ['licences.list', id],
      ['page.sign-in', id],
      ['admin-keys.create', 'cli'],
    ])
  })

  it("let nobody in by the cookie alone, by another site's request, or with a key that nobody has", async () => {
    const { url, admin, signIn } = await server()
    const { key } = await admin()
    const { session } = await signIn(key)
    const { cookie } = session
    expect((await askCloud(url, '/api/admin/licences', { headers: { cookie } })).status).toBe(401)
    expect((await signIn(key, {})).body).toMatchObject({ code: 'forbidden' })
    expect((await signIn('sla_' + 'x'.repeat(43))).body).toMatchObject({ code: 'unauthorized' })
    expect((await signIn("' OR 1=1 --")).body).toMatchObject({ code: 'unauthorized' })
  })

  it('close after eight hours, at the sign-out, and when the key is revoked', async () => {
    const { url, admin, signIn, pass, db } = await server()
    const one = await admin()
    const who = async (headers: Record<string, string>) =>
      (await askCloud(url, '/api/page/session', { headers })).body as { session: unknown }

    const first = await signIn(one.key)
    expect(await who(first.session)).toMatchObject({ session: { kind: 'admin' } })
    const out = await askCloud(url, '/api/page/sign_out', { body: {}, headers: first.session })
    expect(out.body).toEqual({ signed_out: true })
    expect(await who(first.session)).toEqual({ session: null })

    const second = await signIn(one.key)
    pass(8 * 3_600_000)
    expect(await who(second.session)).toEqual({ session: null })

    const third = await signIn(one.key)
    await revokeAdminKey(db, one.id, START)
    expect(await who(third.session)).toEqual({ session: null })
    expect((await askCloud(url, '/api/admin/licences', { headers: third.session })).status).toBe(401)
  })

  it('close when the licence gets another key, as one does that others have seen', async () => {
    const { url, user, signIn, db } = await server()
    const { key, licence } = await user()
    const { session } = await signIn(key)
    await renewKey(db, licence.id, { actor: 'cli', at: START })
    expect((await askCloud(url, '/api/page/session', { headers: session })).body).toEqual({ session: null })
    expect((await askCloud(url, `/api/me?user_id=${USER}`, { headers: session })).status).toBe(401)
  })

  it('show a user the own licence, and nothing of another user or of the server', async () => {
    const { url, user, signIn } = await server()
    const { key, licence } = await user()
    const { session, body } = await signIn(key)
    expect(body).toMatchObject({ kind: 'user', user_id: USER, licence_id: licence.id })
    const mine = await askCloud(url, `/api/me?user_id=${USER}`, { headers: session })
    expect(mine.body).toMatchObject({ licence: { id: licence.id, state: 'active' }, contributions: { total: 0 } })
    expect(mine.text).not.toContain(key)
    expect((await askCloud(url, `/api/me?user_id=${OTHER}`, { headers: session })).body).toMatchObject({
      code: 'unauthorized',
    })
    expect((await askCloud(url, '/api/me', { headers: session })).body).toMatchObject({ code: 'user_id_required' })
    expect((await askCloud(url, '/api/admin/licences', { headers: session })).status).toBe(401)
  })

  it('tell an admin of the pool', async () => {
    const { url, admin, signIn } = await server()
    const { session } = await signIn((await admin('reader')).key)
    const pool = await askCloud(url, '/api/admin/pool', { headers: session })
    expect(pool.status).toBe(200)
    expect(pool.body).toMatchObject({ total: expect.any(Number), by_status: expect.any(Array) })
  })
})
