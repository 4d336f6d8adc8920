import { storedLease } from '../../../adapters/cloud/lease-file.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import type { AccountId } from '../../../domain/account/account-id.ts'

/** A live account of this home, and whose it is. */
export type LeaseHolder = Readonly<{ accountId: AccountId; userId: string }>

/** Leases that the accounts of one user hold: any of them proves to a team's cloud that he has a licence. */
export function heldLeases(
  layout: Pick<HomeLayout, 'lease'>,
  holders: readonly LeaseHolder[],
  userId: string,
): readonly string[] {
  return holders
    .filter((one) => one.userId === userId)
    .map(({ accountId }) => storedLease(layout, accountId))
    .filter((lease) => lease !== undefined)
}

/** Another of them at each call: the licence of one may have ended. @returns gives undefined while there is none */
export function leasesInTurn(held: () => readonly string[]): () => string | undefined {
  let turn = 0
  return () => {
    const all = held()
    return all[turn++ % all.length]
  }
}
