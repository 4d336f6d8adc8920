import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { isOnTrial } from '../../../adapters/cloud-db/subscription-records.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { standingLicences, type StandingSince } from '../licence/standing-licences.ts'

/**
 * Licences that vouch for what their holders contribute: those that stand and were paid for, or given by whoever runs the
 * server. One that is tried out costs nothing, so that many of them are not many people.
 */
export function vouchingLicences(db: CloudDb, now: () => EpochMs): StandingSince {
  const standingSince = standingLicences(db, now)
  return async (id) => {
    const since = await standingSince(id)
    return since === undefined || (await isOnTrial(db, id)) ? undefined : since
  }
}
