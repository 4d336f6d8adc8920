import type { AccountStore } from '../../domain/account/account-store.ts'
import {
  isSameNaming,
  judgeVenueAccount,
  knowBetter,
  venueAccountText,
  type VenueAccount,
} from '../../domain/broker/venue-account.ts'
import { refusal, type Refusal } from '../../domain/failure/refusal.ts'

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
      const verdict = known ? judgeVenueAccount(known, named, known.address !== named.address && holds()) : 'same'
      if (known && verdict !== 'same')
        return verdict === 'other' ? foreign(accountId, known, named) : unproven(accountId, known, named)
      known = known ? knowBetter(known, named) : named
      return undefined
    },
    confirm() {
      if (!known || isSameNaming(onRecord, known)) return
      store.saveVenueAccount(known)
      onRecord = known
    },
  }
}

function foreign(accountId: string, known: VenueAccount, named: VenueAccount): Refusal {
  return refusal(
    'account-foreign',
    `The gateway ${named.address} opened the account ${venueAccountText(named)}, and the books of ${accountId} are those of ${venueAccountText(known)}: nothing was sent.`,
    `Put back the token (slipway vault set ${accountId} token), gateway.url or gateway.account with which it opens ${known.accountId}; for ${named.accountId}, add another account (slipway account add).`,
  )
}

function unproven(accountId: string, known: VenueAccount, named: VenueAccount): Refusal {
  return refusal(
    'account-foreign',
    `The books of ${accountId} hold something in the account ${venueAccountText(known)} at ${known.address}, and the gateway ${named.address} does not say that its ${named.accountId} is the same one: nothing was sent.`,
    `Set gateway.url=${known.address} again and close everything there first, or use a gateway that names the account's identity.`,
  )
}
