import type { RateAsk, RateSubject } from './rate-limiter.ts'
import type { RateRule } from './sliding-window.ts'

export type RateBudgets = Readonly<Record<RateSubject, RateRule>>

const A_MINUTE = 60_000

/** Requests in any 60 seconds. */
export const RATE_BUDGETS: RateBudgets = {
  /** Who shows a lease is counted by its licence, on all devices and from all addresses together. */
  licence: { limit: 100, windowMs: A_MINUTE },
  /** By who the caller says he is, on the private socket: anywhere else anybody could use up another's. */
  user: { limit: 100, windowMs: A_MINUTE },
  address: { limit: 100, windowMs: A_MINUTE },
  /** By admin key: a page of ten tables that somebody watches. */
  admin: { limit: 300, windowMs: A_MINUTE },
  /** Who comes to an admin route, by address: so nobody tries keys in bulk, and nobody can use up another's budget. */
  stranger: { limit: 300, windowMs: A_MINUTE },
  /** Health, readiness, metrics and public keys, by address: load balancers and scrapers ask often. */
  probe: { limit: 600, windowMs: A_MINUTE },
  /** Pages, and what is not there at all, by address: to open a page for the first time takes some twenty. */
  page: { limit: 600, windowMs: A_MINUTE },
}

/** What is known of a request before it is answered. */
export type RateFacts = Readonly<{
  limit: 'user' | 'admin' | 'probe' | 'page' | 'exempt'
  /** Of the peer; `local` for the private socket, which only this user's programs reach. */
  address: string
  /** Of a lease whose signature holds. */
  licenceId: string | undefined
  /** As the caller says it, unchecked. */
  userId: string
  /** Of a valid admin key. */
  adminKeyId: string | undefined
}>

/** Other texts name nobody, and are not kept. */
const USER_ID = /^[0-9a-f]{12}$/

/**
 * Which budgets a request is taken from. On admin routes it is asked twice: before the key is looked up, of the address, and
 * then, of the key.
 */
export function asksOf({ limit, address, licenceId, userId, adminKeyId }: RateFacts): readonly RateAsk[] {
  const from = (subject: 'address' | 'stranger' | 'probe' | 'page'): readonly RateAsk[] =>
    address === 'local' ? [] : [{ subject, key: address }]
  switch (limit) {
    case 'exempt':
      return []
    case 'probe':
      return from('probe')
    case 'page':
      return from('page')
    case 'admin':
      return adminKeyId === undefined ? from('stranger') : [{ subject: 'admin', key: adminKeyId }]
    case 'user': {
      if (licenceId !== undefined) return [{ subject: 'licence', key: licenceId }, ...from('address')]
      if (address !== 'local') return from('address')
      return USER_ID.test(userId) ? [{ subject: 'user', key: userId }] : []
    }
  }
}
