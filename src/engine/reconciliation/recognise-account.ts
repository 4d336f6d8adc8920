import type { AccountStore } from '../../domain/account/account-store.ts'
import { isSameNaming, knowBetter, whyForeign, type VenueAccount } from '../../domain/broker/venue-account.ts'
import type { Refusal } from '../../domain/failure/refusal.ts'

/** Sees to it that the books of an account are compared with the account they are about, and with no other. */
export type Recognition = Readonly<{
  /** Asked whenever a venue has named the account that it has opened. @returns why nothing may be done there; undefined: go on */
  recognise(named: VenueAccount): Refusal | undefined
  /** Books and venue agree, or the books begin: the account is on record from now on. Within a transaction. */
  confirm(): void
}>

export type RecognitionContext = Readonly<{
  store: Pick<AccountStore, 'venueAccount' | 'saveVenueAccount' | 'openPositionSymbols' | 'openOrders'>
  /** Ours. */
  accountId: string
}>

/**
 * What a venue calls an account is put on record once the books have been found to agree with it: a credential of another
 * account, given by mistake before that, leaves no mark. Within one life of a bot the account stays the one it met first.
 */
export function openRecognition({ store, accountId }: RecognitionContext): Recognition {
  let onRecord = store.venueAccount()
  let known = onRecord
  const holds = () => store.openPositionSymbols().length > 0 || store.openOrders().length > 0
  return {
    recognise(named) {
      const foreign = known && whyForeign(accountId, known, named, known.address !== named.address && holds())
      if (!foreign) known = known ? knowBetter(known, named) : named
      return foreign
    },
    confirm() {
      if (!known || isSameNaming(onRecord, known)) return
      store.saveVenueAccount(known)
      onRecord = known
    },
  }
}
