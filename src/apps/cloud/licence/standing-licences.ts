import { findLicence } from '../../../adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { licenceState } from '../../../domain/licence/judge-licence.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

const MOST_LICENCES = 100_000
/** A licence that was revoked must stop to count for anything soon. Milliseconds. */
const REMEMBERED_MS = 60_000

/** Tells when a licence was made, for as long as it stands; undefined: it is revoked, has ended, or nobody knows it. */
export type StandingSince = (licenceId: string) => Promise<EpochMs | undefined>

/**
 * What the licence of a lease counts for now. A lease is genuine for ever; its licence may have ended.
 *
 * @throws the database does not answer
 */
export function standingLicences(db: CloudDb, now: () => EpochMs): StandingSince {
  return async (id) => {
    const licence = await findLicence(db, id)
    return licence && licenceState(licence, now()) === 'active' ? licence.createdAt : undefined
  }
}

/** The same for who asks often: each licence is looked up once a minute. */
export function rememberedStanding(since: StandingSince, elapsed: () => number): StandingSince {
  const known = new Map<string, Readonly<{ since: EpochMs | undefined; until: number }>>()
  return async (id) => {
    const remembered = known.get(id)
    if (remembered && remembered.until > elapsed()) return remembered.since
    const found = await since(id)
    if (known.size >= MOST_LICENCES) known.clear()
    known.set(id, { since: found, until: elapsed() + REMEMBERED_MS })
    return found
  }
}
