import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLeaseFile } from '../../../src/adapters/cloud/lease-file.ts'
import { leaseTimes } from '../../../src/domain/licence/grace-ladder.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { DEVICE, USER } from '../../support/cloud-questions.ts'
import { answer, DAY, HOUR, LeasePlace, START, trouble } from '../../support/lease-place.ts'
import { ACCOUNT_REF, claimsAt, LICENCE_KEY, signedLease, testKey } from '../../support/leases.ts'

describe('the lease of a live account', () => {
  it('allows entries from the moment the server gives it, and not before', async () => {
    const place = new LeasePlace()
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
    const place = new LeasePlace()
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
    const place = new LeasePlace()
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
    const place = new LeasePlace()
    const keeper = await place.leased()
    const first = keeper.token()
    place.pass(HOUR)
    place.gives()
    await keeper.check()
    expect(place.asked[1]!.lease).toBe(first)
    expect(keeper.token()).not.toBe(first)
  })

  it('is shown to no cloud whose keys did not sign it: it would turn every question away', async () => {
    const place = new LeasePlace()
    await place.leased()
    const keeper = place.open({ trusted: { keys: [testKey().publicKey] } })
    expect(keeper.view().rung).toBe('missing')
    expect(keeper.token()).toBeUndefined()
  })

  it('is not asked for without a licence key, and a stored one serves all the same', async () => {
    const place = new LeasePlace()
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
      const place = new LeasePlace()
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
    const place = new LeasePlace()
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
    const place = new LeasePlace()
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

describe('a clock that is moved', () => {
  it('back, freezes grace: nothing expires, nothing is won, and a new lease is asked for', async () => {
    const place = new LeasePlace()
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
    const place = new LeasePlace()
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
    const place = new LeasePlace()
    const keeper = await place.leased()
    const other = place.open()
    place.wall += 30 * DAY
    expect(other.view().rung).toBe('ended')
    place.wall -= 30 * DAY
    expect(other.view()).toMatchObject({ rung: 'fresh', isSaid: false })
    expect(keeper.view().rung).toBe('fresh')
  })

  it('is a year off from the start, does not matter while the server tells the time', async () => {
    const place = new LeasePlace()
    place.wall = START - 365 * DAY
    place.gives({ ...leaseTimes(epochMs(START), null) })
    const keeper = place.open()
    await keeper.check()
    place.pass(HOUR)
    expect(keeper.view()).toMatchObject({ rung: 'fresh', isSaid: false })
  })
})

describe('giving the account free', () => {
  it('is asked for with the newest lease, and the stored one counts for nothing after it', async () => {
    const place = new LeasePlace()
    const keeper = await place.leased({ fence: 7 })
    const lease = keeper.token()
    place.cloud = () => ({ kind: 'answer', value: { released: true } })
    await keeper.release(2_000)
    expect(place.asked.at(-1)).toMatchObject({ path: '/api/license/release', lease, input: { fence: 7 } })
    expect(place.open().view().verdict.entries).toBe('refused')
  })

  it('keeps the lease where the cloud has not heard of it, so that a start without the cloud goes on', async () => {
    const place = new LeasePlace()
    const keeper = await place.leased()
    await keeper.release(2_000)
    expect(place.open().view().verdict.entries).toBe('allowed')
  })

  it('is not made where it could not be written down: the next start would trade on a lease given away', async () => {
    const place = new LeasePlace()
    const keeper = await place.leased()
    // A folder in its place can't be replaced by a file, as on a disk that takes no more.
    rmSync(place.file)
    mkdirSync(join(place.file, 'in-the-way'), { recursive: true })
    await keeper.release(2_000)
    expect(place.asked.map(({ path }) => path)).not.toContain('/api/license/release')
    expect(place.said).toContain('warn lease-not-kept')
  })

  it('waits for a renewal that is under way, since only the newest lease gives the account free', async () => {
    const place = new LeasePlace()
    const keeper = await place.leased({ fence: 7 })
    const before = keeper.token()
    const slow = Promise.withResolvers<void>()
    const renewed = (nonce: string) =>
      answer(signedLease(claimsAt(START, { fence: 7, jti: 'f'.repeat(32), nonce }), place.key))
    place.cloud = async (path, nonce) => {
      if (path === '/api/license/release') return { kind: 'answer', value: { released: true } }
      await slow.promise
      return renewed(nonce)
    }
    void keeper.check()
    const released = keeper.release(2_000)
    slow.resolve()
    await released
    const { path, lease } = place.asked.at(-1)!
    expect(path).toBe('/api/license/release')
    expect(lease).not.toBe(before)
    expect(lease).toBe(readLeaseFile(place.file).token)
    expect(place.open().view().verdict.entries).toBe('refused')
  })

  it('is not undone by a renewal that comes too late, and nothing is asked for after it', async () => {
    const place = new LeasePlace()
    const keeper = await place.leased()
    const slow = Promise.withResolvers<void>()
    place.cloud = async (path, nonce) => {
      if (path === '/api/license/release') return { kind: 'answer', value: { released: true } }
      await slow.promise
      return answer(signedLease(claimsAt(START, { nonce }), place.key))
    }
    const asking = keeper.check()
    await keeper.release(20)
    slow.resolve()
    await asking
    await keeper.check()
    expect(place.asked.filter(({ path }) => path === '/api/license/validate')).toHaveLength(2)
    expect(readLeaseFile(place.file).released).toBe(true)
  })

  it('is taken for done where nobody knows, and when the process dies in the middle', async () => {
    const place = new LeasePlace()
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
    const place = new LeasePlace()
    await place.leased()
    expect(readFileSync(place.file, 'utf8')).not.toContain(LICENCE_KEY)
    for (const text of ['', '{', '[]', '{"version":2}', 'null']) {
      writeFileSync(place.file, text)
      expect(place.open().view().rung).toBe('missing')
    }
  })
})
