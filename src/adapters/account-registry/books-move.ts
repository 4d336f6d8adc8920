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
  /** Where a bot finds the very account again, or is refused, if this of it is on record. */
  foundBy?: 'identity' | 'account-id'
}>

/** Whether the venue has said enough of an account for a bot to tell it from another after a move. */
export function isFound({ foundBy }: BooksMove, onRecord: () => VenueAccount | undefined): boolean {
  const known = foundBy === undefined ? undefined : onRecord()
  return known !== undefined && (foundBy === 'account-id' || known.identity !== undefined)
}

/** Whether a change of settings moves the books of an account; undefined: they stay what they are about. */
export function booksMove(before: AccountSettings, after: AccountSettings): BooksMove | undefined {
  const key = BOOK_KEYS.find((one) => String(before[one]) !== String(after[one]))
  const venue = venueSetting(before, after)
  if (key === undefined && venue === undefined) return undefined
  if (key === undefined && venue) return { ...venue, isLeft: true }
  return {
    setting: key === 'alsoSymbols' ? 'symbol' : key!,
    isLeft: venue !== undefined || leavesMarket(before, after),
  }
}

/** The setting of an account at a gateway by which it may be another account there. */
function venueSetting(
  before: AccountSettings,
  after: AccountSettings,
): Pick<BooksMove, 'setting' | 'foundBy'> | undefined {
  if (before.broker !== 'gateway' || after.broker !== 'gateway') return undefined
  const [old, now] = [before.gateway, after.gateway]
  if (old.account !== now.account) return { setting: 'gateway.account' }
  // Paper and live gateways often differ by nothing but their port, and an id may be another's elsewhere.
  if (addressOf(old.url) !== addressOf(now.url)) return { setting: 'gateway.url', foundBy: 'identity' }
  // Where no account is named, the token says which one it is.
  if (now.account === 'none' && old.tokenFile !== now.tokenFile)
    return { setting: 'gateway.tokenFile', foundBy: 'account-id' }
  return undefined
}

/** Whether a change takes an account away from a market it is in. */
function leavesMarket(before: AccountSettings, after: AccountSettings): boolean {
  if (before.broker !== after.broker || before.mode !== after.mode) return true
  const followed = [after.symbol, ...after.alsoSymbols]
  return [before.symbol, ...before.alsoSymbols].some((symbol) => !followed.includes(symbol))
}
