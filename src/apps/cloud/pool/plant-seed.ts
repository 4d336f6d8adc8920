import { gunzipSync } from 'node:zlib'
import { plantSeed, readPoolState } from '../../../adapters/cloud-db/experience-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { readPoolFile, type PoolFileRow } from '../../../adapters/pool-file/pool-file.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { experienceOf } from './file-experience.ts'

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
