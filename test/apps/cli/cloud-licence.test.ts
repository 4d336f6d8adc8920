import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { userIdOf } from '../../../src/adapters/account-registry/read-settings.ts'
import { openCloudDb } from '../../../src/adapters/cloud-db/open-cloud-db.ts'
import { openLeaseSigner } from '../../../src/adapters/lease-keys/lease-signer.ts'
import { takeLease } from '../../../src/apps/cloud/licence/take-lease.ts'
import { findAdminOfKey } from '../../../src/apps/cloud/admin/find-admin.ts'
import { LicenceKey } from '../../../src/contracts/cloud/licence.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { describeWithPostgres } from '../../support/cloud-databases.ts'
import { accountRef, DAY, device, LICENCE_NOW as NOW } from '../../support/licences.ts'
import { tempHome } from '../../support/temp-home.ts'

type Made = { licenseKey: string; id: string; userId: string; expiresAt: string | null }

/** Runs a command of a server's operator, without the environment of whoever runs the tests. */
const operator = (home: string, words: string, more: Parameters<typeof slipway>[2] = {}) =>
  slipway(home, ['cloud', ...words.split(' ')], { env: {}, now: () => NOW, ...more })

async function withDb<T>(home: string, work: (db: Awaited<ReturnType<typeof openCloudDb>>['db']) => Promise<T>) {
  const database = await openCloudDb({ kind: 'sqlite', file: join(home, 'cloud', 'cloud.db') })
  try {
    return await work(database.db)
  } finally {
    await database.close()
  }
}

const request = (licenceKey: string, userId: string) => ({
  ...{ licenceKey, userId, deviceId: device(1), accountId: accountRef(1), appVersion: '1.2.3' },
  ...{ mode: 'live' as const, takeOver: false, shown: undefined },
})

describe('slipway cloud license', () => {
  it('makes a licence that validates, and tells its key once', async () => {
    const home = tempHome()
    const run = await operator(home, 'license create --user ann@broker --plan pro --days 30 --devices 1 --json')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const made = answerOf<Made>(run)
    expect(made).toMatchObject({
      ...{ userId: userIdOf('ann@broker'), plan: 'pro', accounts: 5, devices: 1 },
      expiresAt: new Date(NOW + 30 * DAY).toISOString().replace('.000Z', 'Z'),
    })
    expect(LicenceKey.parse(made.licenseKey)).toBe(made.licenseKey)
    const { claims } = await withDb(home, (db) => takeLease(db, request(made.licenseKey, made.userId), NOW))
    expect(claims).toMatchObject({ licence_id: made.id, plan: 'pro' })

    const [list, show] = [
      await operator(home, 'license list --json'),
      await operator(home, `license show ${made.id} --json`),
    ]
    expect(answerOf(list)).toMatchObject([{ id: made.id, state: 'active', accountsUsed: 1, devicesUsed: 1 }])
    expect(answerOf(show)).toMatchObject({
      ...{ id: made.id, seats: { devices: [{ id: device(1) }] }, leases: [{ accountId: accountRef(1), fence: 1 }] },
      events: [{ kind: 'account-added' }, { kind: 'device-added' }, { kind: 'lease-taken' }, { kind: 'created' }],
    })
    for (const { stdout, stderr } of [list, show]) expect(stdout + stderr).not.toContain(made.licenseKey.slice(9))
  })

  it('tells the user by mail that it is ready, without the key, unless told not to', async () => {
    const home = tempHome()
    const make = (words: string) => operator(home, `license create --user ann --plan pro ${words}`)
    const mails = () => withDb(home, (db) => db.selectFrom('mails').select(['id', 'to_address', 'payload']).execute())
    expect(answerOf(await make('--email ann@example.com --no-mail --json'))).toMatchObject({ mail: 'none' })
    expect(answerOf(await make('--json'))).toMatchObject({ mail: 'none' })
    expect(await mails()).toEqual([])
    const made = answerOf<Made>(await make('--email ann@example.com --json'))
    expect(made).toMatchObject({ mail: 'queued' })
    const [mail] = await mails()
    expect(mail).toMatchObject({ id: `activation:${made.id}`, to_address: 'ann@example.com' })
    expect(mail!.payload).not.toContain(made.licenseKey.slice(9))
    const people = await make('--email ben@example.com')
    expect(LicenceKey.parse(people.stdout.trim())).toBeDefined()
    expect(people.stderr).toMatch(/A mail to ben@example.com says that it is ready, without the key/)
    expect(await mails()).toHaveLength(2)
  })

  it('shows people the key alone on standard output, so that it can be piped', async () => {
    const home = tempHome()
    const run = await operator(home, 'licence create --user ann --plan starter')
    expect(LicenceKey.parse(run.stdout.trim())).toBeDefined()
    expect(run.stderr).toContain('starter, 1 live accounts')
    const list = await operator(home, 'license list')
    expect(list.stdout).toMatch(/LICENCE +KEY +USER[\s\S]+starter +0\/1 +0\/1 +active/)
  })

  it('revokes, once it is confirmed, and tells the bots', async () => {
    const home = tempHome()
    const { id, licenseKey, userId } = answerOf<Made>(
      await operator(home, 'license create --user ann --plan pro --json'),
    )
    expect(refusalOf(await operator(home, `license revoke ${id} --json`)).code).toBe('bad-usage')
    expect((await operator(home, `license revoke ${id} --reason stolen --yes`)).stdout).toContain('is revoked')
    await withDb(home, async (db) => {
      await expect(takeLease(db, request(licenseKey, userId), NOW)).rejects.toMatchObject({ code: 'license_revoked' })
      expect(await db.selectFrom('pushes').select('topic').execute()).toEqual([{ topic: 'licence' }])
    })
    const gone = answerOf<object[]>(await operator(home, 'license list --state revoked --json'))
    expect(gone).toMatchObject([{ id, revokedReason: 'stolen' }])
    expect(answerOf<object[]>(await operator(home, 'license list --state active --json'))).toEqual([])
  })

  it('frees the seat and the accounts of a device that is gone, once that is confirmed', async () => {
    const home = tempHome()
    const made = answerOf<Made>(await operator(home, 'license create --user ann --plan starter --json'))
    await withDb(home, (db) => takeLease(db, request(made.licenseKey, made.userId), NOW))
    const words = `license forget-device ${made.id} ${device(1)} --gone --json`
    expect(refusalOf(await operator(home, words)).code).toBe('bad-usage')
    expect(answerOf(await operator(home, `${words} --yes`))).toEqual({
      id: made.id,
      device: device(1),
      forgotten: true,
    })
    const other = { ...request(made.licenseKey, made.userId), deviceId: device(2) }
    expect((await withDb(home, (db) => takeLease(db, other, NOW))).claims.fence).toBe(3)
  })

  it('exchanges a key that was seen, and frees the seat of a device', async () => {
    const home = tempHome()
    const made = answerOf<Made>(await operator(home, 'license create --user ann --plan pro --json'))
    await withDb(home, (db) => takeLease(db, request(made.licenseKey, made.userId), NOW))
    const held = await operator(home, `license forget-device ${made.id} ${device(1)} --json`)
    expect(refusalOf(held)).toMatchObject({ nextStep: expect.stringContaining('--gone') as string })
    expect(refusalOf(held).message).toContain('holds a live account')
    const later = { now: () => epochMs(NOW + 8 * DAY) }
    const freed = await operator(home, `license forget-device ${made.id} ${device(1)} --json`, later)
    expect(answerOf(freed)).toEqual({ id: made.id, device: device(1), forgotten: true })
    const { licenseKey } = answerOf<Made>(await operator(home, `license new-key ${made.id} --json`))
    await withDb(home, async (db) => {
      await expect(takeLease(db, request(made.licenseKey, made.userId), NOW)).rejects.toMatchObject({
        code: 'license_invalid',
      })
      expect((await takeLease(db, request(licenseKey, made.userId), NOW)).claims.licence_id).toBe(made.id)
    })
  })

  it.each([
    ['license create --user ann --plan gold', 'Use starter, pro, team.'],
    ['license create --user ann --plan pro --accounts 0', 'Give a whole number from 1 to 10000.'],
    ['license create --user ann --plan pro --days 1e9', 'Give a whole number from 1 to 36500.'],
    ['license create --user ann --plan pro --email a@b', 'Give one address.'],
    ['license create --plan pro', 'slipway cloud license create --help'],
    ['license show lic_0', 'slipway cloud license list'],
    ['license revoke lic_0 --yes', 'slipway cloud license list'],
    ['license new-key lic_0', 'slipway cloud license list'],
    ['license list --state gone', 'Use active, expired or revoked.'],
    ['admin-key create --role god --label Ann', 'Use owner, support, calendar, reader.'],
    ['admin-key rotate adm_0', 'slipway cloud admin-key list'],
    ['admin-key revoke adm_0', 'slipway cloud admin-key list'],
  ])('refuses %s with what to do instead', async (words, nextStep) => {
    const run = await operator(tempHome(), `${words} --json`)
    expect(run.code).toBe(2)
    expect(refusalOf(run).nextStep).toContain(nextStep)
  })
})

describeWithPostgres('slipway cloud license on PostgreSQL', (open) => {
  it('works on the database of the environment, and leaves the home alone', async () => {
    const { db, options } = await open()
    const home = tempHome()
    const env = { DATABASE_URL: options.kind === 'postgres' ? options.url : '' }
    const made = answerOf<Made>(await operator(home, 'license create --user ann --plan team --json', { env }))
    expect((await takeLease(db, request(made.licenseKey, made.userId), NOW)).claims.plan).toBe('team')
    expect(existsSync(join(home, 'cloud'))).toBe(false)
  })
})

describe('slipway cloud license free-account', () => {
  it('gives an account free, or to the user it belongs to, and writes it down', async () => {
    const home = tempHome()
    const keyOf = async (user: string) =>
      answerOf<Made>(await operator(home, `license create --user ${user} --plan pro --json`))
    const [squatter, owner] = [await keyOf('sam@broker'), await keyOf('ann@broker')]
    const take = ({ licenseKey, userId }: Made) => withDb(home, (db) => takeLease(db, request(licenseKey, userId), NOW))
    await take(squatter)
    await expect(take(owner)).rejects.toMatchObject({ code: 'account_foreign' })
    const free = (more: string) => operator(home, `license free-account ${accountRef(1)} ${more} --json`)
    expect(refusalOf(await free('--to ann@broker')).code).toBe('bad-usage')
    expect(answerOf(await free('--to ann@broker --reason squatted --yes'))).toEqual({
      ...{ account: accountRef(1), userId: owner.userId, freed: true },
    })
    await expect(take(squatter)).rejects.toMatchObject({ code: 'account_foreign' })
    await take(owner)
    expect(answerOf(await free('--yes'))).toMatchObject({ userId: null, freed: true })
    expect(refusalOf(await free('--yes')).code).toBe('bad-usage')
    expect(refusalOf(await operator(home, 'license free-account 123 --yes --json')).code).toBe('bad-usage')
    await take(squatter)
    const written = await withDb(home, async (db) => [
      await db.selectFrom('admin_audit').select(['action', 'detail']).execute(),
      await db.selectFrom('licence_events').select('detail').where('kind', '=', 'lease-freed').execute(),
    ])
    expect(written[0]!.slice(0, 2)).toEqual([
      { action: 'leases.free', detail: `for ${owner.userId}: squatted` },
      { action: 'leases.free', detail: 'for all: freed at the command line' },
    ])
    expect(written[1]).toMatchObject([{ detail: `${accountRef(1)} for ${owner.userId}: squatted` }, {}])
  })
})

describe('slipway cloud admin-key', () => {
  it('makes, lists, rotates and revokes keys, and writes each down', async () => {
    const home = tempHome()
    const words = ['cloud', 'admin-key', 'create', '--role', 'support', '--label', 'Ann, support', '--json']
    const made = answerOf<{ adminKey: string; id: string }>(await slipway(home, words, { env: {}, now: () => NOW }))
    const find = (key: string) => withDb(home, (db) => findAdminOfKey(db, () => `Bearer ${key}`, NOW))
    expect(await find(made.adminKey)).toEqual({ keyId: made.id, role: 'support', label: 'Ann, support' })

    const { adminKey } = answerOf<{ adminKey: string }>(await operator(home, `admin-key rotate ${made.id} --json`))
    expect([await find(made.adminKey), (await find(adminKey))?.keyId]).toEqual([undefined, made.id])
    await operator(home, `admin-key revoke ${made.id}`)
    expect(await find(adminKey)).toBeUndefined()

    const list = await operator(home, 'admin-key list --json')
    expect(answerOf(list)).toMatchObject([{ id: made.id, role: 'support', label: 'Ann, support' }])
    expect(list.stdout).not.toContain('sla_')
    const audit = await withDb(home, (db) => db.selectFrom('admin_audit').select(['action', 'key_id']).execute())
    expect(audit.map(({ action }) => action)).toEqual(['admin-keys.create', 'admin-keys.rotate', 'admin-keys.revoke'])
  })
})

describe('slipway cloud signing-key', () => {
  it('makes keys beforehand, shows them without a secret, and rotates them under a running server', async () => {
    const home = tempHome()
    await operator(home, 'signing-key create')
    const folder = join(home, 'cloud', 'keys')
    const signer = openLeaseSigner(folder, NOW)
    const before = signer.publicKeys()
    expect(refusalOf(await operator(home, 'signing-key rotate --json')).nextStep).toContain('tomorrow')
    const tomorrow = { now: () => epochMs(NOW + DAY) }
    const rotated = await operator(home, 'signing-key rotate --json', tomorrow)
    expect(answerOf(rotated)).toMatchObject([
      { kid: before[1]!.kid, role: 'current' },
      { role: 'next' },
      { kid: before[0]!.kid, role: 'last' },
    ])
    expect(signer.publicKeys()[0]).toEqual(before[1])
    const secrets = [...readFileSync(join(folder, 'lease-keys.json'), 'utf8').matchAll(/"private_key": "([^"]+)"/g)]
    expect(secrets).toHaveLength(2)
    for (const [, secret = ''] of secrets) expect(rotated.stdout).not.toContain(secret)
  })

  it('asks before leases that are out count for nothing any more', async () => {
    const home = tempHome()
    await operator(home, 'signing-key create')
    expect(refusalOf(await operator(home, 'signing-key rotate --leaked --json')).code).toBe('bad-usage')
    const rotated = answerOf<{ role: string }[]>(await operator(home, 'signing-key rotate --leaked --yes --json'))
    expect(rotated.map(({ role }) => role)).toEqual(['current', 'next'])
  })
})
