import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { plantSeed, readPoolState, type NewExperience } from '../../../adapters/cloud-db/experience-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { readPoolFile, type PoolFileRow } from '../../../adapters/pool-file/pool-file.ts'
import { symbolClassOf } from '../../../domain/pool/symbol-class.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

/** User of what nobody gave: seeds, and rows of a file that names no users. */
export const NOBODY = '000000000000'

type SeedFile = Readonly<{ name: string; rows: number; packed: string }>

/**
 * Puts the experiences that Slipway brings with it into a pool that has had none yet.
 *
 * @returns how many; 0 where they are there already
 */
export async function plantBundledSeed(db: CloudDb, now: EpochMs): Promise<number> {
  if ((await readPoolState(db)).seed !== null) return 0
  const { name, rows } = await bundledSeed()
  return await plantSeed(db, name, rows.map(experienceOf), now)
}

/** The seed as it is shipped. Loaded only when a pool begins: it is larger than all the rest of the server. */
export async function bundledSeed(): Promise<Readonly<{ name: string; rows: readonly PoolFileRow[] }>> {
  const { default: file } = await import('../../../../resources/pool-seed.json', { with: { type: 'json' } })
  const { name, packed } = file as unknown as SeedFile
  const text = gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')
  const rows: PoolFileRow[] = []
  for await (const row of readPoolFile(text.trimEnd().split('\n'))) rows.push(row)
  return { name, rows }
}

/** A row of a pool file as the database keeps it. */
export function experienceOf(row: PoolFileRow): NewExperience & { status: string } {
  const { key, features, outcome, user_id: userId, ...same } = row
  return {
    ...same,
    user_id: userId ?? NOBODY,
    idempotency_key: key,
    body_hash: createHash('sha256')
      .update(JSON.stringify([row.kind, key, features, outcome]))
      .digest('hex'),
    symbol_class: symbolClassOf(row.symbol),
    features: JSON.stringify(features),
    outcome: JSON.stringify(outcome),
    r: outcome.r,
  }
}
