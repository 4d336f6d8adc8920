import {
  StripeCheckout,
  StripeInvoice,
  StripeSubscription,
  type StripeEvent,
  type StripeEventType,
} from '../../../contracts/cloud/stripe.ts'
import type { PlanName } from '../../../domain/licence/lease.ts'
import { PLANS } from '../../../domain/licence/plans.ts'
import type { SubscriptionNews } from '../../../domain/licence/subscription.ts'
import { mailAddress } from '../../../domain/mail/mail-address.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

/**
 * What an event says of a subscription.
 *
 * The buyer is `user_id` in the metadata, or the checkout's `client_reference_id`; the plan is `plan` in the metadata, of the
 * subscription or of its price, or the price's `lookup_key`.
 *
 * @returns undefined where it says nothing of one
 */
export function readNews({ type, created, data: { object } }: StripeEvent): SubscriptionNews | undefined {
  const at = ms(created)
  switch (type as StripeEventType) {
    case 'checkout.session.completed':
      return checkoutNews(StripeCheckout.parse(object), at)
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.deleted':
      return subscriptionNews(StripeSubscription.parse(object), at)
    case 'invoice.paid':
    case 'invoice.payment_failed':
      return invoiceNews(StripeInvoice.parse(object), at, type === 'invoice.paid')
    default:
      return undefined
  }
}

function checkoutNews(checkout: ReturnType<typeof StripeCheckout.parse>, at: EpochMs): SubscriptionNews | undefined {
  const { subscription, customer, metadata, client_reference_id, customer_details } = checkout
  if (!subscription) return undefined
  return {
    ...{ subscriptionId: subscription, customerId: customer ?? undefined, at },
    ...{ userId: userIdIn(metadata?.user_id) ?? userIdIn(client_reference_id), plan: planIn(metadata?.plan) },
    email: addressIn(customer_details?.email),
  }
}

function subscriptionNews(sub: ReturnType<typeof StripeSubscription.parse>, at: EpochMs): SubscriptionNews {
  const items = sub.items?.data ?? []
  const ends = [sub.current_period_end, ...items.map((item) => item.current_period_end)].filter((end) => end != null)
  const prices = items.flatMap(({ price }) => [price?.metadata?.plan, price?.lookup_key])
  return {
    ...{ subscriptionId: sub.id, customerId: sub.customer ?? undefined, at, status: sub.status },
    ...{ userId: userIdIn(sub.metadata?.user_id), plan: [...prices, sub.metadata?.plan].map(planIn).find(Boolean) },
    // An active period may not be paid for yet: invoice.paid tells that. A trial has no bill.
    paidUntil: sub.status === 'trialing' && ends.length > 0 ? ms(Math.max(...ends)) : undefined,
  }
}

function invoiceNews(
  invoice: ReturnType<typeof StripeInvoice.parse>,
  at: EpochMs,
  isPaid: boolean,
): SubscriptionNews | undefined {
  const details = invoice.parent?.subscription_details
  const subscriptionId = details?.subscription ?? invoice.subscription
  if (!subscriptionId) return undefined
  const metadata = details?.metadata ?? invoice.subscription_details?.metadata
  const ends = (invoice.lines?.data ?? []).map(({ period }) => period?.end).filter((end) => end != null)
  return {
    ...{ subscriptionId, customerId: invoice.customer ?? undefined, at, email: addressIn(invoice.customer_email) },
    ...{ userId: userIdIn(metadata?.user_id), plan: planIn(metadata?.plan) },
    paidUntil: isPaid && ends.length > 0 ? ms(Math.max(...ends)) : undefined,
    failedInvoiceId: isPaid ? undefined : invoice.id,
  }
}

function userIdIn(text: string | null | undefined): string | undefined {
  return text != null && /^[0-9a-f]{12}$/.test(text) ? text : undefined
}

function planIn(text: string | null | undefined): PlanName | undefined {
  return text != null && Object.hasOwn(PLANS, text) ? (text as PlanName) : undefined
}

function addressIn(text: string | null | undefined): string | undefined {
  return text == null ? undefined : mailAddress(text)
}

const ms = (seconds: number) => (seconds * 1_000) as EpochMs
