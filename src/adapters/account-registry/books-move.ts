import type { AccountSettings } from '../../contracts/account-settings.ts'

/** What the account's books are about; changed only while it is stopped and flat. */
const BOOK_KEYS = ['symbol', 'alsoSymbols', 'broker', 'mode'] as const

/** A change after which an account's books would be about something else. */
export type BooksMove = Readonly<{
  /** The first setting that brings it about, as in `--set`. */
  setting: string
  /** What is open would be open there no more; an account that only follows more symbols may hold something. */
  isLeft: boolean
}>

/** Whether a change of settings moves the books of an account; undefined: they stay what they are about. */
export function booksMove(before: AccountSettings, after: AccountSettings): BooksMove | undefined {
  const key = BOOK_KEYS.find((one) => String(before[one]) !== String(after[one]))
  const venue = venueSetting(before, after)
  if (key === undefined && venue === undefined) return undefined
  const setting = key === 'alsoSymbols' ? 'symbol' : (key ?? venue!)
  return { setting, isLeft: venue !== undefined || leavesMarket(before, after) }
}

/** The setting of an account at a gateway by which it may be another account there. */
function venueSetting(before: AccountSettings, after: AccountSettings): string | undefined {
  if (before.broker !== 'gateway' || after.broker !== 'gateway') return undefined
  const [old, now] = [before.gateway, after.gateway]
  // Paper and live gateways often differ by nothing but their port.
  if (addressOf(old.url) !== addressOf(now.url)) return 'gateway.url'
  if (old.account !== now.account) return 'gateway.account'
  // Where no account is named, the token says which one it is.
  if (now.account === 'none' && old.tokenFile !== now.tokenFile) return 'gateway.tokenFile'
  return undefined
}

const addressOf = (url: string) => (URL.canParse(url) ? new URL(url).href : url)

/** Whether a change takes an account away from a market it is in. */
function leavesMarket(before: AccountSettings, after: AccountSettings): boolean {
  if (before.broker !== after.broker || before.mode !== after.mode) return true
  const followed = [after.symbol, ...after.alsoSymbols]
  return [before.symbol, ...before.alsoSymbols].some((symbol) => !followed.includes(symbol))
}
