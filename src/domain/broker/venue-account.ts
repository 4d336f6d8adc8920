import { refusal, type Refusal } from '../failure/refusal.ts'

/** An account at a venue, as the venue names it. */
export type VenueAccount = Readonly<{
  /** Its id at the venue: unlike any other there, and perhaps the same as one at another venue. */
  accountId: string
  mode: 'paper' | 'live'
  /** What the broker calls it wherever it is reached, and calls no other account; undefined where the venue does not say. */
  identity: string | undefined
  /** Where the venue was when it named it; two texts of the same place must be the same. */
  address: string
}>

/**
 * Whether a venue has opened the account that the books are about. `unproven`: it bears the same id at another address,
 * where that may be anybody's.
 */
export type AccountVerdict = 'same' | 'other' | 'unproven'

/**
 * Tells an account apart from another one that a venue has opened in its place.
 *
 * Paper and live are two accounts, whatever they are called: the money of one is no money of the other.
 *
 * @param known the account of the books
 * @param named what the venue has opened now
 * @param holds something is held or ordered, which another account would be asked to close
 */
export function judgeVenueAccount(known: VenueAccount, named: VenueAccount, holds: boolean): AccountVerdict {
  if (known.mode !== named.mode) return 'other'
  if (known.identity !== undefined && named.identity !== undefined)
    return known.identity === named.identity ? 'same' : 'other'
  if (known.accountId !== named.accountId) return 'other'
  return known.address === named.address || !holds ? 'same' : 'unproven'
}

/** What is known of an account once a venue has named it again: at its old place it loses no identity that it once had. */
export function knowBetter(known: VenueAccount, named: VenueAccount): VenueAccount {
  const isThere = known.address === named.address && known.accountId === named.accountId
  return named.identity === undefined && isThere ? known : named
}

export function isSameNaming(one: VenueAccount | undefined, other: VenueAccount): boolean {
  return (
    one?.accountId === other.accountId &&
    one.mode === other.mode &&
    one.identity === other.identity &&
    one.address === other.address
  )
}

/**
 * Why nothing may be done in an account that a venue has opened.
 *
 * @param ours  our id of the account
 * @param holds as `judgeVenueAccount`
 * @returns undefined for the account of the books
 */
export function whyForeign(
  ours: string,
  known: VenueAccount,
  named: VenueAccount,
  holds: boolean,
): Refusal | undefined {
  switch (judgeVenueAccount(known, named, holds)) {
    case 'same':
      return undefined
    case 'other':
      return refusal(
        'account-foreign',
        `The gateway ${named.address} opened the account ${textOf(named)}, and the books of ${ours} are those of ${textOf(known)}: nothing was sent.`,
        `Put back the token (slipway vault set ${ours} token), gateway.url or gateway.account with which it opens ${known.accountId}; for ${named.accountId}, add another account (slipway account add).`,
      )
    case 'unproven':
      return refusal(
        'account-foreign',
        `The books of ${ours} hold something in the account ${textOf(known)} at ${known.address}, and the gateway ${named.address} does not say that its ${named.accountId} is the same one: nothing was sent.`,
        `Set gateway.url=${known.address} again and close everything there first, or use a gateway that names the account's identity.`,
      )
  }
}

function textOf({ accountId, mode, identity }: VenueAccount): string {
  return `${accountId} (${identity === undefined || identity === accountId ? '' : `${identity}, `}${mode})`
}
