import { createHash } from 'node:crypto'
import { z } from 'zod'
import { BACKUP_TABLES, type CellValue } from '../../../adapters/cloud-db/backup-records.ts'

/**
 * A backup is gzip over lines of JSON: what it is; for each table its columns, its rows, and how many there were with the
 * SHA-256 over their lines; and that it is whole. The same for both databases, so one can be restored into the other.
 */
export const BackupHead = z.strictObject({
  format: z.literal('slipway-cloud-backup'),
  version: z.literal(1),
  /** Steps of the schema that the database had taken. */
  schema: z.int().min(1),
  made_at: z.iso.datetime(),
  database: z.enum(['sqlite', 'postgres']),
  slipway: z.string().max(64),
})
export type BackupHead = z.output<typeof BackupHead>

const Table = z.enum(BACKUP_TABLES)
const Count = z.int().min(0)
const Sum = z.string().regex(/^[0-9a-f]{64}$/)

export const TableBegins = z.strictObject({ table: Table, columns: z.array(z.string().regex(/^[a-z_]{1,40}$/)).min(1) })
export const TableEnds = z.strictObject({ rows: Count, sha256: Sum })
export const BackupEnds = z.strictObject({ tables: Count, rows: Count })
export const TableRow = z.array(z.union([z.string(), z.number(), z.null()]))

/** What was in a table: enough to tell whether it is again. */
export type TableSum = z.output<typeof TableEnds>

export function lineOf(row: readonly CellValue[]): string {
  return JSON.stringify(row)
}

/** Counts rows and sums them up as they pass. */
export function openSum(): { add(line: string): void; sum(): TableSum } {
  const hash = createHash('sha256')
  let rows = 0
  return {
    add(line) {
      rows++
      hash.update(line).update('\n')
    },
    sum: () => ({ rows, sha256: hash.digest('hex') }),
  }
}
