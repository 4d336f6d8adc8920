import { revokeLicence as revokeIn } from '../../../adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { insertPush } from '../../../adapters/cloud-db/push-records.ts'
import { transact } from '../../../adapters/cloud-db/transact.ts'
import type { LicencePush } from '../../../contracts/cloud/push.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

/**
 * Ends a licence for good, and tells the bots that run on it, in one transaction: they are told if, and only if, it is so.
 *
 * @returns whether there is such a licence; one that was revoked before stays as it is
 */
export function revokeLicence(
  db: CloudDb,
  id: string,
  reason: string,
  by: Readonly<{ actor: string; at: EpochMs }>,
): Promise<boolean> {
  return transact(db, async (trx) => {
    const revoked = await revokeIn(trx, id, reason, by)
    const payload: LicencePush = { licence_id: id, change: 'revoked' }
    if (revoked?.isNew)
      await insertPush(trx, { at: by.at, topic: 'licence', audience: revoked.licence.userId, payload })
    return revoked !== undefined
  })
}
