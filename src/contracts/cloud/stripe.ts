import { z } from 'zod'
import { cloudRoute } from './route.ts'

/** An event as Stripe sends it, as far as every kind of event has it. */
export const StripeEvent = z.looseObject({
  id: z.string().regex(/^evt_[A-Za-z0-9_]{1,250}$/, 'must be the id of an event (evt_…)'),
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
