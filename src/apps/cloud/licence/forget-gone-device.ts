import { endHoldsOf, forgetDevice } from '../../../adapters/cloud-db/lease-records.ts'
import { addLicenceEvent, lockLicence } from '../../../adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { insertPush } from '../../../adapters/cloud-db/push-records.ts'
import { transact } from '../../../adapters/cloud-db/transact.ts'
import type { LicencePush } from '../../../contracts/cloud/push.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

/**
 * Gives the seat of a device free, and every live account it holds by this licence: a person says that it is gone. If it is
 * not, its bots learn so as after a take-over, and make no more entries.
 *
 * Else who has one seat and a computer that is dead could not take his account over from another: the seat would wait for
 * the account, and the account for the seat.
 *
 * @returns whether it had a seat
 */
export function forgetGoneDevice(
  db: CloudDb,
  licenceId: string,
  deviceId: string,
  by: Readonly<{ actor: string; at: EpochMs }>,
): Promise<boolean> {
  return transact(
    db,
    async (trx) => {
      const licence = await lockLicence(trx, licenceId)
      if (!licence || !(await forgetDevice(trx, licenceId, deviceId))) return false
      await addLicenceEvent(trx, licenceId, 'device-forgotten', `${deviceId} is gone`, by)
      const ended = await endHoldsOf(trx, licenceId, deviceId, by.at)
      for (const accountId of ended)
        await addLicenceEvent(trx, licenceId, 'lease-freed', `${accountId}: device ${deviceId} is gone`, by)
      const payload: LicencePush = { licence_id: licenceId, change: 'taken-over' }
      if (ended.length > 0) await insertPush(trx, { at: by.at, topic: 'licence', audience: licence.userId, payload })
      return true
    },
    // The lock on the licence is what orders it with bots that renew.
    'read committed',
  )
}
