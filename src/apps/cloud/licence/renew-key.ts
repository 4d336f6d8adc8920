import { lockLicence, replaceKey } from '../../../adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { newSecretKey } from '../../../adapters/cloud-db/secret-keys.ts'
import { transact } from '../../../adapters/cloud-db/transact.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

/**
 * Another key for the same licence: for one that was lost or seen by others. The old one opens nothing from now on; bots
 * that trade go on until their lease needs a key.
 *
 * @returns undefined: there is no such licence
 */
export async function renewKey(
  db: CloudDb,
  id: string,
  by: Readonly<{ actor: string; at: EpochMs }>,
): Promise<string | undefined> {
  const { key, hash, hint } = newSecretKey('slw_')
  return await transact(db, async (trx) => {
    if (!(await lockLicence(trx, id))) return undefined
    await replaceKey(trx, id, { hash, hint }, by)
    return key
  })
}
