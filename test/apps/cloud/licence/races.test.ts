import fc from 'fast-check'
import { expect, it } from 'vitest'
import { takeLease, type LeaseRequest } from '../../../../src/apps/cloud/licence/take-lease.ts'
import { CloudRefused } from '../../../../src/apps/cloud/cloud-call.ts'
import { releaseHold } from '../../../../src/adapters/cloud-db/lease-records.ts'
import type { LeaseClaims } from '../../../../src/contracts/cloud/licence.ts'
import { holdState } from '../../../../src/domain/licence/judge-account.ts'
import { epochMs, type EpochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { accountRef, DAY, device, HOUR, LICENCE_NOW as NOW, makeLicence, USER } from '../../../support/licences.ts'

const request = (licenceKey: string, deviceNumber: number, account: number): LeaseRequest => ({
  ...{ licenceKey, userId: USER, deviceId: device(deviceNumber), accountId: accountRef(account) },
  ...{ appVersion: '1.2.3', mode: 'live', takeOver: false, shown: undefined },
})

const codeOf = (error: unknown) => {
  if (error instanceof CloudRefused) return error.code
  throw error
}

describeOnBothDatabases('devices that ask at the same moment', (open) => {
  it('get an account that nobody had: one of them does', async () => {
    const opened = await open()
    const instances = [opened.db, (await opened.again()).db, (await opened.again()).db]
    const { key } = await makeLicence(opened.db, { plan: 'team', devices: 100, accounts: 100 })
    for (let account = 1; account <= 10; account++) {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          takeLease(instances[n % 3]!, request(key, n, account), NOW).then(({ claims }) => claims.fence, codeOf),
        ),
      )
      expect(answers.map(String).toSorted((a, b) => a.localeCompare(b))).toEqual([
        '1',
        ...Array<string>(11).fill('account_held'),
      ])
    }
  })

  it('get the last seat: one of them does, whatever accounts they ask for', async () => {
    const opened = await open()
    const other = await opened.again()
    const { key } = await makeLicence(opened.db, { devices: 3, accounts: 2 })
    await takeLease(opened.db, request(key, 0, 0), NOW)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        takeLease((n % 2 === 0 ? opened : other).db, request(key, 0, n + 1), NOW).then(() => 'taken', codeOf),
      ),
    )
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1)
    const devices = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        takeLease((n % 2 === 0 ? opened : other).db, { ...request(key, n + 1, n), mode: 'paper' }, NOW).then(
          () => 'taken',
          codeOf,
        ),
      ),
    )
    expect(devices.filter((answer) => answer === 'taken')).toHaveLength(2)
  })

  it('take an account over: each in turn, each with a fence of its own', async () => {
    const opened = await open()
    const other = await opened.again()
    const { key } = await makeLicence(opened.db, { plan: 'team', devices: 50 })
    const fences = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const asked = { ...request(key, n, 1), takeOver: true }
        return (await takeLease((n % 2 === 0 ? opened : other).db, asked, NOW)).claims.fence
      }),
    )
    expect(fences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1))
  })
})

/** What bots and people do, in any order. */
const deeds = fc.array(
  fc.record({
    deed: fc.constantFrom('start', 'renew', 'stop', 'take-over'),
    device: fc.nat(2),
    hours: fc.constantFrom(0, 1, 30, 100, 170),
  }),
  { maxLength: 25 },
)

describeOnBothDatabases('an account over its life', (open) => {
  it('never has two devices with a lease that is worth anything, a person aside who takes it over', async () => {
    const { db } = await open()
    const { key } = await makeLicence(db, { plan: 'team', accounts: 1_000 })
    let account = 0
    await fc.assert(
      fc.asyncProperty(deeds, async (all) => {
        account++
        let [now, fence] = [NOW, 0]
        /** Leases that bots trade on. */
        const trading = new Map<number, LeaseClaims>()
        /** Leases that were taken over, and whose bots do not know it yet. */
        const lost = new Map<number, LeaseClaims>()
        for (const { deed, device: by, hours } of all) {
          now = epochMs(now + hours * HOUR)
          for (const [one, { grace_until }] of trading) if (now >= grace_until * 1_000) trading.delete(one)
          const lease = trading.get(by)
          if (deed === 'stop') {
            if (lease) await releaseHold(db, holdOf(lease), now)
            trading.delete(by)
            continue
          }
          const shown = deed === 'renew' ? (lease ?? lost.get(by)) : undefined
          if (deed === 'renew' && !shown) continue
          const asked = { ...request(key, by, account), takeOver: deed === 'take-over', shown }
          const answer = await takeLease(db, asked, now).then(({ claims }) => claims, codeOf)
          if (deed === 'take-over') {
            for (const [one, old] of trading) if (one !== by) lost.set(one, old)
            trading.clear()
          }
          if (shown && !lease) expect(answer).toBe('lease_lost')
          lost.delete(by)
          if (typeof answer === 'string') {
            expect(['account_held', 'lease_lost']).toContain(answer)
            if (answer === 'lease_lost') trading.delete(by)
            continue
          }
          trading.set(by, answer)
          expect(answer.fence).toBeGreaterThanOrEqual(fence)
          fence = answer.fence
          expect([...trading.keys()]).toEqual([by])
        }
        await isConsistent(now)
      }),
      { numRuns: 40 },
    )
    async function isConsistent(now: EpochMs) {
      for (const row of await db.selectFrom('account_leases').selectAll().execute()) {
        expect(row.expires_at - row.renewed_at).toBe(7 * DAY)
        const hold = { heldUntil: row.expires_at as EpochMs, releasedAt: row.released_at as EpochMs | null }
        expect(['held', 'released', 'expired']).toContain(holdState(hold, now))
      }
    }
  })
})

const holdOf = ({ account_id, device_id, jti }: LeaseClaims) => ({
  ...{ accountId: account_id, deviceId: device_id, jti },
})
