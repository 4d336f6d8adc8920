import type { EpochMs } from '../../domain/units/units.ts'
import type { Offence } from './offence-records.ts'
import type { CloudDb } from './open-cloud-db.ts'

/** Who was turned away for asking too often, most often first, day by day. */
export async function listOffences(
  db: CloudDb,
  { limit, day }: Readonly<{ limit: number; day?: string | undefined }>,
): Promise<Offence[]> {
  let query = db.selectFrom('rate_offences').selectAll().orderBy('count', 'desc').orderBy('subject').limit(limit)
  if (day !== undefined) query = query.where('day', '=', day)
  return (await query.execute()).map(({ subject, day: on, count, last_at }) => ({
    ...{ subject, day: on, count, lastAt: last_at as EpochMs },
  }))
}
