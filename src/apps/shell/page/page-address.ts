import type { AccountId } from '../../../domain/account/account-id.ts'

/** Scheme of the page in the window. */
export const PAGE_SCHEME = 'app'

/** The page itself; everything below it comes from the launcher. */
export const PAGE_HOST = 'slipway'

/** Pages of the shell's own, for while there is no launcher. */
export const NOTICE_HOST = 'notice'

export const PAGE_ORIGIN = `${PAGE_SCHEME}://${PAGE_HOST}`

const ORIGINS = [PAGE_HOST, NOTICE_HOST].map((host) => `${PAGE_SCHEME}://${host}`)

/** A place on the page that the shell leads to. */
export type PagePlace =
  | Readonly<{ page: 'accounts' | 'logs' | 'calendar' | 'cloud' | 'settings' | 'health' }>
  | Readonly<{ page: 'account'; accountId: AccountId }>

/** The page's address, at a place of it where one is named. */
export function pageAddress(place?: PagePlace): string {
  if (place === undefined) return `${PAGE_ORIGIN}/`
  const path = place.page === 'account' ? `account/${encodeURIComponent(place.accountId)}` : place.page
  return `${PAGE_ORIGIN}/#/${path}`
}

/**
 * Whether an address is one of ours, judged by its parsed parts: `app://slipway.evil.example` and
 * `app://slipway@evil.example` begin like ours and are not.
 */
export function isOurs(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, host, username, password } = new URL(address)
  // Node gives schemes it does not know the origin "null", Chromium does not: so not `origin`.
  return username === '' && password === '' && ORIGINS.includes(`${protocol}//${host}`)
}
