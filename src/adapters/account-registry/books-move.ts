import type { AccountSettings } from '../../contracts/account-settings.ts'
import type { VenueAccount } from '../../domain/broker/venue-account.ts'
import { addressOf } from '../http/address-of.ts'

/** What the account's books are about; changed only while it is stopped and flat. */
const BOOK_KEYS = ['symbol', 'alsoSymbols', 'broker', 'mode'] as const

/** A change after which an account's books would be about something else. */
export type BooksMove = Readonly<{
  /** The first setting that brings it about, as in `--set`. */
  setting: string
  /** What is open would be open there no more; an account that only follows more symbols may hold something. */
  isLeft: boolean
  /** Whether a bot finds the very account again, or is refused, given what is on record of it; left out where it can't. */
  isFound?: (known: VenueAccount) => boolean
}>

/** Whether a change of settings moves the books of an account; undefined: they stay what they are about. */
export function booksMove(before: AccountSettings, after: AccountSettings): BooksMove | undefined {
  const key = BOOK_KEYS.find((one) => String(before[one]) !== String(after[one]))
  const venue = venueMove(before, after)
  if (key === undefined && venue === undefined) return undefined
  if (key === undefined && venue) return { ...venue, isLeft: true }
  return {
    setting: key === 'alsoSymbols' ? 'symbol' : key!,
    isLeft: venue !== undefined || leavesMarket(before, after),
  }
}

/** The settings of an account at a gateway by which it may be another account there, as a move by the first that changes. */
function venueMove(before: AccountSettings, after: AccountSettings): Omit<BooksMove, 'isLeft'> | undefined {
  if (before.broker !== 'gateway' || after.broker !== 'gateway') return undefined
  const [old, now] = [before.gateway, after.gateway]
  const changed: Required<Omit<BooksMove, 'isLeft'>>[] = []
  // Its id said aloud, or no more, names the account that it was.
  if (old.account !== now.account)
    changed.push({
      setting: 'gateway.account',
      isFound: ({ accountId }) => now.account === accountId || now.account === 'none',
    })
  // Paper and live gateways often differ by nothing but their port, and an id may be another's elsewhere.
  const address = addressOf(now.url)
  if (addressOf(old.url) !== address)
    changed.push({
      setting: 'gateway.url',
      isFound: (known) => known.identity !== undefined || known.address === address,
    })
  // Where no account is named, the token says which one it is.
  if (now.account === 'none' && old.tokenFile !== now.tokenFile)
    changed.push({ setting: 'gateway.tokenFile', isFound: () => true })
  const [first] = changed
  return first && { setting: first.setting, isFound: (known) => changed.every(({ isFound }) => isFound(known)) }
}

/** Whether a change takes an account away from a market it is in. */
function leavesMarket(before: AccountSettings, after: AccountSettings): boolean {
  if (before.broker !== after.broker || before.mode !== after.mode) return true
  const followed = [after.symbol, ...after.alsoSymbols]
  return [before.symbol, ...before.alsoSymbols].some((symbol) => !followed.includes(symbol))
}
