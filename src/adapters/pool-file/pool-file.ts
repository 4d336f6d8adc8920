import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Features, Outcome, PoolSymbol, Strategy } from '../../contracts/cloud/pool.ts'
import { IdempotencyKey, Iso, Side, UserId } from '../../contracts/cloud/words.ts'

/** Name and version of the format; a reader refuses others. */
const FORMAT = 'slipway-pool'
const VERSION = 1

/** First line of a pool file. */
export const PoolFileHeader = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  made: Iso,
  /** True where rows name the users they came from. */
  attributed: z.boolean(),
})
export type PoolFileHeader = z.output<typeof PoolFileHeader>

/** One experience in a pool file. */
export const PoolFileRow = z.strictObject({
  kind: z.enum(['signal', 'exit']),
  contributor: z.string().min(1).max(128),
  /** Only in an attributed file. */
  user_id: UserId.optional(),
  key: IdempotencyKey,
  symbol: PoolSymbol,
  side: Side,
  strategy: Strategy,
  timeframe: z.enum(['1m', '5m', '15m', '1h', '1d']),
  source: z.enum(['live', 'paper', 'synthetic', 'replay']),
  features: Features,
  outcome: Outcome,
  day: z.iso.date(),
  weight: z.number().min(0).max(1),
  status: z.string().regex(/^[a-z][a-z-]{0,31}$/),
})
export type PoolFileRow = z.output<typeof PoolFileRow>

/** Last line: without it, or with other numbers, the file is not whole. */
const PoolFileFooter = z.strictObject({ rows: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) })

/** What a pool file says of itself once it was read to its end. */
export type PoolFileSum = Readonly<{ header: PoolFileHeader; rows: number; sha256: string }>

/** A file that is no pool file, or not a whole one. */
export class PoolFileBroken extends Error {
  constructor(line: number, why: string) {
    super(`line ${line}: ${why}`)
    this.name = 'PoolFileBroken'
  }
}

/**
 * Lines of a pool file: header, rows, and a last line with their number and the SHA-256 of all lines before it.
 *
 * @param sum is told what the last line says
 */
export async function* poolFileLines(
  header: Omit<PoolFileHeader, 'format' | 'version'>,
  rows: AsyncIterable<PoolFileRow> | Iterable<PoolFileRow>,
  sum?: (of: PoolFileSum) => void,
): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const whole = { format: FORMAT, version: VERSION, ...header } as const
  const lineOf = (value: unknown) => {
    const line = `${JSON.stringify(value)}\n`
    hash.update(line)
    return line
  }
  yield lineOf(whole)
  let count = 0
  for await (const row of rows) {
    count++
    yield lineOf(row)
  }
  const sha256 = hash.digest('hex')
  sum?.({ header: whole, rows: count, sha256 })
  yield `${JSON.stringify({ rows: count, sha256 })}\n`
}

/**
 * Reads a pool file; rows come as they are read, so whoever takes them keeps them back until `sum` was told.
 *
 * @param lines without their line breaks
 * @throws {PoolFileBroken} no pool file, a row that no server would take, cut short, or changed
 */
export async function* readPoolFile(
  lines: AsyncIterable<string> | Iterable<string>,
  sum?: (of: PoolFileSum) => void,
): AsyncGenerator<PoolFileRow> {
  const hash = createHash('sha256')
  let header: PoolFileHeader | undefined
  let number = 0
  let count = 0
  let last: { rows: number; sha256: string } | undefined
  for await (const line of lines) {
    number++
    if (last) throw new PoolFileBroken(number, 'something follows the last line')
    const value = parsed(line, number)
    if (!header) {
      header = checked(PoolFileHeader, value, number, 'is no header of a pool file')
      hash.update(`${line}\n`)
      continue
    }
    const footer = PoolFileFooter.safeParse(value)
    if (footer.success) {
      last = footer.data
      continue
    }
    const row = checked(PoolFileRow, value, number, 'is no experience')
    hash.update(`${line}\n`)
    count++
    yield row
  }
  if (!header || !last) throw new PoolFileBroken(number, 'the file ends before its last line')
  const sha256 = hash.digest('hex')
  if (last.rows !== count) throw new PoolFileBroken(number, `it has ${count} rows and should have ${last.rows}`)
  if (last.sha256 !== sha256) throw new PoolFileBroken(number, 'it was changed after it was written (SHA-256)')
  sum?.({ header, rows: count, sha256 })
}

function parsed(line: string, number: number): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    throw new PoolFileBroken(number, 'is no JSON')
  }
}

function checked<Of>(schema: z.ZodType<Of>, value: unknown, number: number, what: string): Of {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new PoolFileBroken(number, `${what}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trimEnd())
}
