import type { PlanName } from '../../domain/licence/lease.ts'
import type { Subscription } from '../../domain/licence/subscription.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import type { CloudDb } from './open-cloud-db.ts'

export type KnownSubscription = Subscription & Readonly<{ licenceId: string | null }>

/** A stored event of Stripe. */
export type StoredStripeEvent = Readonly<{ id: string; type: string; payload: string }>

/** Stores an event before anything is done about it. @returns false: it is known already */
export async function storeStripeEvent(
  db: CloudDb,
  event: StoredStripeEvent & Readonly<{ createdAt: EpochMs }>,
  now: EpochMs,
): Promise<boolean> {
  const { id, type, payload, createdAt } = event
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('stripe_events')
    .values({ id, type, payload, created_at: createdAt, received_at: now, processed_at: null, problem: null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Events that were stored and not done with, oldest first: something has ended the server between the two. */
export async function pendingStripeEvents(db: CloudDb, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('stripe_events')
    .select('id')
    .where('processed_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(({ id }) => id)
}

/**
 * Takes an event for this transaction, so that no other instance works on it.
 *
 * @returns undefined: it is done already
 */
export async function takeStripeEvent(trx: CloudDb, id: string, now: EpochMs): Promise<StoredStripeEvent | undefined> {
  return await trx
    .updateTable('stripe_events')
    .set({ processed_at: now, problem: null })
    .where('id', '=', id)
    .where('processed_at', 'is', null)
    .returning(['id', 'type', 'payload'])
    .executeTakeFirst()
}

/** What an admin should know of an event. */
export async function noteStripeProblem(db: CloudDb, id: string, problem: string): Promise<void> {
  await db
    .updateTable('stripe_events')
    .set({ problem: problem.slice(0, 300) })
    .where('id', '=', id)
    .execute()
}

/** Events hold addresses of people: what they said goes when they are done with and old, that they came stays. */
export async function emptyOldStripeEvents(db: CloudDb, before: EpochMs): Promise<void> {
  await db
    .updateTable('stripe_events')
    .set({ payload: '' })
    .where('processed_at', '<', before)
    .where('payload', '!=', '')
    .execute()
}

/** A subscription, which nobody else changes until this transaction is over; a new one is begun where there is none. */
export async function lockSubscription(trx: CloudDb, id: string, customerId: string): Promise<KnownSubscription> {
  const row = await trx
    .insertInto('subscriptions')
    .values({
      ...{ id, customer_id: customerId, licence_id: null, user_id: null, plan: null, status: 'unknown' },
      ...{ period_end: null, event_at: 0 },
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet((row) => ({ status: row.ref('subscriptions.status') })))
    .returningAll()
    .executeTakeFirstOrThrow()
  return {
    ...{ id, customerId: row.customer_id, userId: row.user_id, plan: row.plan as PlanName | null },
    ...{ status: row.status, paidUntil: row.period_end as EpochMs | null, stateAt: row.event_at as EpochMs },
    licenceId: row.licence_id,
  }
}

export async function writeSubscription(trx: CloudDb, subscription: KnownSubscription): Promise<void> {
  const { id, customerId, userId, plan, status, paidUntil, stateAt, licenceId } = subscription
  await trx
    .updateTable('subscriptions')
    .set({
      ...{ customer_id: customerId, user_id: userId, plan, status, licence_id: licenceId },
      ...{ period_end: paidUntil, event_at: stateAt },
    })
    .where('id', '=', id)
    .execute()
}

/** Address that a user gave at a payment. */
export async function addressOfUser(db: CloudDb, userId: string): Promise<string | null> {
  const row = await db.selectFrom('users').select('email').where('user_id', '=', userId).executeTakeFirst()
  return row?.email ?? null
}
