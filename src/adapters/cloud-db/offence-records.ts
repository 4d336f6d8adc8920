import type { EpochMs } from '../../domain/units/units.ts'
import type { CloudDb } from './open-cloud-db.ts'
import { transact } from './transact.ts'

/** Requests of one subject (`licence:lic_1`, `address:192.0.2.7`) that were turned away on one UTC day. */
export type Offence = Readonly<{ subject: string; day: string; count: number; lastAt: EpochMs }>

/** Rows in one statement. */
const BATCH = 500

/** Adds to what is known of each; no subject twice for one day. */
export async function addOffences(db: CloudDb, offences: readonly Offence[]): Promise<void> {
  if (offences.length === 0) return
  // In one order everywhere: two instances that add to the same rows do not wait for each other for ever.
  const rows = offences
    .toSorted((a, b) => (a.subject + a.day < b.subject + b.day ? -1 : 1))
    .map(({ subject, day, count, lastAt }) => ({ subject, day, count, last_at: lastAt }))
  await transact(
    db,
    async (trx) => {
      for (let at = 0; at < rows.length; at += BATCH)
        // oxlint-disable-next-line no-await-in-loop -- one connection
        await trx
          .insertInto('rate_offences')
          .values(rows.slice(at, at + BATCH))
          .onConflict((conflict) =>
            conflict.columns(['subject', 'day']).doUpdateSet((to) => ({
              count: to('rate_offences.count', '+', to.ref('excluded.count')),
              last_at: to.ref('excluded.last_at'),
            })),
          )
          .execute()
    },
    'read committed',
  )
}

/** Addresses are personal data: they go after a while. */
export async function pruneOffences(db: CloudDb, beforeDay: string): Promise<void> {
  await db.deleteFrom('rate_offences').where('day', '<', beforeDay).execute()
}
