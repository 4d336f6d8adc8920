import type { Migration } from './migration.ts'

/** Events of Stripe that can't be done with: how often they were tried, and what became of them. */
export const parkedStripeEvents: Migration = {
  name: 'parked-stripe-events',
  statements: () => [
    `ALTER TABLE stripe_events ADD COLUMN attempts integer NOT NULL DEFAULT 0`,
    `ALTER TABLE stripe_events ADD COLUMN parked_at bigint`,
    `ALTER TABLE stripe_events ADD COLUMN dismissed_at bigint`,
    `CREATE INDEX stripe_events_with_problem ON stripe_events (received_at) WHERE problem IS NOT NULL`,
  ],
}
