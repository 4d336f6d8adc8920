import { createHmac } from 'node:crypto'
import type { StripeEventType } from '../../src/contracts/cloud/stripe.ts'
import { LICENCE_NOW, USER } from './licences.ts'

export const SECRET = 'whsec_test_0123456789abcdef0123456789abcdef'
const NOW_S = LICENCE_NOW / 1_000
const DAY_S = 86_400

/** The header that Stripe sends, made as Stripe makes it. */
export function stripeSignature(body: string, secrets: readonly string[] = [SECRET], at = NOW_S): string {
  const signatures = secrets.map((secret) => `v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`)
  return [`t=${at}`, ...signatures, 'v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39'].join(',')
}

let made = 0

/** An event in the shape of the API of 2025-03-31 and later. */
export function stripeEvent(type: StripeEventType | 'charge.refunded', object: object, created = NOW_S) {
  made++
  return {
    ...{ id: `evt_${String(made).padStart(8, '0')}`, object: 'event', api_version: '2025-08-27.basil', type, created },
    ...{ livemode: false, pending_webhooks: 1, request: { id: null, idempotency_key: null }, data: { object } },
  }
}

type More = { at?: number; plan?: string; status?: string; days?: number; userId?: string | null; email?: string }

export const checkout = ({ at, plan = 'pro', userId = USER, email = 'ann@example.com' }: More = {}) =>
  stripeEvent(
    'checkout.session.completed',
    {
      ...{ id: 'cs_1', object: 'checkout.session', mode: 'subscription', subscription: 'sub_1', customer: 'cus_1' },
      ...{ client_reference_id: userId, metadata: { plan }, customer_details: { email, name: 'Ann' } },
    },
    at,
  )

const subscription = ({ plan = 'pro', status = 'active', days = 30 }: More) => ({
  ...{ id: 'sub_1', object: 'subscription', customer: 'cus_1', status, metadata: {} },
  items: {
    data: [{ id: 'si_1', current_period_end: NOW_S + days * DAY_S, price: { lookup_key: plan, metadata: {} } }],
  },
})

export const created = (more: More = {}) => stripeEvent('customer.subscription.created', subscription(more), more.at)
export const updated = (more: More = {}) => stripeEvent('customer.subscription.updated', subscription(more), more.at)
export const deleted = (more: More = {}) =>
  stripeEvent('customer.subscription.deleted', subscription({ status: 'canceled', ...more }), more.at)

const invoice = ({ days = 30, email = 'ann@example.com' }: More, id: string) => ({
  ...{ id, object: 'invoice', customer: 'cus_1', customer_email: email },
  parent: { type: 'subscription_details', subscription_details: { subscription: 'sub_1', metadata: {} } },
  lines: { data: [{ period: { start: NOW_S, end: NOW_S + days * DAY_S } }] },
})

export const paid = (more: More = {}) => stripeEvent('invoice.paid', invoice(more, `in_${made}`), more.at)
export const failed = (more: More & { id?: string } = {}) =>
  stripeEvent('invoice.payment_failed', invoice(more, more.id ?? 'in_failed'), more.at)
