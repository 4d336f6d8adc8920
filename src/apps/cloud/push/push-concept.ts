import type { CloudConcept, CloudParts } from '../cloud-parts.ts'
import { standingLicences } from '../licence/standing-licences.ts'
import { pushHandlers } from './push-handlers.ts'

/** Streams of what happens, and signals that holders of licences share. */
export function pushConcept({ push, deployment, database, now, elapsed }: CloudParts): CloudConcept {
  return {
    handlers: pushHandlers({ desk: push, deployment, licenceSince: standingLicences(database.db, now), now, elapsed }),
  }
}
