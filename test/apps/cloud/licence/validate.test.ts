import { expect, it } from 'vitest'
import { readLicence } from '../../../../src/adapters/cloud-db/licence-listings.ts'
import { changeTerms, revokeLicence } from '../../../../src/adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { verifyLease } from '../../../../src/adapters/lease-keys/verify-lease.ts'
import { releaseLicence, validateLicence, type LeaseClaims } from '../../../../src/contracts/cloud/licence.ts'
import { newSecretKey } from '../../../../src/adapters/cloud-db/secret-keys.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import {
  accountRef,
  askHandler,
  DAY,
  device,
  HOUR,
  LICENCE_NOW as NOW,
  licenceServer,
  makeLicence,
  OTHER_USER,
  USER,
  type LicenceServer,
} from '../../../support/licences.ts'

type Ask = Partial<{
  key: string
  user: string
  device: number
  account: number
  mode: 'paper' | 'live'
  takeOver: boolean
  shown: LeaseClaims
  at: number
}>

/** @returns the claims of the lease, or the code of the refusal */
async function validate({ handlers, signer }: LicenceServer, ask: Ask): Promise<LeaseClaims | string> {
  const { key = '', user = USER, device: n = 1, account = 1, mode = 'live', takeOver = false, shown, at = NOW } = ask
  const ids = { license_key: key, user_id: user, device_id: device(n), account_id: accountRef(account) }
  const answer = await askHandler(
    handlers,
    validateLicence,
    { ...ids, app_version: '1.2.3', mode, take_over: takeOver },
    { now: epochMs(at), ...(shown ? { lease: shown } : {}) },
  )
  if ('code' in answer) return answer.code
  const check = verifyLease(String(answer.value.lease), signer.publicKeys(), { deviceId: device(n) })
  if (check.kind === 'refused') throw new Error(check.message)
  return check.claims
}

async function leased(server: LicenceServer, ask: Ask): Promise<LeaseClaims> {
  const answer = await validate(server, ask)
  if (typeof answer === 'string') throw new Error(answer)
  return answer
}

async function release({ handlers }: LicenceServer, lease: LeaseClaims, at = NOW, shown: LeaseClaims | null = lease) {
  const { user_id, device_id, account_id, fence } = lease
  const call = { now: epochMs(at), ...(shown ? { lease: shown } : {}) }
  const answer = await askHandler(handlers, releaseLicence, { user_id, device_id, account_id, fence }, call)
  return 'code' in answer ? answer.code : answer.value.released
}

const kindsOf = async (db: CloudDb, id: string) =>
  (await readLicence(db, id, NOW))!.history.events.map(({ kind }) => kind).toReversed()

describeOnBothDatabases('validating a licence', (open) => {
  it('answers a lease for the device, the account and the plan, with the times of the ladder', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db, { plan: 'pro' })
    const lease = await leased(licenceServer(db), { key })
    expect(lease).toMatchObject({
      ...{ licence_id: id, user_id: USER, device_id: device(1), account_id: accountRef(1), plan: 'pro' },
      ...{ accounts: 5, devices: 3, threshold: 0.5, fence: 1 },
      ...{ iat: NOW / 1_000, exp: (NOW + DAY) / 1_000, grace_until: (NOW + 7 * DAY) / 1_000 },
    })
  })

  it('keeps nothing of a key but its digest and its first letters', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db)
    await leased(licenceServer(db), { key })
    for (const table of ['licences', 'licence_events', 'account_leases'] as const)
      expect(JSON.stringify(await db.selectFrom(table).selectAll().execute())).not.toContain(key.slice(9))
    expect((await readLicence(db, id, NOW))?.keyHint).toBe(key.slice(0, 9))
  })

  it('takes one seat however often it is repeated, and a new lease each time', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db, { accounts: 1, devices: 1 })
    const server = licenceServer(db)
    const leases = []
    for (let hour = 0; hour < 5; hour++) leases.push(await leased(server, { key, at: NOW + hour * HOUR }))
    expect(new Set(leases.map(({ jti }) => jti)).size).toBe(5)
    expect(leases.map(({ fence }) => fence)).toEqual([1, 1, 1, 1, 1])
    expect(await readLicence(db, id, NOW)).toMatchObject({ accountsUsed: 1, devicesUsed: 1 })
    expect(await kindsOf(db, id)).toEqual(['created', 'lease-taken', 'device-added', 'account-added'])
  })

  it('refuses a key that nobody has in the same words as one of another user', async () => {
    const { db } = await open()
    const { key } = await makeLicence(db)
    const { handlers } = licenceServer(db)
    const rest = { device_id: device(1), account_id: accountRef(1), app_version: '1.2.3' }
    const unknown = { ...rest, license_key: newSecretKey('slw_').key, user_id: USER }
    const foreign = { ...rest, license_key: key, user_id: OTHER_USER }
    const first = await askHandler(handlers, validateLicence, unknown)
    expect(first).toMatchObject({ code: 'license_invalid' })
    expect(await askHandler(handlers, validateLicence, foreign)).toEqual(first)
  })

  it('refuses what has ended or was revoked, and gives no lease that outlives the licence', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db, { days: 2 })
    const server = licenceServer(db)
    expect(await leased(server, { key, at: NOW + 1.5 * DAY })).toMatchObject({
      exp: (NOW + 2 * DAY) / 1_000,
      grace_until: (NOW + 2 * DAY) / 1_000,
    })
    expect(await validate(server, { key, at: NOW + 2 * DAY })).toBe('license_expired')
    await revokeLicence(db, id, 'chargeback', { actor: 'cli', at: NOW })
    expect(await validate(server, { key })).toBe('license_revoked')
  })

  it('refuses one device and one live account too many, and stores nothing of them', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db, { accounts: 2, devices: 2 })
    const server = licenceServer(db)
    await leased(server, { key, device: 1, account: 1 })
    await leased(server, { key, device: 2, account: 2 })
    const before = await kindsOf(db, id)
    expect(await validate(server, { key, device: 3, account: 2, takeOver: true })).toBe('device_limit')
    expect(await validate(server, { key, device: 1, account: 3 })).toBe('seat_limit')
    expect(await kindsOf(db, id)).toEqual(before)
    expect((await db.selectFrom('account_leases').selectAll().execute()).length).toBe(2)
    // Who sits already is not in the way of itself.
    expect(await leased(server, { key, device: 1, account: 1 })).toMatchObject({ fence: 1 })
  })

  it('lets paper accounts be without a seat and without a holder', async () => {
    const { db } = await open()
    const { key } = await makeLicence(db, { accounts: 1, devices: 2 })
    const server = licenceServer(db)
    for (const account of [1, 2, 3, 4])
      expect(await leased(server, { key, account, mode: 'paper' })).toMatchObject({ fence: 0 })
    expect(await leased(server, { key, device: 2, account: 1, mode: 'paper' })).toMatchObject({ fence: 0 })
    expect(await leased(server, { key, account: 9 })).toMatchObject({ fence: 1 })
    expect(await validate(server, { key, account: 8 })).toBe('seat_limit')
  })

  it('gives the seat of a device or an account to another after 30 days without it', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db, { accounts: 1, devices: 1 })
    const server = licenceServer(db)
    await leased(server, { key, device: 1, account: 1 })
    expect(await validate(server, { key, device: 2, account: 2, at: NOW + 29 * DAY })).toBe('device_limit')
    await leased(server, { key, device: 2, account: 2, at: NOW + 30 * DAY })
    expect(await validate(server, { key, device: 1, account: 1, at: NOW + 31 * DAY })).toBe('device_limit')
    expect(await readLicence(db, id, epochMs(NOW + 31 * DAY))).toMatchObject({ accountsUsed: 1, devicesUsed: 1 })
  })

  it('lets the oldest stay where a smaller plan has fewer seats than are taken', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db, { accounts: 3, devices: 3 })
    const server = licenceServer(db)
    for (const n of [3, 1, 2]) await leased(server, { key, device: n, account: n, at: NOW + (4 - n) * HOUR })
    await changeTerms(db, id, { accounts: 2, devices: 2 }, { actor: 'cli', at: NOW })
    const at = NOW + 5 * HOUR
    expect(await validate(server, { key, device: 1, account: 1, at })).toBe('device_limit')
    expect(await leased(server, { key, device: 3, account: 3, at })).toBeDefined()
    expect(await leased(server, { key, device: 2, account: 2, at })).toBeDefined()
  })

  it('keeps when a user was last here, and with which version', async () => {
    const { db } = await open()
    const { key } = await makeLicence(db)
    await leased(licenceServer(db), { key, at: NOW + HOUR })
    // A licence that is made is no visit.
    await makeLicence(db, {}, epochMs(NOW + DAY))
    expect(await db.selectFrom('users').selectAll().execute()).toEqual([
      { user_id: USER, email: null, first_at: NOW, last_at: NOW + HOUR, app_version: '1.2.3' },
    ])
  })
})

describeOnBothDatabases('a live account', (open) => {
  it('is held by one device until its lease is worth nothing any more', async () => {
    const { db } = await open()
    const { key } = await makeLicence(db)
    const server = licenceServer(db)
    await leased(server, { key, device: 1 })
    expect(await validate(server, { key, device: 2, at: NOW + 7 * DAY - 1 })).toBe('account_held')
    expect(await leased(server, { key, device: 2, at: NOW + 7 * DAY })).toMatchObject({ fence: 2 })
  })

  it('is free at once when it was released, and the next holder has a higher fence', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db)
    const server = licenceServer(db)
    const lease = await leased(server, { key, device: 1 })
    expect(await release(server, lease)).toBe(true)
    expect(await release(server, lease)).toBe(false)
    expect(await leased(server, { key, device: 2 })).toMatchObject({ fence: 2 })
    expect(await kindsOf(db, id)).toContain('lease-released')
  })

  it('is not released by a lease that is not its newest, nor by who shows none', async () => {
    const { db } = await open()
    const { key } = await makeLicence(db)
    const server = licenceServer(db)
    const old = await leased(server, { key })
    const newer = await leased(server, { key, shown: old })
    // The release of a bot that stopped, come late, when it runs again.
    expect(await release(server, old)).toBe(false)
    expect(await release(server, newer, NOW, null)).toBe('lease_invalid')
    expect(await release(server, newer, NOW, { ...newer, device_id: device(2) })).toBe('lease_invalid')
    expect(await validate(server, { key, device: 2 })).toBe('account_held')
    expect(await release(server, newer)).toBe(true)
  })

  it('goes to another device when a person says so; the old one is told, and loses it at its renewal', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db)
    const server = licenceServer(db)
    const old = await leased(server, { key, device: 1 })
    const taken = await leased(server, { key, device: 2, takeOver: true })
    expect(taken.fence).toBe(2)
    expect(server.told).toEqual([
      { topic: 'licence', payload: { licence_id: id, change: 'taken-over' }, audience: { userId: USER } },
    ])
    expect(await validate(server, { key, device: 1, shown: old })).toBe('lease_lost')
    expect(await validate(server, { key, device: 1 })).toBe('account_held')
    // Also when the other has gone again: somebody has traded the account since.
    await release(server, taken)
    expect(await validate(server, { key, device: 1, shown: old })).toBe('lease_lost')
    expect(await leased(server, { key, device: 1 })).toMatchObject({ fence: 3 })
    expect(await kindsOf(db, id)).toContain('lease-taken-over')
  })

  it('is not lost to a backup: who took it over since shows a lease that the database does not know, and keeps it', async () => {
    const { db } = await open()
    const { key } = await makeLicence(db)
    const server = licenceServer(db)
    await leased(server, { key, device: 1 })
    const backup = await db.selectFrom('account_leases').selectAll().executeTakeFirstOrThrow()
    const putBack = () => db.updateTable('account_leases').set(backup).execute()
    const taken = await leased(server, { key, device: 2, takeOver: true, at: NOW + HOUR })
    await putBack()
    const again = await leased(server, { key, device: 2, shown: taken, at: NOW + 2 * HOUR })
    expect(again.fence).toBe(taken.fence)
    expect(await validate(server, { key, device: 1, at: NOW + 2 * HOUR })).toBe('account_held')
    // Where the other has been here since that lease was made, he may trade: a person decides.
    await putBack()
    await leased(server, { key, device: 1, at: NOW + 3 * HOUR })
    expect(await validate(server, { key, device: 2, shown: again, at: NOW + 4 * HOUR })).toBe('account_held')
  })

  it('is had again at once by the device that had it, with the same fence', async () => {
    const { db } = await open()
    const { key } = await makeLicence(db)
    const server = licenceServer(db)
    await leased(server, { key, at: NOW })
    expect(await leased(server, { key, at: NOW + 1_000 })).toMatchObject({ fence: 1 })
    expect(await leased(server, { key, at: NOW + 30 * DAY })).toMatchObject({ fence: 1 })
    expect(await leased(server, { key, at: NOW + 30 * DAY, takeOver: true })).toMatchObject({ fence: 1 })
    expect(server.told).toEqual([])
  })

  it('belongs to one user for good, whoever holds it; a user may hold many', async () => {
    const { db } = await open()
    const [mine, theirs] = [await makeLicence(db), await makeLicence(db, { userId: OTHER_USER })]
    const server = licenceServer(db)
    const lease = await leased(server, { key: mine.key })
    for (const account of [2, 3, 4]) await leased(server, { key: mine.key, account })
    const their = { key: theirs.key, user: OTHER_USER, device: 9 }
    expect(await validate(server, their)).toBe('account_foreign')
    expect(await validate(server, { ...their, takeOver: true })).toBe('account_foreign')
    await release(server, lease)
    expect(await validate(server, { ...their, takeOver: true })).toBe('account_foreign')
    expect(await validate(server, { ...their, at: NOW + 400 * DAY })).toBe('account_foreign')
  })

  it('refuses a lease that was copied from another device', async () => {
    const { db } = await open()
    const { key } = await makeLicence(db)
    const server = licenceServer(db)
    const lease = await leased(server, { key, device: 1 })
    expect(await validate(server, { key, device: 2, shown: lease, takeOver: true })).toBe('lease_invalid')
  })

  it('writes down when an old lease is shown: two copies of one installation may run', async () => {
    const { db } = await open()
    const { key, id } = await makeLicence(db)
    const server = licenceServer(db)
    const first = await leased(server, { key })
    await leased(server, { key, shown: first })
    expect(await kindsOf(db, id)).not.toContain('old-lease-shown')
    await leased(server, { key, shown: first })
    expect(await kindsOf(db, id)).toContain('old-lease-shown')
  })
})
