import type { NewExperience } from '../../../adapters/cloud-db/experience-records.ts'
import type { PoolFileRow } from '../../../adapters/pool-file/pool-file.ts'
import { symbolClassOf } from '../../../domain/pool/symbol-class.ts'
import { bodyHash } from './body-hash.ts'

/** User of what nobody gave: seeds, and rows of a file that names no users. */
export const NOBODY = '000000000000'

/** A row of a pool file as the database keeps it. */
export function experienceOf(row: PoolFileRow): NewExperience & { status: string } {
  const { key, user_id: userId = NOBODY, contributor, weight, status, ...given } = row
  const { features, outcome, ...same } = given
  return {
    ...same,
    ...{ contributor, weight, status, user_id: userId, idempotency_key: key },
    body_hash: bodyHash({ ...given, user_id: userId, idempotency_key: key }),
    symbol_class: symbolClassOf(row.symbol),
    features: JSON.stringify(features),
    outcome: JSON.stringify(outcome),
    r: outcome.r,
  }
}
