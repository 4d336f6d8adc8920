import {
  emptyOldStripeEvents,
  noteStripeProblem,
  pendingStripeEvents,
  storeStripeEvent,
} from '../../../adapters/cloud-db/subscription-records.ts'
import { STRIPE_EVENTS, stripeWebhook } from '../../../contracts/cloud/stripe.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { answers, cloudRefuse, type CloudHandler } from '../cloud-call.ts'
import type { CloudConcept, CloudParts } from '../cloud-parts.ts'
import { processStripeEvent } from './process-event.ts'
import { verifyStripeSignature } from './verify-signature.ts'

export type StripeParts = Pick<CloudParts, 'database' | 'push' | 'log' | 'now'> &
  Readonly<{ settings: Pick<CloudParts['settings'], 'stripeSecret'> }>

/** How often events that were stored and not done with are tried again, and how long what they said is kept. */
const SWEEP_MS = 15 * 60_000
const KEPT_MS = 90 * 86_400_000
const MOST_AT_ONCE = 500

const HANDLED: ReadonlySet<string> = new Set(STRIPE_EVENTS)

/**
 * Subscriptions at Stripe, where the server has the secret of an endpoint there.
 *
 * An event is stored, then done with, then answered; what lies between when the server dies is done at the next start.
 */
export async function stripeConcept(parts: StripeParts): Promise<CloudConcept> {
  const secrets = (parts.settings.stripeSecret ?? '').split(/[\s,]+/).filter((secret) => secret !== '')
  if (secrets.length === 0) return { handlers: [] }
  const { database, log, now } = parts
  let sweeping: Promise<void> = Promise.resolve()
  const sweep = async () => {
    try {
      for (const id of await pendingStripeEvents(database.db, MOST_AT_ONCE)) await tried(parts, id)
      await emptyOldStripeEvents(database.db, (now() - KEPT_MS) as EpochMs)
    } catch (error) {
      log.error('stripe-sweep-failed', 'Stored events of Stripe could not be looked at; tried again later', { error })
    }
  }
  await sweep()
  const timer = setInterval(() => {
    sweeping = sweeping.then(sweep)
  }, SWEEP_MS)
  timer.unref()
  return {
    handlers: [webhook(parts, secrets)],
    async close() {
      clearInterval(timer)
      await sweeping
    },
  }
}

function webhook(parts: StripeParts, secrets: readonly string[]): CloudHandler {
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
    const isNew = await storeStripeEvent(parts.database.db, event, now)
    await tried(parts, id)
    return { result: isNew ? ('stored' as const) : ('duplicate' as const) }
  })
}

/** Stored is stored: what goes wrong now is ours to try again, not Stripe's. */
async function tried({ database: { db }, push, log, now }: StripeParts, id: string): Promise<void> {
  try {
    if (await processStripeEvent(db, id, now())) push.told()
  } catch (error) {
    log.error('stripe-event-failed', 'An event of Stripe could not be done with; it is tried again', {
      event: id,
      error,
    })
    const why = error instanceof Error ? error.name : 'unknown'
    await noteStripeProblem(db, id, `It could not be done with (${why}); see the server's log.`).catch(() => undefined)
  }
}
