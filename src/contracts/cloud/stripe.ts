import { z } from 'zod'
import { cloudRoute } from './route.ts'
import { Iso } from './words.ts'

export const StripeEventId = z.string().regex(/^evt_[A-Za-z0-9_]{1,250}$/, 'must be the id of an event (evt_…)')

/** An event as Stripe sends it, as far as every kind of event has it. */
export const StripeEvent = z.looseObject({
  id: StripeEventId,
  type: z.string().max(100),
  /** Epoch seconds. */
  created: z.int().min(0),
  data: z.looseObject({ object: z.looseObject({}) }),
})
export type StripeEvent = z.output<typeof StripeEvent>

/** Events that change a licence; others are answered and not stored. */
export const STRIPE_EVENTS = [
  'checkout.session.completed',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'invoice.paid',
  'invoice.payment_failed',
] as const
export type StripeEventType = (typeof STRIPE_EVENTS)[number]

export const stripeWebhook = cloudRoute({
  method: 'POST',
  path: '/api/stripe/webhook',
  summary: 'Events of Stripe, proven by their signature',
  access: 'machine',
  limit: 'probe',
  repeatable: true,
  input: StripeEvent,
  output: z.object({ result: z.enum(['stored', 'duplicate', 'ignored']) }),
})

/** A thing that Stripe names by its id, or sends whole where it was asked to. */
const Ref = z.union([z.string(), z.looseObject({ id: z.string() }).transform(({ id }) => id)]).nullish()
const Metadata = z.record(z.string(), z.string()).nullish()
const Seconds = z.int().min(0).nullish()

export const StripeCheckout = z.looseObject({
  mode: z.string().nullish(),
  subscription: Ref,
  customer: Ref,
  client_reference_id: z.string().nullish(),
  metadata: Metadata,
  customer_details: z.looseObject({ email: z.string().nullish() }).nullish(),
})

/** Until 2025-03-31 the period stood on the subscription, since then on its items; both are read. */
export const StripeSubscription = z.looseObject({
  id: z.string(),
  customer: Ref,
  status: z.string().max(40),
  metadata: Metadata,
  current_period_end: Seconds,
  items: z
    .looseObject({
      data: z.array(
        z.looseObject({
          current_period_end: Seconds,
          price: z.looseObject({ lookup_key: z.string().nullish(), metadata: Metadata }).nullish(),
        }),
      ),
    })
    .nullish(),
})

/** Likewise: `subscription` until 2025-03-31, `parent.subscription_details.subscription` since. */
export const StripeInvoice = z.looseObject({
  id: z.string(),
  customer: Ref,
  customer_email: z.string().nullish(),
  subscription: Ref,
  subscription_details: z.looseObject({ metadata: Metadata }).nullish(),
  parent: z
    .looseObject({ subscription_details: z.looseObject({ subscription: Ref, metadata: Metadata }).nullish() })
    .nullish(),
  lines: z
    .looseObject({ data: z.array(z.looseObject({ period: z.looseObject({ end: Seconds }).nullish() })) })
    .nullish(),
})

/** An event that could not be done with, or that was and made no licence. What it says of people is not in it. */
export const TroubledStripeEvent = z.object({
  id: StripeEventId,
  type: z.string(),
  created_at: Iso,
  received_at: Iso,
  /** Tries that have failed. */
  attempts: z.int().min(0),
  /** `waiting` is tried again by itself, `parked` is not, `done` made no licence. */
  state: z.enum(['waiting', 'parked', 'done']),
  problem: z.string(),
})

export const listStripeEvents = cloudRoute({
  method: 'GET',
  path: '/api/admin/stripe_events',
  summary: 'Events of Stripe that could not be done with or made no licence, parked ones first, then the newest',
  access: 'admin',
  limit: 'admin',
  repeatable: true,
  input: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
  output: z.object({ events: z.array(TroubledStripeEvent) }),
})

export const retryStripeEvent = cloudRoute({
  method: 'POST',
  path: '/api/admin/stripe_events/retry',
  summary:
    'Try a parked event of Stripe once more; event is null when it is done with and nothing is left to say of it',
  access: 'admin',
  limit: 'admin',
  repeatable: true,
  input: z.strictObject({ id: StripeEventId }),
  output: z.object({ event: TroubledStripeEvent.nullable() }),
})

export const dismissStripeEvent = cloudRoute({
  method: 'POST',
  path: '/api/admin/stripe_events/dismiss',
  summary: 'Say that nothing needs to be done about an event of Stripe: it is never tried again',
  access: 'admin',
  limit: 'admin',
  repeatable: true,
  input: z.strictObject({ id: StripeEventId, reason: z.string().trim().min(3).max(200) }),
  output: z.object({ dismissed: z.boolean() }),
})
