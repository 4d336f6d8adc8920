import type { Kysely } from 'kysely'
import type { CloudTables } from './tables/tables.ts'

/** The cloud's tables, on either database, or a transaction on them. */
export type CloudDb = Kysely<CloudTables>
