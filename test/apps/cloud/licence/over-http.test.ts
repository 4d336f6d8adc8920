import { createHmac, generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { insertAdminKey } from '../../../../src/adapters/cloud-db/admin-records.ts'
import { openCloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { newId, newSecretKey } from '../../../../src/adapters/cloud-db/secret-keys.ts'
import { rotateLeaseKeys } from '../../../../src/adapters/lease-keys/lease-signer.ts'
import { signText, thumbprint } from '../../../../src/adapters/lease-keys/signed-text.ts'
import { verifyKeySet, verifyLease } from '../../../../src/adapters/lease-keys/verify-lease.ts'
import { CloudFailure } from '../../../../src/contracts/cloud/failure.ts'
import type { LeaseClaims, LeaseKeys } from '../../../../src/contracts/cloud/licence.ts'
import { CLOUD_HEADER } from '../../../../src/contracts/cloud/words.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import {
  accountRef,
  DAY,
  device,
  LICENCE_NOW as NOW,
  makeLicence,
  OTHER_USER,
  USER,
} from '../../../support/licences.ts'
import { askCloud, servedCloud } from '../../../support/running-cloud.ts'
import { checkout, paid, SECRET, stripeSignature, updated } from '../../../support/stripe.ts'

/** A server with a licence and the keys of admins, its clock in the test's hand. */
async function cloudWithLicence() {
  let time = NOW
  const settings = { smtpUrl: undefined, mailFrom: undefined, stripeSecret: SECRET, publicUrl: undefined }
  const cloud = await servedCloud({ now: () => time, settings })
  const database = await openCloudDb({ kind: 'sqlite', file: join(cloud.folder, 'cloud.db') })
  const { key, id } = await makeLicence(database.db)
  const admin = newSecretKey('sla_')
  await insertAdminKey(database.db, { id: newId('adm_'), hash: admin.hash, label: 'Ann', role: 'support' }, NOW)
  await database.close()
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    askCloud(cloud.url, path, { body, headers })
  const ids = { user_id: USER, device_id: device(1), account_id: accountRef(1) }
  const validate = (more: object = {}, headers: Record<string, string> = {}) =>
    post('/api/license/validate', { license_key: key, ...ids, app_version: '1.2.3', ...more }, headers)
  const code = (answer: { status: number; body: unknown }) => `${answer.status} ${CloudFailure.parse(answer.body).code}`
  const { keys, signed } = (await askCloud(cloud.url, '/api/license/keys')).body as LeaseKeys & { signed: string }
  return {
    ...{ cloud, key, id, ids, post, validate, code, keys, signed, adminKey: admin.key },
    setTime: (ms: number) => void (time = epochMs(ms)),
  }
}

describe('licences over HTTP', () => {
  it('are validated, renewed and released, with a lease that the published keys verify', async () => {
    const { validate, keys, signed, post, ids, code } = await cloudWithLicence()
    expect(verifyKeySet(signed, keys)?.keys).toEqual(keys)
    const answer = await validate()
    expect(answer.status).toBe(200)
    const { lease } = answer.body as { lease: string }
    const check = verifyLease(lease, keys, { deviceId: device(1), accountId: accountRef(1) })
    expect(check).toMatchObject({ kind: 'lease', claims: { fence: 1, user_id: USER } })
    expect((await validate({}, { [CLOUD_HEADER.lease]: lease })).status).toBe(200)
    expect(code(await post('/api/license/release', { ...ids, fence: 1 }))).toBe('403 lease_invalid')
    const late = await post('/api/license/release', { ...ids, fence: 1 }, { [CLOUD_HEADER.lease]: lease })
    expect(late.body).toEqual({ released: false })
  })

  it('say the word of the question back in the lease, so that nobody can play an earlier answer', async () => {
    const { validate, keys } = await cloudWithLicence()
    const nonceOf = async (question: object) => {
      const check = verifyLease(((await validate(question)).body as { lease: string }).lease, keys, {})
      return check.kind === 'lease' ? check.claims.nonce : check.why
    }
    for (const nonce of ['a'.repeat(22), 'b'.repeat(22)]) expect(await nonceOf({ nonce })).toBe(nonce)
    expect(await nonceOf({})).toBeUndefined()
  })

  it('answer a code and a next step for everything that does not allow it', async () => {
    const { validate, code, setTime } = await cloudWithLicence()
    expect(code(await validate({ user_id: OTHER_USER }))).toBe('403 license_invalid')
    expect(code(await validate({ license_key: newSecretKey('slw_').key }))).toBe('403 license_invalid')
    expect(code(await validate({ user_id: undefined }))).toBe('400 user_id_required')
    for (const wrong of [
      ...[{ license_key: 'x' }, { license_key: 'slw_' + 'a'.repeat(65) }, { license_key: "slw_' OR '1'='1" }],
      ...[{ device_id: 'a b' }, { device_id: '../../etc/passwd' }, { account_id: 'A'.repeat(32) }, { mode: 'LIVE' }],
      ...[{ take_over: 'yes' }, { app_version: '1.2.3\r\nset-cookie: a=b' }, { extra: 1 }, { user_id: '0123456789AB' }],
      ...[{ nonce: 'short' }, { nonce: 'n'.repeat(65) }, { nonce: 7 }],
    ])
      expect(code(await validate(wrong))).toBe('400 body_invalid')
    await validate()
    expect(code(await validate({ device_id: device(2) }))).toBe('409 account_held')
    setTime(NOW + 8 * DAY)
    expect((await validate({ device_id: device(2) })).status).toBe(200)
  })

  it('give nothing for a forged lease, on any route that takes one', async () => {
    const { validate, post, ids, keys, code } = await cloudWithLicence()
    const { lease } = (await validate()).body as { lease: string }
    const [header = '', claims = '', signature = ''] = lease.split('.')
    const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const stranger = generateKeyPairSync('ed25519')
    const x = stranger.publicKey.export({ format: 'jwk' }).x!
    const wanted = JSON.parse(Buffer.from(claims, 'base64url').toString()) as LeaseClaims
    const none = encode({ alg: 'none', typ: 'slipway-lease', kid: keys[0]!.kid })
    const hs256 = encode({ alg: 'HS256', typ: 'slipway-lease', kid: keys[0]!.kid })
    const mac = createHmac('sha256', Buffer.from(keys[0]!.public_key, 'base64url')).update(`${hs256}.${claims}`)
    const forged = [
      ...[`${none}.${claims}.`, `${none}.${claims}.${signature}`, `${hs256}.${claims}.${mac.digest('base64url')}`],
      `${header}.${encode({ ...wanted, fence: 99 })}.${signature}`,
      `${header}.${encode({ ...wanted, user_id: OTHER_USER })}.${signature}`,
      signText('slipway-lease', wanted, keys[0]!.kid, stranger.privateKey),
      signText('slipway-lease', wanted, thumbprint(x), stranger.privateKey),
      ...[lease.slice(0, -1), `${lease}A`, lease.toUpperCase(), 'a.b.c', '', '..', '%00'],
    ]
    for (const token of forged) {
      const shown = { [CLOUD_HEADER.lease]: token }
      expect(code(await post('/api/license/release', { ...ids, fence: 1 }, shown))).toBe('403 lease_invalid')
      const stats = await post('/api/ml/get_confidence', question, shown)
      expect(code(stats)).toBe('403 lease_invalid')
    }
    // A genuine one, on another device.
    const copied = { [CLOUD_HEADER.lease]: lease, [CLOUD_HEADER.deviceId]: device(2) }
    expect(code(await post('/api/ml/get_confidence', question, copied))).toBe('403 lease_invalid')
    // The account is held as it was.
    expect(code(await validate({ device_id: device(2) }))).toBe('409 account_held')
  })

  it('go on over a rotation of the keys, and take no lease of a key that has leaked', async () => {
    const { validate, post, ids, keys, cloud, code } = await cloudWithLicence()
    const { lease: old } = (await validate()).body as { lease: string }
    await rotateLeaseKeys(join(cloud.folder, 'keys'), epochMs(NOW + 2 * DAY))
    const { lease } = (await validate({}, { [CLOUD_HEADER.lease]: old })).body as { lease: string }
    expect(verifyLease(lease, keys, {}).kind).toBe('lease')
    expect(lease.split('.')[0]).not.toBe(old.split('.')[0])
    await rotateLeaseKeys(join(cloud.folder, 'keys'), epochMs(NOW + 2 * DAY), true)
    const shown = { [CLOUD_HEADER.lease]: lease }
    expect(code(await post('/api/license/release', { ...ids, fence: 1 }, shown))).toBe('403 lease_invalid')
    // Whoever has the licence's key gets a new lease all the same.
    expect((await validate({}, shown)).status).toBe(200)
  })

  it('are shown to their owner without their history, and to nobody else', async () => {
    const { post, key, id, code, validate } = await cloudWithLicence()
    await validate()
    const own = await post('/api/license/own', { user_id: USER, license_key: key })
    expect(own.body).toMatchObject({ id, accounts_used: 1, leases: [{ state: 'held' }] })
    expect(own.body).not.toHaveProperty('events')
    expect(own.text).not.toContain(key.slice(9))
    expect(code(await post('/api/license/own', { user_id: OTHER_USER, license_key: key }))).toBe('403 license_invalid')
    const forget = { user_id: USER, license_key: key, device_id: device(1) }
    expect(code(await post('/api/license/forget_device', forget))).toBe('409 account_held')
  })
})

describe('admins over HTTP', () => {
  it('come in with their key only, and what they do is written down with its request', async () => {
    const { cloud, adminKey, id, code } = await cloudWithLicence()
    const get = (path: string, authorization?: string) =>
      askCloud(cloud.url, path, { headers: authorization ? { authorization, 'x-request-id': 'request-0042' } : {} })
    for (const wrong of [undefined, `Bearer ${newSecretKey('sla_').key}`, `Basic ${adminKey}`, 'Bearer admin'])
      expect(code(await get('/api/admin/licences', wrong))).toBe('401 unauthorized')
    const list = await get('/api/admin/licences?limit=10', `Bearer ${adminKey}`)
    expect(list.body).toMatchObject({ licences: [{ id }], next: null })
    expect(code(await get('/api/admin/licences?limit=0', `Bearer ${adminKey}`))).toBe('400 body_invalid')
    expect(code(await get('/api/admin/licences?limit=1&limit=2', `Bearer ${adminKey}`))).toBe('400 body_invalid')
    expect(code(await get('/api/admin/licence?id=lic_00000000000000000000', `Bearer ${adminKey}`))).toBe(
      '404 not_found',
    )
    expect(code(await get('/api/admin/audit', `Bearer ${adminKey}`))).toBe('403 forbidden')
    const database = await openCloudDb({ kind: 'sqlite', file: join(cloud.folder, 'cloud.db') })
    const rows = await database.db.selectFrom('admin_audit').select(['action', 'request_id', 'detail']).execute()
    await database.close()
    expect(rows.slice(1)).toEqual([
      { action: 'licences.list', request_id: 'request-0042', detail: '' },
      { action: 'licences.show', request_id: 'request-0042', detail: '' },
      { action: 'audit.read', request_id: 'request-0042', detail: 'refused' },
    ])
    // Neither keys nor who did what is in the server's own log.
    expect(cloud.lines.join('')).not.toContain(adminKey)
  })
})

describe('Stripe over HTTP', () => {
  it('is believed by the bytes it sent, and a licence comes of it', async () => {
    const { cloud, adminKey, code } = await cloudWithLicence()
    const send = (body: string, signature: string) =>
      askCloud(cloud.url, '/api/stripe/webhook', { body, headers: { 'stripe-signature': signature } })
    for (const event of [checkout(), updated(), paid()]) {
      // Indented, as Stripe sends it: what is signed are the bytes, not their meaning.
      const body = JSON.stringify({ ...event, note: 'Zoë €' }, undefined, 2)
      expect((await send(body, stripeSignature(body))).body).toEqual({ result: 'stored' })
      expect((await send(body, stripeSignature(body))).body).toEqual({ result: 'duplicate' })
      expect(code(await send(JSON.stringify(event), stripeSignature(body)))).toBe('401 unauthorized')
    }
    expect(code(await send('[]', stripeSignature('[]')))).toBe('400 body_invalid')
    const list = await askCloud(cloud.url, '/api/admin/licences', { headers: { authorization: `Bearer ${adminKey}` } })
    expect((list.body as { licences: { source: string }[] }).licences.map(({ source }) => source)).toContain('stripe')
  })

  it('leads the buyer to a page that nothing foreign runs on', async () => {
    const { cloud } = await cloudWithLicence()
    const page = await askCloud(cloud.url, '/claim')
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.text).toContain('Show my licence key')
  })
})

const question = { user_id: USER, symbol: 'ES', side: 'buy', features: { a: 1 } }
