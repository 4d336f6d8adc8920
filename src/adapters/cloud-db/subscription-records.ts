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

/**
 * Events that were stored, not done with and not parked, oldest first: something has ended the server between the two, or
 * a try has failed.
 */
export async function pendingStripeEvents(db: CloudDb, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('stripe_events')
    .select('id')
    .where('processed_at', 'is', null)
    .where('parked_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(({ id }) => id)
}

/** Which events are tried: those that wait for it, or one that was parked and that a person wants to be tried again. */
export type TriedEvents = 'waiting' | 'parked'

/**
 * Takes an event for this transaction, so that no other instance works on it.
 *
 * @returns undefined: it is done already, or none of those that are tried
 */
export async function takeStripeEvent(
  trx: CloudDb,
  id: string,
  tried: TriedEvents,
  now: EpochMs,
): Promise<StoredStripeEvent | undefined> {
  return await trx
    .updateTable('stripe_events')
    .set({ processed_at: now, parked_at: null, problem: null })
    .where('id', '=', id)
    .where('processed_at', 'is', null)
    .where('parked_at', tried === 'parked' ? 'is not' : 'is', null)
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

/**
 * Writes down that a try has failed, and parks the event where it has failed too often.
 *
 * @returns whether it is parked now; undefined: it is done meanwhile
 */
export async function noteFailedTry(
  db: CloudDb,
  id: string,
  problem: string,
  mostTries: number,
  now: EpochMs,
): Promise<boolean | undefined> {
  const row = await db
    .updateTable('stripe_events')
    .set(({ eb, ref }) => ({
      problem: problem.slice(0, 300),
      attempts: eb('attempts', '+', 1),
      parked_at: eb
        .case()
        .when(eb.and([eb('parked_at', 'is', null), eb('attempts', '>=', mostTries - 1)]))
        .then(now)
        .else(ref('parked_at'))
        .end(),
    }))
    .where('id', '=', id)
    .where('processed_at', 'is', null)
    .returning('parked_at')
    .executeTakeFirst()
  return row && row.parked_at !== null
}

/** An event of which there is something to say: a try has failed, or it was done with and made no licence. */
export type TroubledEvent = Readonly<{
  id: string
  type: string
  createdAt: EpochMs
  receivedAt: EpochMs
  attempts: number
  /** `waiting` is tried again by itself, `parked` is not, `done` made no licence. */
  state: 'waiting' | 'parked' | 'done'
  problem: string
}>

/** Those that nobody has dismissed, parked ones first, then the newest. */
export async function listTroubledEvents(
  db: CloudDb,
  wanted: Readonly<{ limit: number; id?: string }>,
): Promise<TroubledEvent[]> {
  let query = db
    .selectFrom('stripe_events')
    .select(['id', 'type', 'created_at', 'received_at', 'processed_at', 'parked_at', 'attempts', 'problem'])
    .where('problem', 'is not', null)
    .where('dismissed_at', 'is', null)
    .orderBy(({ eb }) => eb.case().when('parked_at', 'is', null).then(1).else(0).end())
    .orderBy('received_at', 'desc')
    .orderBy('id')
    .limit(wanted.limit)
  if (wanted.id !== undefined) query = query.where('id', '=', wanted.id)
  return (await query.execute()).map((row) => ({
    ...{ id: row.id, type: row.type, attempts: row.attempts, problem: row.problem ?? '' },
    ...{ createdAt: row.created_at as EpochMs, receivedAt: row.received_at as EpochMs },
    state: row.processed_at !== null ? 'done' : row.parked_at !== null ? 'parked' : 'waiting',
  }))
}

/** Nothing is done about an event any more, and nobody is told of it. @returns whether there was something to dismiss */
export async function dismissStripeEvent(db: CloudDb, id: string, now: EpochMs): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('stripe_events')
    .set(({ fn, val }) => ({
      dismissed_at: now,
      parked_at: null,
      processed_at: fn.coalesce('processed_at', val<number>(now)),
    }))
    .where('id', '=', id)
    .where('problem', 'is not', null)
    .where('dismissed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** How many are not done with. */
export async function countOpenStripeEvents(db: CloudDb): Promise<Readonly<{ waiting: number; parked: number }>> {
  const { all, parked } = await db
    .selectFrom('stripe_events')
    .select(({ fn }) => [fn.countAll<number>().as('all'), fn.count<number>('parked_at').as('parked')])
    .where('processed_at', 'is', null)
    .executeTakeFirstOrThrow()
  return { waiting: all - parked, parked }
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

/** Whether a licence is tried out: nobody has paid for it, and whoever has taken it may leave before he does. */
export async function isOnTrial(db: CloudDb, licenceId: string): Promise<boolean> {
  const row = await db
    .selectFrom('licences')
    .innerJoin('subscriptions', 'subscriptions.id', 'licences.subscription_id')
    .select('subscriptions.status')
    .where('licences.id', '=', licenceId)
    .executeTakeFirst()
  return row?.status === 'trialing'
}

/** Address that a user gave at a payment. */
export async function addressOfUser(db: CloudDb, userId: string): Promise<string | null> {
  const row = await db.selectFrom('users').select('email').where('user_id', '=', userId).executeTakeFirst()
  return row?.email ?? null
}
