import type { EpochMs } from '../../domain/units/units.ts'
import type { CloudDb } from './cloud-db.ts'

/**
 * Takes or keeps work that one instance at a time does for all of them.
 *
 * @param owner  names the instance
 * @param holdMs how long it is ours unless we take it again
 * @returns whether it is ours now
 */
export async function takeDuty(
  db: CloudDb,
  name: string,
  owner: string,
  now: EpochMs,
  holdMs: number,
): Promise<boolean> {
  const taken = await db
    .insertInto('duties')
    .values({ name, owner, until: now + holdMs })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ owner, until: now + holdMs })
        .where((row) => row.or([row('duties.until', '<=', now), row('duties.owner', '=', owner)])),
    )
    .returning('owner')
    .executeTakeFirst()
  return taken?.owner === owner
}

/** Lets another instance take the work at once. */
export async function leaveDuty(db: CloudDb, name: string, owner: string): Promise<void> {
  await db.deleteFrom('duties').where('name', '=', name).where('owner', '=', owner).execute()
}
