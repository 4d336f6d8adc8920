import {
  dismissStripeEvent as dismissIn,
  listTroubledEvents,
  type TroubledEvent,
} from '../../../adapters/cloud-db/subscription-records.ts'
import { dismissStripeEvent, listStripeEvents, retryStripeEvent } from '../../../contracts/cloud/stripe.ts'
import { adminAnswers } from '../admin/admin-answers.ts'
import { cloudRefuse, type CloudHandler } from '../cloud-call.ts'
import { iso } from '../licence/licence-views.ts'
import { retryParked, type TryParts } from './try-event.ts'

/** What an admin sees of events that could not be done with, and does about them. @param onChange something was decided */
export function stripeAdminHandlers(parts: TryParts, onChange: () => Promise<void>): CloudHandler[] {
  const { db } = parts
  return [
    adminAnswers(
      db,
      listStripeEvents,
      { action: 'stripe.list', roles: ['support', 'reader'] },
      async (_, { limit }) => ({ events: (await listTroubledEvents(db, { limit })).map(viewOf) }),
    ),
    adminAnswers(
      db,
      retryStripeEvent,
      { action: 'stripe.retry', roles: ['support'], target: ({ id }) => id },
      async (_, { id }) => {
        const result = await retryParked(parts, id)
        await onChange()
        if (result === undefined)
          return cloudRefuse('not_found', 'No parked event has this id.', 'List them: GET /api/admin/stripe_events.')
        return { event: result === 'done' ? null : viewOf(result) }
      },
    ),
    adminAnswers(
      db,
      dismissStripeEvent,
      { action: 'stripe.dismiss', roles: ['support'], target: ({ id }) => id, detail: ({ reason }) => reason },
      async ({ now }, { id }) => {
        const dismissed = await dismissIn(db, id, now)
        await onChange()
        return { dismissed }
      },
    ),
  ]
}

function viewOf({ createdAt, receivedAt, ...event }: TroubledEvent) {
  return { ...event, created_at: iso(createdAt), received_at: iso(receivedAt) }
}
