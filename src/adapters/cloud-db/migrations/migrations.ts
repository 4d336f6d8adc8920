import { firstTables } from './0001-first-tables.ts'
import { poolTables } from './0002-pool.ts'
import { parkedStripeEvents } from './0003-parked-stripe-events.ts'
import { giftsOfDay } from './0004-gifts-of-day.ts'
import type { Migration } from './migration.ts'

/** Every step of the schema, in order; a new one goes to the end. */
export const MIGRATIONS: readonly Migration[] = [firstTables, poolTables, parkedStripeEvents, giftsOfDay]
