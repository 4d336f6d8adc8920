import { findLicence } from '../../../adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { licenceState } from '../../../domain/licence/judge-licence.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

const MOST_LICENCES = 100_000
/** A licence that was revoked must stop to vouch for anybody soon. Milliseconds. */
const REMEMBERED_MS = 60_000

/**
 * Tells when a licence was made, for as long as it vouches for what its holder contributes: a lease is genuine for ever, its
 * licence may have ended. Looked up once a minute each.
 *
 * @returns undefined: it is revoked, has ended, or nobody knows it
 */
export function standingLicences(
  db: CloudDb,
  now: () => EpochMs,
  elapsed: () => number,
): (licenceId: string) => Promise<EpochMs | undefined> {
  const known = new Map<string, Readonly<{ since: EpochMs | undefined; until: number }>>()
  return async (id) => {
    const remembered = known.get(id)
    if (remembered && remembered.until > elapsed()) return remembered.since
    const licence = await findLicence(db, id)
    const since = licence && licenceState(licence, now()) === 'active' ? licence.createdAt : undefined
    if (known.size >= MOST_LICENCES) known.clear()
    known.set(id, { since, until: elapsed() + REMEMBERED_MS })
    return since
  }
}
