import { expect, it } from 'vitest'
import { storeStripeEvent } from '../../../../src/adapters/cloud-db/subscription-records.ts'
import { releaseHold } from '../../../../src/adapters/cloud-db/lease-records.ts'
import { listLicences } from '../../../../src/adapters/cloud-db/licence-listings.ts'
import { transact } from '../../../../src/adapters/cloud-db/transact.ts'
import { CloudRefused } from '../../../../src/apps/cloud/cloud-call.ts'
import { forgetIdleDevice } from '../../../../src/apps/cloud/licence/licence-handlers.ts'
import { renewKey } from '../../../../src/apps/cloud/licence/renew-key.ts'
import { revokeLicence } from '../../../../src/apps/cloud/licence/revoke-licence.ts'
import { takeLease } from '../../../../src/apps/cloud/licence/take-lease.ts'
import { processStripeEvent } from '../../../../src/apps/cloud/stripe/process-event.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { accountRef, device, LICENCE_NOW as NOW, makeLicence, USER } from '../../../support/licences.ts'
import { checkout, paid, updated } from '../../../support/stripe.ts'

/** Numbers from 0 to below `most`, the same in every run. */
function dice(seed: number) {
  let state = seed
  return (most: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
}

describeOnBothDatabases('a crowd at three instances', (open) => {
  it('is served without a failure, whatever they do at once, and no rule is broken', async () => {
    const opened = await open()
    const instances = [opened.db, (await opened.again()).db, (await opened.again()).db]
    const licences = await Promise.all(
      Array.from({ length: 4 }, () => makeLicence(opened.db, { devices: 4, accounts: 5 })),
    )
    const events = [checkout(), updated(), paid(), paid({ days: 60 }), updated({ plan: 'team', at: NOW / 1_000 + 9 })]
    const roll = dice(20_261_121)
    const fences = new Map<number, Set<string>>()
    const other: unknown[] = []

    const deed = async (n: number): Promise<void> => {
      const db = instances[n % 3]!
      const licence = licences[roll(4)]!
      const by = { actor: 'cli', at: NOW }
      const [d, account] = [roll(6), roll(8)]
      switch (roll(12)) {
        case 0: {
          const row = await db
            .selectFrom('account_leases')
            .selectAll()
            .where('account_id', '=', accountRef(account))
            .executeTakeFirst()
          const lease = row && { accountId: row.account_id, deviceId: row.device_id, jti: row.jti }
          if (lease) await transact(db, (trx) => releaseHold(trx, lease, NOW))
          return
        }
        case 1:
          return void (await forgetIdleDevice(db, licence.id, device(d), by))
        case 2: {
          const event = events[roll(events.length)]!
          const stored = { id: event.id, type: event.type, payload: JSON.stringify(event), createdAt: NOW }
          await storeStripeEvent(db, stored, NOW)
          return void (await processStripeEvent(db, event.id, NOW))
        }
        case 3:
          if (n === 150) await revokeLicence(db, licences[3]!.id, 'in the middle', by)
          return
        case 4:
          if (n === 200) await renewKey(db, licences[2]!.id, by)
          return
        default: {
          const request = {
            ...{ licenceKey: licence.key, userId: USER, deviceId: device(d), accountId: accountRef(account) },
            ...{ appVersion: '1.2.3', mode: 'live' as const, takeOver: roll(4) === 0, shown: undefined },
          }
          const { claims } = await takeLease(db, request, epochMs(NOW + n))
          const holders = fences.get(account * 1_000 + claims.fence) ?? new Set()
          fences.set(account * 1_000 + claims.fence, holders.add(claims.device_id))
        }
      }
    }
    // Twelve at a time, as connections allow; refusals are answers, everything else is a failure.
    let next = 0
    const worker = async () => {
      while (next < 300)
        await deed(next++).catch((error: unknown) => {
          if (!(error instanceof CloudRefused)) other.push(error)
        })
    }
    await Promise.all(Array.from({ length: 12 }, worker))

    expect(other).toEqual([])
    // One fence of an account is one device's.
    for (const holders of fences.values()) expect(holders.size).toBe(1)
    expect(fences.size).toBeGreaterThan(8)
    for (const one of await listLicences(opened.db, { limit: 50 }, NOW)) {
      expect(one.devicesUsed).toBeLessThanOrEqual(one.devices)
      expect(one.accountsUsed).toBeLessThanOrEqual(one.accounts)
    }
  })
})
