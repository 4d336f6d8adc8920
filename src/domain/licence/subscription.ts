import type { EpochMs } from '../units/units.ts'
import type { PlanName } from './lease.ts'

/** How long a licence goes on after what was paid for, while a payment may still come. */
export const PAYMENT_GRACE_MS = 3 * 86_400_000

/** A subscription as far as events have told of it. */
export type Subscription = Readonly<{
  id: string
  customerId: string
  userId: string | null
  plan: PlanName | null
  /** As Stripe calls it; `unknown` until a subscription's own event has come. */
  status: string
  /** End of the last period that was paid for, or of a trial. */
  paidUntil: EpochMs | null
  /** When the newest state was so; events carry whole seconds. */
  stateAt: EpochMs
}>

/** What one event says. Parts that it does not tell are undefined. */
export type SubscriptionNews = Readonly<{
  subscriptionId: string
  customerId?: string | undefined
  userId?: string | undefined
  email?: string | undefined
  plan?: PlanName | undefined
  at: EpochMs
  /** Only of the subscription's own events: they tell its whole state. */
  status?: string | undefined
  paidUntil?: EpochMs | undefined
  /** Of an invoice whose payment failed. */
  failedInvoiceId?: string | undefined
}>

/** States of one second, in the order in which they can follow each other. */
const ORDER = ['unknown', 'incomplete', 'trialing', 'active', 'past_due', 'paused', 'unpaid', 'incomplete_expired']
const ENDED = ['canceled', 'incomplete_expired']

/**
 * The subscription after an event. Events come twice, late and in any order; the result is the same for every order:
 * what was paid for only grows, an end is final, and of states and plans the newest counts.
 */
export function hearNews(known: Subscription | undefined, news: SubscriptionNews): Subscription {
  const before = known ?? begun(news)
  const isNewest = news.status !== undefined && comesAfter(before, news.status, news.at)
  const plan = isNewest ? (news.plan ?? before.plan) : (before.plan ?? news.plan ?? null)
  return {
    id: before.id,
    customerId: before.customerId === '' ? (news.customerId ?? '') : before.customerId,
    userId: before.userId ?? news.userId ?? null,
    plan,
    status: isNewest ? news.status! : before.status,
    paidUntil: later(before.paidUntil, news.paidUntil),
    stateAt: isNewest ? news.at : before.stateAt,
  }
}

/** When the licence of a subscription ends; undefined while there is nothing to give a licence for. */
export function licenceEnd({ paidUntil, status }: Subscription): EpochMs | undefined {
  if (paidUntil === null) return undefined
  return hasEnded(status) ? paidUntil : ((paidUntil + PAYMENT_GRACE_MS) as EpochMs)
}

function hasEnded(status: string): boolean {
  return ENDED.includes(status)
}

function begun({ subscriptionId, customerId = '' }: SubscriptionNews): Subscription {
  return {
    ...{ id: subscriptionId, customerId, userId: null, plan: null, status: 'unknown' },
    ...{ paidUntil: null, stateAt: 0 as EpochMs },
  }
}

function comesAfter(before: Subscription, status: string, at: EpochMs): boolean {
  if (hasEnded(before.status)) return false
  if (hasEnded(status) || at !== before.stateAt) return hasEnded(status) || at > before.stateAt
  return ORDER.indexOf(status) >= ORDER.indexOf(before.status)
}

function later(one: EpochMs | null, other: EpochMs | undefined): EpochMs | null {
  if (other === undefined) return one
  return one === null || other > one ? other : one
}
