import { forgetDevice, holdsAccount, releaseHold } from '../../../adapters/cloud-db/lease-records.ts'
import { readLicence } from '../../../adapters/cloud-db/licence-listings.ts'
import { addLicenceEvent, findLicenceByKey, type LicenceRecord } from '../../../adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { hashKey } from '../../../adapters/cloud-db/secret-keys.ts'
import { transact } from '../../../adapters/cloud-db/transact.ts'
import type { LeaseSigner } from '../../../adapters/lease-keys/lease-signer.ts'
import { forgetOwnDevice, readOwnLicence } from '../../../contracts/cloud/admin.ts'
import type { LeaseClaims } from '../../../contracts/cloud/licence.ts'
import { readLeaseKeys, releaseLicence, validateLicence } from '../../../contracts/cloud/licence.ts'
import { UNKNOWN_LICENCE } from '../../../domain/licence/judge-licence.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { answers, cloudRefuse, type CloudCall, type CloudHandler } from '../cloud-call.ts'
import type { Push } from '../push/push.ts'
import { claimHandlers } from './claim-licence.ts'
import { forgetGoneDevice } from './forget-gone-device.ts'
import { iso, licenceDetails } from './licence-views.ts'
import { takeLease } from './take-lease.ts'

export type LicenceParts = Readonly<{ db: CloudDb; signer: LeaseSigner; push: Pick<Push, 'publish'> }>

/** Licences and leases, for bots and for the owners of licences. */
export function licenceHandlers({ db, signer, push }: LicenceParts): CloudHandler[] {
  return [
    ...claimHandlers({ db, signer }),
    answers(validateLicence, async (call, input) => {
      const { user_id: userId, device_id: deviceId, account_id: accountId, mode } = input
      const { claims, licence, tookOver } = await takeLease(
        db,
        {
          ...{ licenceKey: input.license_key, userId, deviceId, accountId, mode },
          ...{ appVersion: input.app_version, takeOver: input.take_over },
          shown: mode === 'live' ? shownLease(call, input) : undefined,
        },
        call.now,
      )
      // After the commit; a bot that is not told so learns it when it renews.
      if (tookOver) await push.publish('licence', { licence_id: licence.id, change: 'taken-over' }, { userId })
      return {
        valid: true as const,
        plan: licence.plan,
        lease: signer.sign(input.nonce === undefined ? claims : { ...claims, nonce: input.nonce }),
        server_time: iso(call.now),
        expires_at: licence.expiresAt === null ? null : iso(licence.expiresAt),
      }
    }),
    answers(releaseLicence, async (call, input) => {
      const lease = shownLease(call, input)
      if (!lease || lease.fence !== input.fence)
        return cloudRefuse('lease_invalid', 'The lease to release was not shown.', 'Send it as x-slipway-lease.')
      return { released: await release(db, lease, call.now) }
    }),
    answers(readLeaseKeys, ({ now }) => ({ keys: [...signer.publicKeys()], signed: signer.signedKeys(now) })),
    answers(readOwnLicence, async ({ now }, { user_id, license_key }) => {
      const { id } = await ownLicence(db, license_key, user_id)
      const { events: _, ...own } = licenceDetails((await readLicence(db, id, now)) ?? refuseUnknown(), now)
      return own
    }),
    answers(forgetOwnDevice, async ({ now }, { user_id, license_key, device_id, is_gone }) => {
      const { id } = await ownLicence(db, license_key, user_id)
      const forget = is_gone ? forgetGoneDevice : forgetIdleDevice
      return { forgotten: await forget(db, id, device_id, { actor: `user:${user_id}`, at: now }) }
    }),
  ]
}

/**
 * Gives a device's seat free.
 *
 * @throws {CloudRefused} account_held: its bot may trade a live account, perhaps out of touch
 */
export function forgetIdleDevice(
  db: CloudDb,
  licenceId: string,
  deviceId: string,
  by: Readonly<{ actor: string; at: EpochMs }>,
): Promise<boolean> {
  return transact(db, async (trx) => {
    if (await holdsAccount(trx, licenceId, deviceId, by.at))
      return cloudRefuse(
        'account_held',
        'This device holds a live account.',
        'Stop its bot, or take the account over from another device first. If the device is gone, say so: then it loses its accounts as well.',
      )
    const forgotten = await forgetDevice(trx, licenceId, deviceId)
    if (forgotten) await addLicenceEvent(trx, licenceId, 'device-forgotten', deviceId, by)
    return forgotten
  })
}

/** The lease of the header, where it is this bot's own; another's is refused, since nobody else has a right to have it. */
function shownLease(
  { lease }: CloudCall,
  asks: Readonly<{ user_id: string; device_id: string; account_id: string }>,
): LeaseClaims | undefined {
  if (!lease) return undefined
  const isOwn =
    lease.user_id === asks.user_id && lease.device_id === asks.device_id && lease.account_id === asks.account_id
  if (isOwn) return lease
  return cloudRefuse(
    'lease_invalid',
    'The lease that was shown is of another user, device or account.',
    'Validate the licence without it.',
  )
}

function release(db: CloudDb, lease: LeaseClaims, now: EpochMs): Promise<boolean> {
  const { account_id: accountId, device_id: deviceId, licence_id: licenceId, jti, fence } = lease
  return transact(db, async (trx) => {
    const released = await releaseHold(trx, { accountId, deviceId, jti }, now)
    const by = { actor: `device:${deviceId}`, at: now }
    if (released) await addLicenceEvent(trx, licenceId, 'lease-released', `${accountId} fence ${fence}`, by)
    return released
  })
}

async function ownLicence(db: CloudDb, key: string, userId: string): Promise<LicenceRecord> {
  const licence = await findLicenceByKey(db, hashKey(key))
  return licence?.userId === userId ? licence : refuseUnknown()
}

function refuseUnknown(): never {
  return cloudRefuse(UNKNOWN_LICENCE.code, UNKNOWN_LICENCE.message, UNKNOWN_LICENCE.nextStep)
}
