import { expect, it } from 'vitest'
import { listAudit } from '../../../../src/adapters/cloud-db/admin-records.ts'
import { addOffences } from '../../../../src/adapters/cloud-db/offence-records.ts'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { adminHandlers } from '../../../../src/apps/cloud/admin/admin-handlers.ts'
import { takeLease } from '../../../../src/apps/cloud/licence/take-lease.ts'
import type { AdminRole, CloudCall } from '../../../../src/apps/cloud/cloud-call.ts'
import {
  createLicence,
  forgetDevice,
  freeAccount,
  listLeases,
  listLicences,
  listOffenders,
  listUsers,
  readAudit,
  renewLicenceKey,
  revokeLicence,
  showLicence,
  whoAmI,
} from '../../../../src/contracts/cloud/admin.ts'
import type { CloudRoute } from '../../../../src/contracts/cloud/route.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import {
  accountRef,
  askHandler,
  DAY,
  device,
  HOUR,
  LICENCE_NOW as NOW,
  makeLicence,
  OTHER_USER,
  USER,
} from '../../../support/licences.ts'

const ROUTES: readonly [CloudRoute, unknown][] = [
  [listLicences, {}],
  [showLicence, { id: 'lic_00000000000000000000' }],
  [createLicence, { user_id: USER, plan: 'pro' }],
  [revokeLicence, { id: 'lic_00000000000000000000', reason: 'because' }],
  [renewLicenceKey, { id: 'lic_00000000000000000000' }],
  [forgetDevice, { id: 'lic_00000000000000000000', device_id: device(1) }],
  [listLeases, {}],
  [freeAccount, { account_id: accountRef(1), reason: 'sold' }],
  [listUsers, {}],
  [readAudit, {}],
  [listOffenders, {}],
]

function server(db: CloudDb) {
  const told: string[] = []
  const push = { told: () => void told.push('told') }
  const handlers = adminHandlers({ db, push })
  return {
    told,
    as:
      (role: AdminRole) =>
      (route: CloudRoute, input: unknown, more: Partial<CloudCall> = {}) =>
        askHandler(handlers, route, input, { admin: { keyId: `adm_${role}`, role, label: role }, ...more }),
  }
}

type Ask = ReturnType<ReturnType<typeof server>['as']>

/** The answer; a refusal fails the test. */
async function answered<T>(ask: Ask, route: CloudRoute, input: unknown, more: Partial<CloudCall> = {}): Promise<T> {
  const answer = await ask(route, input, more)
  if ('code' in answer) throw new Error(`${answer.code}: ${answer.message}`)
  return answer.value as T
}

const lease = (key: string, n: number, account: number) => ({
  ...{ licenceKey: key, userId: USER, deviceId: device(n), accountId: accountRef(account), appVersion: '1.2.3' },
  ...{ mode: 'live' as const, takeOver: false, shown: undefined },
})

describeOnBothDatabases('the routes of admins', (open) => {
  it('do nothing without an admin, and nothing for a role that may not; every try is written down', async () => {
    const { db } = await open()
    const { as } = server(db)
    const allowed = {
      reader: [listLicences, showLicence, listLeases, listUsers, readAudit, listOffenders],
      support: ROUTES.map(([route]) => route).filter((route) => route !== readAudit),
      calendar: [],
      owner: ROUTES.map(([route]) => route),
    } as const satisfies Record<AdminRole, readonly CloudRoute[]>
    for (const role of ['reader', 'support', 'calendar', 'owner'] as const)
      for (const [route, input] of ROUTES) {
        const answer = await as(role)(route, input)
        const isAllowed = (allowed[role] as readonly CloudRoute[]).includes(route)
        expect({ role, path: route.path, forbidden: 'code' in answer && answer.code === 'forbidden' }).toEqual({
          ...{ role, path: route.path, forbidden: !isAllowed },
        })
      }
    const audit = await listAudit(db, { limit: 500 })
    expect(audit).toHaveLength(4 * ROUTES.length)
    expect(audit.filter(({ detail }) => detail.startsWith('refused'))).toHaveLength(11 + 1 + 5)
    expect(await as('owner')(listLicences, {}, { admin: undefined })).toMatchObject({ code: 'unauthorized' })
    expect(await db.selectFrom('licences').selectAll().execute()).toHaveLength(2)
  })

  it('tell every role who it is', async () => {
    const { db } = await open()
    expect(await answered(server(db).as('calendar'), whoAmI, {})).toEqual({
      ...{ key_id: 'adm_calendar', label: 'calendar', role: 'calendar' },
    })
  })

  it('tell the user of a licence that is made by mail, without its key, unless they are told not to', async () => {
    const { db } = await open()
    const ask = server(db).as('support')
    type Made = { license_key: string; mail: string; licence: { id: string; key_hint: string } }
    const make = (more: object) => answered<Made>(ask, createLicence, { user_id: USER, plan: 'pro', days: 30, ...more })
    const mails = () => db.selectFrom('mails').selectAll().orderBy('created_at').execute()
    expect(await make({})).toMatchObject({ mail: 'none' })
    expect(await make({ email: 'ann@example.com', mail: false })).toMatchObject({ mail: 'none' })
    expect(await mails()).toEqual([])
    const made = await make({ email: 'ann@example.com' })
    expect(made).toMatchObject({ mail: 'queued' })
    const [mail, ...others] = await mails()
    expect(others).toEqual([])
    expect(mail).toMatchObject({ id: `activation:${made.licence.id}`, to_address: 'ann@example.com', sent_at: null })
    expect(JSON.parse(mail!.payload)).toEqual({
      ...{ kind: 'activation', licenceId: made.licence.id, plan: 'pro', keyHint: made.licence.key_hint },
      expiresAt: NOW + 30 * DAY,
    })
    expect(JSON.stringify(await mails())).not.toContain(made.license_key)
    expect(createLicence.input.safeParse({ user_id: USER, plan: 'pro', email: 'ann@localhost' }).success).toBe(false)
  })

  it('make a licence whose key is told once', async () => {
    const { db } = await open()
    const ask = server(db).as('support')
    const input = { user_id: USER, plan: 'team', devices: 2, days: 30, email: 'ann@example.com' }
    const made = await answered<{ license_key: string; licence: { id: string } }>(ask, createLicence, input)
    expect(made.licence).toMatchObject({
      ...{ plan: 'team', accounts: 25, devices: 2, source: 'admin', state: 'active', email: 'ann@example.com' },
      ...{ expires_at: new Date(NOW + 30 * DAY).toISOString(), subscription: null, accounts_used: 0 },
    })
    await takeLease(db, lease(made.license_key, 1, 1), NOW)
    const shown = await answered<object>(ask, showLicence, { id: made.licence.id })
    expect(shown).toMatchObject({
      ...{ accounts_used: 1, devices_used: 1 },
      seats: { devices: [{ device_id: device(1) }], accounts: [{ account_id: accountRef(1), mode: 'live' }] },
      leases: [{ state: 'held', fence: 1, device_id: device(1) }],
      events: [{ kind: 'account-added' }, { kind: 'device-added' }, { kind: 'lease-taken' }, { kind: 'created' }],
    })
    expect(JSON.stringify(shown)).not.toContain(made.license_key.slice(9))
  })

  it('revoke a licence once, tell its bots, and keep the first reason', async () => {
    const { db } = await open()
    const { id, key } = await makeLicence(db)
    const { as, told } = server(db)
    const ask = as('support')
    await answered(ask, revokeLicence, { id, reason: 'chargeback' })
    await answered(ask, revokeLicence, { id, reason: 'again' })
    expect(told).toContain('told')
    const pushes = await db.selectFrom('pushes').select(['topic', 'audience', 'payload']).execute()
    expect(pushes).toEqual([
      { topic: 'licence', audience: USER, payload: JSON.stringify({ licence_id: id, change: 'revoked' }) },
    ])
    expect(await answered(ask, showLicence, { id })).toMatchObject({ state: 'revoked', revoked_reason: 'chargeback' })
    await expect(takeLease(db, lease(key, 1, 1), NOW)).rejects.toMatchObject({ code: 'license_revoked' })
  })

  it('exchange a key that was lost: the new one is told once, the old one opens nothing', async () => {
    const { db } = await open()
    const { id, key } = await makeLicence(db)
    const made = await answered<{ license_key: string }>(server(db).as('support'), renewLicenceKey, { id })
    expect(made).toMatchObject({ licence: { id, key_hint: made.license_key.slice(0, 9) } })
    await expect(takeLease(db, lease(key, 1, 1), NOW)).rejects.toMatchObject({ code: 'license_invalid' })
    expect((await takeLease(db, lease(made.license_key, 1, 1), NOW)).claims.licence_id).toBe(id)
  })

  it('list page by page, without a row twice or never', async () => {
    const { db } = await open()
    const ask = server(db).as('owner')
    const made: string[] = []
    // Several in one millisecond.
    for (let n = 0; n < 7; n++)
      made.push((await makeLicence(db, { plan: 'team' }, epochMs(NOW + Math.floor(n / 3)))).id)
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const input = { limit: '2', ...(cursor === '' ? {} : { cursor }) }
      const page: { licences: { id: string }[]; next: string | null } = await answered(ask, listLicences, input)
      seen.push(...page.licences.map(({ id }) => id))
      cursor = page.next
    }
    expect(seen.toSorted((a, b) => a.localeCompare(b))).toEqual(made.toSorted((a, b) => a.localeCompare(b)))
    expect(await ask(listLicences, { cursor: "1.'; DROP TABLE licences" })).toMatchObject({ code: 'body_invalid' })
  })

  it('list licences by user and state, leases, users and offenders', async () => {
    const { db } = await open()
    const ask = server(db).as('reader')
    const { key } = await makeLicence(db, { plan: 'pro' })
    await makeLicence(db, { days: 1 })
    await makeLicence(db, { userId: OTHER_USER })
    await takeLease(db, lease(key, 1, 1), epochMs(NOW + HOUR))
    await takeLease(db, lease(key, 1, 2), epochMs(NOW + 2 * HOUR))
    const later = { now: epochMs(NOW + 7 * DAY + HOUR) }
    const count = async (input: object) =>
      (await answered<{ licences: unknown[] }>(ask, listLicences, input, later)).licences.length
    expect(await count({ user_id: USER })).toBe(2)
    expect(await count({ state: 'active' })).toBe(2)
    expect(await count({ state: 'expired' })).toBe(1)
    expect(await count({ state: 'revoked' })).toBe(0)
    expect(await answered(ask, listLeases, { state: 'held' }, later)).toMatchObject({
      leases: [{ account_id: accountRef(2), state: 'held' }],
    })
    expect(await answered(ask, listUsers, {}, later)).toMatchObject({
      users: [
        { user_id: USER, licences: 2, accounts_held: 1, app_version: '1.2.3' },
        { user_id: OTHER_USER, licences: 1, accounts_held: 0, app_version: null },
      ],
    })
    const offence = { subject: 'address:192.0.2.7', day: '2026-11-20', count: 3, lastAt: NOW }
    await addOffences(db, [offence, { ...offence, subject: 'licence:x', count: 5 }, { ...offence, day: '2026-11-19' }])
    expect(await answered(ask, listOffenders, { day: '2026-11-20' })).toMatchObject({
      offenders: [
        { subject: 'licence:x', count: 5 },
        { subject: 'address:192.0.2.7', count: 3 },
      ],
    })
  })

  it('free the seat of a device that is gone, but of none that holds a live account', async () => {
    const { db } = await open()
    const ask = server(db).as('support')
    const { key, id } = await makeLicence(db, { devices: 1 })
    await takeLease(db, lease(key, 1, 1), NOW)
    expect(await ask(forgetDevice, { id, device_id: device(1) })).toMatchObject({ code: 'account_held' })
    const later = { now: epochMs(NOW + 8 * DAY) }
    expect(await answered(ask, forgetDevice, { id, device_id: device(1) }, later)).toEqual({ forgotten: true })
    expect(await answered(ask, forgetDevice, { id, device_id: device(1) }, later)).toEqual({ forgotten: false })
    await takeLease(db, lease(key, 2, 2), later.now)
  })

  it('free the seat and the accounts of a device that is said to be gone, and tell its bots', async () => {
    const { db } = await open()
    const ask = server(db).as('support')
    const { key, id } = await makeLicence(db, { plan: 'starter' })
    const { claims: old } = await takeLease(db, lease(key, 1, 1), NOW)
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => 'taken',
        (error: { code: string }) => error.code,
      )
    // Neither way in is open: the seat waits for the account, and the account for the seat.
    expect(await codeOf(takeLease(db, { ...lease(key, 2, 1), takeOver: true }, NOW))).toBe('device_limit')
    expect(await ask(forgetDevice, { id, device_id: device(1) })).toMatchObject({ code: 'account_held' })
    expect(await answered(ask, forgetDevice, { id, device_id: device(1), is_gone: true })).toEqual({ forgotten: true })
    const { claims } = await takeLease(db, lease(key, 2, 1), NOW)
    expect(claims.fence).toBeGreaterThan(old.fence + 1)
    expect(await db.selectFrom('pushes').select(['topic', 'audience']).execute()).toEqual([
      { topic: 'licence', audience: USER },
    ])
    // It was alive after all: it is told, with a seat and without one.
    expect(await codeOf(takeLease(db, { ...lease(key, 1, 1), shown: old }, NOW))).toBe('device_limit')
    expect(await answered(ask, forgetDevice, { id, device_id: device(2), is_gone: true })).toEqual({ forgotten: true })
    expect(await codeOf(takeLease(db, { ...lease(key, 1, 1), shown: old }, NOW))).toBe('lease_lost')
    const { events } = await answered<{ events: { kind: string; detail: string }[] }>(ask, showLicence, { id })
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['device-forgotten', 'lease-freed']))
    expect((await listAudit(db, { limit: 500 })).some(({ detail }) => detail === `${device(1)} is gone`)).toBe(true)
  })

  it('free an account for another user; the bot that trades it loses it', async () => {
    const { db } = await open()
    const ask = server(db).as('support')
    const [mine, theirs] = [await makeLicence(db), await makeLicence(db, { userId: OTHER_USER })]
    const { claims } = await takeLease(db, lease(mine.key, 1, 1), NOW)
    const input = { account_id: accountRef(1), reason: 'sold to another' }
    expect(await answered(ask, freeAccount, input)).toEqual({ freed: true })
    expect(await answered(ask, freeAccount, input)).toEqual({ freed: false })
    const renewal = takeLease(db, { ...lease(mine.key, 1, 1), shown: claims }, NOW)
    await expect(renewal).rejects.toMatchObject({ code: 'lease_lost' })
    const their = { ...lease(theirs.key, 9, 1), userId: OTHER_USER }
    expect((await takeLease(db, their, NOW)).claims.fence).toBe(3)
    await expect(takeLease(db, lease(mine.key, 1, 1), NOW)).rejects.toMatchObject({ code: 'account_foreign' })
  })
  it('give an account to the user it belongs to, so that whoever squatted it can not take it again before', async () => {
    const { db } = await open()
    const ask = server(db).as('support')
    const [squatter, owner] = [await makeLicence(db), await makeLicence(db, { userId: OTHER_USER })]
    await takeLease(db, lease(squatter.key, 1, 1), NOW)
    const theirs = { ...lease(owner.key, 9, 1), userId: OTHER_USER }
    await expect(takeLease(db, theirs, NOW)).rejects.toMatchObject({
      ...{ code: 'account_foreign', nextStep: expect.stringContaining(`Its reference is ${accountRef(1)}.`) },
    })
    const input = { account_id: accountRef(1), user_id: OTHER_USER, reason: 'squatted' }
    expect(await answered(ask, freeAccount, input)).toEqual({ freed: true })
    expect(await answered(ask, freeAccount, input)).toEqual({ freed: false })
    const again = { ...lease(squatter.key, 1, 1), takeOver: true }
    await expect(takeLease(db, again, NOW)).rejects.toMatchObject({ code: 'account_foreign' })
    expect((await takeLease(db, theirs, NOW)).claims.fence).toBe(3)
    const lines = JSON.stringify([
      await answered(ask, showLicence, { id: squatter.id }),
      await answered(server(db).as('reader'), readAudit, {}),
    ])
    expect(lines).toContain(`"kind":"lease-freed","actor":"admin:`)
    expect(lines).toContain(`${accountRef(1)} for ${OTHER_USER}: squatted`)
    expect(lines).toContain(`"target":"${accountRef(1)}","detail":"for ${OTHER_USER}: squatted"`)
  })
})
