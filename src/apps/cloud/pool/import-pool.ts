import { IMPORT_BATCH, importExperiences, type NewExperience } from '../../../adapters/cloud-db/experience-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { PoolFileBroken, readPoolFile, type PoolFileSum } from '../../../adapters/pool-file/pool-file.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { USER_PREFIX } from '../../../domain/pool/pool-experience.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { linesOf } from './export-pool.ts'
import { experienceOf } from './file-experience.ts'

export type PoolImport = PoolFileSum & Readonly<{ taken: number }>

/**
 * Takes a pool file in, all or none. It is read to its end before anything is stored; experiences that are there already
 * stay as they are.
 *
 * Contributors of a file without users get names of that file, so that none of them is taken for somebody here, nor for
 * what Slipway brought with it.
 *
 * @param usesSynthetic trades on made-up prices count as they did where they came from
 * @throws {Refused} file-unreadable: it can't be read, is no pool file, or is not whole
 */
export async function importPool(
  db: CloudDb,
  file: string,
  { usesSynthetic, now }: Readonly<{ usesSynthetic: boolean; now: EpochMs }>,
): Promise<PoolImport> {
  try {
    const sum = await checkPoolFile(file)
    const taken = await importExperiences(db, batchesOf(file, sum, usesSynthetic), now)
    return { ...sum, taken }
  } catch (error) {
    return refuseToRead(error, file)
  }
}

async function checkPoolFile(file: string): Promise<PoolFileSum> {
  let sum: PoolFileSum | undefined
  for await (const _ of readPoolFile(linesOf(file), (of) => (sum = of))) continue
  return sum!
}

async function* batchesOf(
  file: string,
  { header, sha256 }: PoolFileSum,
  usesSynthetic: boolean,
): AsyncGenerator<(NewExperience & { status: string })[]> {
  let batch: (NewExperience & { status: string })[] = []
  const again = (of: PoolFileSum) => {
    // Somebody changed it between the two readings: what was stored of it goes with the transaction.
    if (of.sha256 !== sha256) throw new PoolFileBroken(0, 'it was changed while it was read')
  }
  for await (const row of readPoolFile(linesOf(file), again)) {
    const isReal = row.source === 'live' || row.source === 'paper'
    const counts = isReal || (row.source === 'synthetic' && usesSynthetic)
    const status = counts || row.status !== 'used' ? row.status : 'source'
    const contributor = header.attributed ? ownName(row.contributor) : nameIn(sha256, row.contributor)
    batch.push(experienceOf({ ...row, status, contributor }))
    if (batch.length < IMPORT_BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function nameIn(sha256: string, contributor: string): string {
  const from = `import-${sha256.slice(0, 8)}`
  return contributor.startsWith(USER_PREFIX)
    ? `${USER_PREFIX}${from}-${contributor.slice(USER_PREFIX.length)}`
    : `${from}-${contributor.replace(/[^\w-]/g, '-')}`
}

/** A file can't make its rows what Slipway brought with it: those are guarded against by nobody. */
function ownName(contributor: string): string {
  return contributor.startsWith(USER_PREFIX) ? contributor : contributor.replace(/[^\w-]/g, '-')
}

function refuseToRead(error: unknown, file: string): never {
  const { code = '' } = error as NodeJS.ErrnoException
  const known = error instanceof PoolFileBroken || error instanceof RangeError
  if (!known && !/^(ENOENT|EACCES|EISDIR|Z_|ERR_STREAM)/.test(code)) throw error
  const why = known ? error.message : code
  return refuse('file-unreadable', `${file} can't be taken in: ${why}. Nothing was stored.`, 'Export it again.')
}
