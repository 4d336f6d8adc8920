import {
  countOpenStripeEvents,
  emptyOldStripeEvents,
  pendingStripeEvents,
  storeStripeEvent,
} from '../../../adapters/cloud-db/subscription-records.ts'
import { STRIPE_EVENTS, stripeWebhook } from '../../../contracts/cloud/stripe.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { answers, cloudRefuse, type CloudHandler } from '../cloud-call.ts'
import type { CloudConcept, CloudParts } from '../cloud-parts.ts'
import { stripeAdminHandlers } from './stripe-admin.ts'
import { tryEvent, type TryParts } from './try-event.ts'
import { verifyStripeSignature } from './verify-signature.ts'

export type StripeParts = Pick<CloudParts, 'database' | 'push' | 'log' | 'now'> &
  Readonly<{ settings: Pick<CloudParts['settings'], 'stripeSecret'> }>

/** How often events that were stored and not done with are tried again, and how long what they said is kept. */
const SWEEP_MS = 15 * 60_000
/** How often it is looked how many events are open: other instances, and the command line, change that too. */
const COUNT_MS = 60_000
const KEPT_MS = 90 * 86_400_000
const MOST_AT_ONCE = 500

const HANDLED: ReadonlySet<string> = new Set(STRIPE_EVENTS)

/**
 * Subscriptions at Stripe, where the server has the secret of an endpoint there. Without one nothing comes, and an admin
 * still decides about what has come before.
 *
 * An event is stored, then done with, then answered; what lies between when the server dies is done at the next start.
 */
export async function stripeConcept(parts: StripeParts): Promise<CloudConcept> {
  const secrets = (parts.settings.stripeSecret ?? '').split(/[\s,]+/).filter((secret) => secret !== '')
  const { database, push, log, now } = parts
  const trying: TryParts = { db: database.db, push, log, now }
  if (secrets.length === 0) return { handlers: stripeAdminHandlers(trying, () => Promise.resolve()) }
  let open = { waiting: 0, parked: 0 }
  const count = async () => {
    open = await countOpenStripeEvents(database.db).catch(() => open)
  }
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async () => {
    try {
      for (const id of await pendingStripeEvents(database.db, MOST_AT_ONCE)) await tryEvent(trying, id)
      await emptyOldStripeEvents(database.db, (now() - KEPT_MS) as EpochMs)
    } catch (error) {
      log.error('stripe-sweep-failed', 'Stored events of Stripe could not be looked at; tried again later', { error })
    }
    await count()
  }
  await sweep()
  // One after another, so that closing waits for whatever is under way.
  const every = (ms: number, work: () => Promise<void>) =>
    setInterval(() => void (sweeping = sweeping.then(work)), ms).unref()
  const timers = [every(SWEEP_MS, sweep), every(COUNT_MS, count)]
  return {
    handlers: [webhook(trying, secrets, count), ...stripeAdminHandlers(trying, count)],
    gauges: () => [
      { name: 'slipway_stripe_events_waiting', help: 'Stored events that are tried again.', value: open.waiting },
      { name: 'slipway_stripe_events_parked', help: 'Events that wait for an admin.', value: open.parked },
    ],
    async close() {
      for (const timer of timers) clearInterval(timer)
      await sweeping
    },
  }
}

function webhook(trying: TryParts, secrets: readonly string[], onTrouble: () => Promise<void>): CloudHandler {
  return answers(stripeWebhook, async ({ rawBody, header, now }, { id, type, created }) => {
    const verdict = verifyStripeSignature(header('stripe-signature'), rawBody, secrets, now)
    if (verdict !== 'genuine')
      return cloudRefuse(
        'unauthorized',
        verdict === 'stale' ? 'This event was signed too long ago.' : 'This is not signed by Stripe for this endpoint.',
        'See that STRIPE_WEBHOOK_SECRET is that of the endpoint, and that the clock of this server is right.',
      )
    if (!HANDLED.has(type)) return { result: 'ignored' as const }
    const event = { id, type, payload: rawBody, createdAt: (created * 1_000) as EpochMs }
    const isNew = await storeStripeEvent(trying.db, event, now)
    if (!(await tryEvent(trying, id))) await onTrouble()
    return { result: isNew ? ('stored' as const) : ('duplicate' as const) }
  })
}
