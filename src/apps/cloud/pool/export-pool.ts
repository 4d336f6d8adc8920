import { createHmac, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { readGivenExperiences, type GivenExperience } from '../../../adapters/cloud-db/experience-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { poolFileLines, PoolFileRow, type PoolFileSum } from '../../../adapters/pool-file/pool-file.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { USER_PREFIX } from '../../../domain/pool/pool-experience.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

const ROWS_AT_ONCE = 2_000

/**
 * Writes all that people gave to a new file, packed where its name ends in `.gz`. The file has its name only when it is
 * whole.
 *
 * @param attributed users and contributors by their ids; else each contributor has a name that is made for this file alone
 * @throws {Refused} bad-usage: the file exists, or its folder can't be written to
 */
export async function exportPool(
  db: CloudDb,
  file: string,
  { attributed, now }: Readonly<{ attributed: boolean; now: EpochMs }>,
): Promise<PoolFileSum> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.part`
  let sum: PoolFileSum | undefined
  const header = { made: new Date(now).toISOString(), attributed }
  const lines = Readable.from(
    poolFileLines(header, rowsOf(db, attributed ? undefined : randomBytes(32)), (of) => (sum = of)),
  )
  try {
    const out = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true })
    await (file.endsWith('.gz') ? pipeline(lines, createGzip(), out) : pipeline(lines, out))
    // Unlike a rename, it never takes the place of another file.
    await link(draft, file)
  } catch (error) {
    return refuseToWrite(error, file)
  } finally {
    await rm(draft, { force: true })
  }
  return sum!
}

async function* rowsOf(db: CloudDb, secret: Buffer | undefined): AsyncGenerator<PoolFileRow> {
  let last = 0
  for (;;) {
    const rows = await readGivenExperiences(db, last, ROWS_AT_ONCE)
    for (const row of rows) {
      last = row.seq
      yield fileRow(row, secret)
    }
    if (rows.length < ROWS_AT_ONCE) return
  }
}

function fileRow(row: GivenExperience, secret: Buffer | undefined): PoolFileRow {
  return PoolFileRow.parse({
    kind: row.kind,
    contributor: secret ? pseudonym(row.contributor, secret) : row.contributor,
    ...(secret ? {} : { user_id: row.user_id }),
    key: row.idempotency_key,
    symbol: row.symbol,
    side: row.side,
    strategy: row.strategy,
    timeframe: row.timeframe,
    source: row.source,
    features: JSON.parse(row.features) as unknown,
    outcome: JSON.parse(row.outcome) as unknown,
    day: row.day,
    weight: row.weight,
    status: row.status,
  })
}

/** The same for all trades of a contributor in this file; nobody can tell whose it is, because the secret is forgotten. */
function pseudonym(contributor: string, secret: Buffer): string {
  const name = `anon-${createHmac('sha256', secret).update(contributor).digest('base64url').slice(0, 16)}`
  return contributor.startsWith(USER_PREFIX) ? `${USER_PREFIX}${name}` : name
}

/** Lines of a pool file, packed or not. @throws as reading and unpacking do, and {RangeError} a line longer than any row */
export async function* linesOf(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file)
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  // A broken file ends the reading of lines without a word otherwise.
  let broken: Error | undefined
  for (const stream of new Set([bytes, text])) stream.once('error', (error: Error) => (broken = error))
  bytes.once('error', () => text.destroy())
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Infinity })) {
      if (line.length > LONGEST_LINE) throw new RangeError('a line is longer than any experience')
      yield line
    }
    if (broken !== undefined) throw broken
  } finally {
    bytes.destroy()
  }
}

const LONGEST_LINE = 16_384

function refuseToWrite(error: unknown, file: string): never {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') refuse('bad-usage', `${file} exists already.`, 'Name a new file.')
  if (['ENOENT', 'EACCES', 'ENOTDIR', 'EROFS'].includes(code))
    refuse('bad-usage', `${file} can't be written (${code}).`, 'Name a file in a folder that exists and is yours.')
  throw error
}
