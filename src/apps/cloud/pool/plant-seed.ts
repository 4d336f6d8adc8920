import { gunzipSync } from 'node:zlib'
import { readPoolState, type NewExperience } from '../../../adapters/cloud-db/experience-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { plantSeed } from '../../../adapters/cloud-db/seed-records.ts'
import { readPoolFile, type PoolFileRow } from '../../../adapters/pool-file/pool-file.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { experienceOf } from './file-experience.ts'

type SeedFile = Readonly<{ name: string; rows: number; packed: string }>

/** Rows that are read and checked before others have their turn: some milliseconds of work. */
const ROWS_OF_A_TURN = 25

/**
 * Puts the experiences that Slipway brings with it into a pool that has had none yet. The server answers meanwhile; nothing
 * of them counts before all are there.
 *
 * @param ended stops on the way, where the next start goes on
 * @returns how many; 0 where they are there already
 */
export async function plantBundledSeed(db: CloudDb, now: EpochMs, ended: AbortSignal): Promise<number> {
  if ((await readPoolState(db)).seed !== null) return 0
  const { name, rows } = await openBundledSeed()
  return await plantSeed(db, name, experiencesIn(rows, ended), now)
}

/** The seed as it is shipped, whole. */
export async function bundledSeed(): Promise<Readonly<{ name: string; rows: readonly PoolFileRow[] }>> {
  const { name, rows } = await openBundledSeed()
  const all: PoolFileRow[] = []
  for await (const row of rows) all.push(row)
  return { name, rows: all }
}

/** Loaded only when a pool begins: it is larger than all the rest of the server. */
async function openBundledSeed(): Promise<Readonly<{ name: string; rows: AsyncIterable<PoolFileRow> }>> {
  const { default: file } = await import('../../../../resources/pool-seed.json', { with: { type: 'json' } })
  const { name, packed } = file as unknown as SeedFile
  const text = gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')
  return { name, rows: readPoolFile(text.trimEnd().split('\n')) }
}

async function* experiencesIn(rows: AsyncIterable<PoolFileRow>, ended: AbortSignal): AsyncGenerator<NewExperience> {
  let count = 0
  for await (const row of rows) {
    yield experienceOf(row)
    if (++count % ROWS_OF_A_TURN !== 0) continue
    await new Promise((resolve) => setImmediate(resolve))
    ended.throwIfAborted()
  }
}
