import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Asked, CloudAsk, CloudTrouble } from '../../../src/adapters/cloud/ask.ts'
import { openLeaseKeeper, type LeaseKeeper } from '../../../src/adapters/cloud/lease-keeper.ts'
import { readLeaseFile } from '../../../src/adapters/cloud/lease-file.ts'
import { signText } from '../../../src/adapters/lease-keys/signed-text.ts'
import type { LeaseClaims } from '../../../src/contracts/cloud/licence.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { DEVICE, USER } from '../../support/cloud-questions.ts'
import { ACCOUNT_REF, claimsAt, LICENCE_KEY, signedLease, testKey, type TestKey } from '../../support/leases.ts'
import { tempHome } from '../../support/temp-home.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.UTC(2026, 9, 5, 12)

/** A bot's place: its clocks, its file, and a cloud that does what a test says. */
class Place {
  readonly file = join(tempHome(), 'lease.json')
  readonly key = testKey()
  wall = START
  elapsed = 0
  readonly said: string[] = []
  readonly asked: { path: string; lease: string | undefined; input: Record<string, unknown> }[] = []
  cloud: (path: string) => Asked<unknown> = () => trouble('unreachable', 'The cloud can not be reached.')

  open(more: Partial<Parameters<typeof openLeaseKeeper>[0]> = {}): LeaseKeeper {
    const ask = ((route, input, options = {}) => {
      this.asked.push({ path: route.path, lease: options.lease, input: input as Record<string, unknown> })
      return Promise.resolve(this.cloud(route.path))
    }) as CloudAsk
    return openLeaseKeeper({
      ...{ file: this.file, deviceId: DEVICE, userId: USER, accountRef: ACCOUNT_REF, appVersion: '0.1.0', ask },
      ...{ keys: [this.key.publicKey], licenceKey: LICENCE_KEY, random: () => 0.5, changed: () => undefined },
      ...{ now: () => epochMs(this.wall), monotonic: () => this.elapsed },
      say: (level, event) => this.said.push(`${level} ${event}`),
      ...more,
    })
  }

  /** Both clocks go on. */
  pass(ms: number): void {
    this.wall += ms
    this.elapsed += ms
  }

  gives(claims: Partial<LeaseClaims> = {}, key: TestKey = this.key): void {
    this.cloud = () => answer(signedLease(claimsAt(this.wall, claims), key))
  }

  /** A keeper that was given a lease, and whose cloud is gone since. */
  async leased(claims: Partial<LeaseClaims> = {}): Promise<LeaseKeeper> {
    this.gives(claims)
    const keeper = this.open()
    await keeper.check()
    if (keeper.view().rung !== 'fresh') throw new Error('no lease to begin with')
    this.cloud = () => trouble('unreachable', "The cloud can't be reached: nothing listens there.")
    return keeper
  }
}

function answer(lease: string): Asked<unknown> {
  return { kind: 'answer', value: { valid: true, plan: 'pro', expires_at: null, lease, server_time: '' } }
}

function trouble(kind: CloudTrouble['kind'], message: string, code?: CloudTrouble['code']): Asked<never> {
  const failure = { kind, message, nextStep: 'Do something.', requestId: 'r', ...(code ? { code } : {}) }
  return { kind: 'failed', failure }
}

describe('the lease of a live account', () => {
  it('allows entries from the moment the server gives it, and not before', async () => {
    const place = new Place()
    place.gives()
    const keeper = place.open()
    expect(keeper.view()).toMatchObject({ rung: 'missing', isSaid: false, verdict: { entries: 'refused' } })
    await keeper.check()
    expect(keeper.view()).toMatchObject({ rung: 'fresh', verdict: { entries: 'allowed' } })
    expect(place.asked[0]).toMatchObject({
      path: '/api/license/validate',
      lease: undefined,
      input: { license_key: LICENCE_KEY, user_id: USER, device_id: DEVICE, account_id: ACCOUNT_REF, mode: 'live' },
    })
  })

  it('is worth less by its age: fresh, silent, a warning, and at last no entries, each at its edge', async () => {
    const place = new Place()
    const keeper = await place.leased()
    const rungs = [
      [DAY - 1, 'fresh'],
      [1, 'silent'],
      [2 * DAY - 1, 'silent'],
      [1, 'warn'],
      [4 * DAY - 1, 'warn'],
      [1, 'ended'],
    ] as const
    for (const [ms, rung] of rungs) {
      place.pass(ms)
      expect(keeper.view().rung).toBe(rung)
    }
    expect(keeper.view().verdict).toMatchObject({ entries: 'refused', code: 'licence-refused' })
    expect(place.said).toEqual([
      'info licence-fresh',
      'info licence-silent',
      'warn licence-warn',
      'error licence-ended',
    ])
  })

  it('lets a bot start without the cloud, as far as it reaches', async () => {
    const place = new Place()
    await place.leased()
    place.pass(30 * HOUR)
    place.elapsed = 0
    const again = place.open()
    expect(again.view()).toMatchObject({ rung: 'silent', verdict: { entries: 'allowed' } })
    await again.check()
    expect(again.view().rung).toBe('silent')
    expect(again.token()).toBe(readLeaseFile(place.file).token)
  })

  it('shows its last lease when it renews, so that it learns when the account was taken over', async () => {
    const place = new Place()
    const keeper = await place.leased()
    const first = keeper.token()
    place.pass(HOUR)
    place.gives()
    await keeper.check()
    expect(place.asked[1]!.lease).toBe(first)
    expect(keeper.token()).not.toBe(first)
  })

  it('is not asked for without a licence key, and a stored one serves all the same', async () => {
    const place = new Place()
    await place.leased()
    const keeper = place.open({ licenceKey: undefined })
    await keeper.check()
    expect(place.asked).toHaveLength(1)
    expect(keeper.view().verdict.entries).toBe('allowed')
    rmSync(place.file)
    expect(place.open({ licenceKey: undefined }).view().verdict).toMatchObject({ code: 'licence-missing' })
  })
})

describe("the server's no", () => {
  for (const code of [
    'license_invalid',
    'license_expired',
    'license_revoked',
    'seat_limit',
    'account_foreign',
  ] as const)
    it(`stops entries at once, also after a restart without the cloud: ${code}`, async () => {
      const place = new Place()
      const keeper = await place.leased()
      place.cloud = () => trouble('refused', 'No more.', code)
      await keeper.check()
      expect(keeper.view()).toMatchObject({
        rung: 'refused',
        verdict: { entries: 'refused', message: 'No more. Do something.' },
      })
      expect(place.said.at(-1)).toBe('error licence-refused')
      expect(keeper.token()).toBeUndefined()
      place.cloud = () => trouble('unreachable', 'Gone.')
      const again = place.open()
      await again.check()
      expect(again.view().rung).toBe('refused')
      place.gives()
      await again.check()
      expect(again.view().rung).toBe('fresh')
    })

  it('that the account was taken over is said loudly, and the bot does not fight for it', async () => {
    const place = new Place()
    const keeper = await place.leased()
    place.cloud = () => trouble('refused', 'Another device has taken the account over.', 'lease_lost')
    await keeper.check()
    expect(place.said.at(-1)).toBe('error lease-lost')
    expect(keeper.view().verdict.entries).toBe('refused')
    place.gives()
    await keeper.check()
    expect(keeper.view().rung).toBe('refused')
    const restarted = place.open()
    await restarted.check()
    expect(place.asked.at(-1)!.lease).toBeUndefined()
    expect(restarted.view().rung).toBe('fresh')
  })

  it('is no answer where it is none: garbage, rate limits, 500s leave the ladder as it is', async () => {
    const place = new Place()
    const keeper = await place.leased()
    for (const kind of ['lost', 'rate-limited', 'resting', 'cancelled', 'invalid'] as const) {
      place.cloud = () => trouble(kind, 'Hm.')
      await keeper.check()
      expect(keeper.view()).toMatchObject({ rung: 'fresh', verdict: { entries: 'allowed' } })
    }
    place.cloud = () => trouble('refused', 'Bad body.', 'body_invalid')
    await keeper.check()
    expect(keeper.view().rung).toBe('fresh')
  })
})

describe('a forged lease', () => {
  const forgeries: Readonly<Record<string, (place: Place) => string>> = {
    'signed with a key that is not trusted': ({ wall }) => signedLease(claimsAt(wall), testKey()),
    'named after a trusted key and signed with another': ({ wall, key }) => {
      const other = testKey()
      return signText('slipway-lease', claimsAt(wall), key.publicKey.kid, other.privateKey)
    },
    'without a signature, alg:none': ({ wall, key }) => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const header = { alg: 'none', typ: 'slipway-lease', kid: key.publicKey.kid }
      return `${part(header)}.${part(claimsAt(wall))}.${'A'.repeat(86)}`
    },
    'of another device': ({ wall, key }) => signedLease(claimsAt(wall, { device_id: 'device-other' }), key),
    'of another account': ({ wall, key }) => signedLease(claimsAt(wall, { account_id: 'f'.repeat(32) }), key),
    'a key set in the place of a lease': ({ key }) =>
      signText('slipway-keys', { keys: [key.publicKey], iat: 1 }, key.publicKey.kid, key.privateKey),
  }
  for (const [what, forge] of Object.entries(forgeries)) {
    it(`is worth nothing when the server answers it: ${what}`, async () => {
      const place = new Place()
      place.cloud = (path) => (path.endsWith('keys') ? trouble('lost', 'Hm.') : answer(forge(place)))
      const keeper = place.open()
      await keeper.check()
      expect(keeper.view().verdict.entries).toBe('refused')
    })

    it(`is worth nothing when it lies in the file: ${what}`, () => {
      const place = new Place()
      mkdirSync(join(place.file, '..'), { recursive: true })
      const kept = { version: 1, token: forge(place), floorMs: 0, refused: null, released: false, trouble: null }
      writeFileSync(place.file, JSON.stringify(kept))
      expect(place.open().view().verdict.entries).toBe('refused')
    })
  }

  it('that is an old one again does not take the place of a newer one', async () => {
    const place = new Place()
    const keeper = await place.leased()
    const newest = keeper.token()
    place.cloud = () => answer(signedLease(claimsAt(START - 6 * DAY), place.key))
    await keeper.check()
    expect(keeper.token()).toBe(newest)
    expect(keeper.view().rung).toBe('fresh')
  })

  it('is told from one with a new key that a trusted key vouches for', async () => {
    const place = new Place()
    const next = testKey()
    const keys = [place.key.publicKey, next.publicKey]
    place.cloud = (path) =>
      path.endsWith('/keys')
        ? {
            kind: 'answer',
            value: {
              keys,
              signed: signText('slipway-keys', { keys, iat: 1 }, place.key.publicKey.kid, place.key.privateKey),
            },
          }
        : answer(signedLease(claimsAt(place.wall), next))
    const keeper = place.open()
    await keeper.check()
    expect(keeper.view().rung).toBe('fresh')
  })
})

describe('a clock that is moved', () => {
  it('back, freezes grace: nothing expires, nothing is won, and a new lease is asked for', async () => {
    const place = new Place()
    const keeper = await place.leased()
    place.pass(2 * DAY)
    expect(keeper.view().rung).toBe('silent')
    keeper.start()
    await keeper.check()
    const before = place.asked.length
    place.wall -= 300 * DAY
    place.pass(6 * 60_000)
    expect(keeper.view()).toMatchObject({ rung: 'silent', isSaid: true, verdict: { entries: 'allowed' } })
    await keeper.check()
    expect(place.asked.length).toBeGreaterThan(before)
    place.pass(5 * DAY)
    expect(keeper.view().rung).toBe('ended')
    keeper.close()
  })

  it('back before a restart, wins nothing either: what was known for certain is kept', async () => {
    const place = new Place()
    const keeper = await place.leased()
    place.pass(6 * DAY)
    await keeper.check()
    place.wall = START - 100 * DAY
    place.elapsed = 0
    const again = place.open()
    expect(again.view().rung).toBe('warn')
    place.pass(DAY)
    expect(again.view().rung).toBe('ended')
  })

  it('forward, is believed as long as nobody knows better, and leaves no mark', async () => {
    const place = new Place()
    const keeper = await place.leased()
    const other = place.open()
    place.wall += 30 * DAY
    expect(other.view().rung).toBe('ended')
    place.wall -= 30 * DAY
    expect(other.view()).toMatchObject({ rung: 'fresh', isSaid: false })
    expect(keeper.view().rung).toBe('fresh')
  })

  it('is a year off from the start, does not matter while the server tells the time', async () => {
    const place = new Place()
    place.wall = START - 365 * DAY
    place.cloud = () => answer(signedLease(claimsAt(START), place.key))
    const keeper = place.open()
    await keeper.check()
    place.pass(HOUR)
    expect(keeper.view()).toMatchObject({ rung: 'fresh', isSaid: false })
  })
})

describe('giving the account free', () => {
  it('is asked for with the newest lease, and the stored one counts for nothing after it', async () => {
    const place = new Place()
    const keeper = await place.leased({ fence: 7 })
    const lease = keeper.token()
    place.cloud = () => ({ kind: 'answer', value: { released: true } })
    await keeper.release(2_000)
    expect(place.asked.at(-1)).toMatchObject({ path: '/api/license/release', lease, input: { fence: 7 } })
    expect(place.open().view().verdict.entries).toBe('refused')
  })

  it('keeps the lease where the cloud has not heard of it, so that a start without the cloud goes on', async () => {
    const place = new Place()
    const keeper = await place.leased()
    await keeper.release(2_000)
    expect(place.open().view().verdict.entries).toBe('allowed')
  })

  it('is taken for done where nobody knows, and when the process dies in the middle', async () => {
    const place = new Place()
    const keeper = await place.leased()
    place.cloud = () => {
      expect(readLeaseFile(place.file).released).toBe(true)
      return trouble('cancelled', 'Too late.')
    }
    await keeper.release(2_000)
    expect(place.open().view().verdict.entries).toBe('refused')
  })
})

describe('the file of a lease', () => {
  it('has no licence key in it, and what is damaged counts as none', async () => {
    const place = new Place()
    await place.leased()
    expect(readFileSync(place.file, 'utf8')).not.toContain(LICENCE_KEY)
    for (const text of ['', '{', '[]', '{"version":2}', 'null']) {
      writeFileSync(place.file, text)
      expect(place.open().view().rung).toBe('missing')
    }
  })
})
