import { freeHold } from '../../../adapters/cloud-db/lease-records.ts'
import { addLicenceEvent } from '../../../adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { transact } from '../../../adapters/cloud-db/transact.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

export type FreedAccount = Readonly<{
  accountId: string
  /** Whose it is from now on; undefined: whoever takes it next. */
  userId: string | undefined
  reason: string
}>

/**
 * Takes a live account from its user: whoever trades it learns so at the next renewal. The history of the licence that had
 * it says why.
 *
 * @returns whether there was anything to take
 */
export function freeAccount(
  db: CloudDb,
  { accountId, userId, reason }: FreedAccount,
  by: Readonly<{ actor: string; at: EpochMs }>,
): Promise<boolean> {
  return transact(db, async (trx) => {
    const licenceId = await freeHold(trx, accountId, userId ?? '', by.at)
    if (licenceId === undefined) return false
    const whose = userId === undefined ? '' : ` for ${userId}`
    await addLicenceEvent(trx, licenceId, 'lease-freed', `${accountId}${whose}: ${reason}`, by)
    return true
  })
}
