import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { z } from 'zod'
import type { BackupTable, CellValue } from '../../../adapters/cloud-db/backup-records.ts'
import { Refused, refuse } from '../../../domain/failure/refusal.ts'
import { BackupEnds, BackupHead, openSum, TableBegins, TableEnds, TableRow, type TableSum } from './backup-format.ts'

export type BackupReader = Readonly<{
  head?: (head: BackupHead) => void
  rows?: (
    table: BackupTable,
    columns: readonly string[],
    rows: readonly (readonly CellValue[])[],
  ) => Promise<void> | void
}>

export type BackupContents = Readonly<{
  head: BackupHead
  tables: ReadonlyMap<BackupTable, TableSum & Readonly<{ columns: readonly string[] }>>
}>

const BATCH = 500
/** Unpacked characters without a line break: no line of ours is as long. */
const LONGEST_LINE = 4 * 1024 * 1024

/**
 * Reads a whole backup and checks all of its sums. Rows are handed over as they come: who keeps them does so in a
 * transaction that ends only when this has returned.
 *
 * @throws {Refused} 'backup-invalid': cut off, changed, or none of ours; 'file-unreadable'
 */
export async function readBackup(file: string, reader: BackupReader = {}): Promise<BackupContents> {
  try {
    return await readLines(file, reader)
  } catch (error) {
    if (error instanceof Refused) throw error
    const { code = '', message } = error as NodeJS.ErrnoException
    if (code.startsWith('Z_') || error instanceof SyntaxError) return broken(file, 'it is damaged, or no backup at all')
    if (code.startsWith('E'))
      return refuse('file-unreadable', `${file} can't be read (${message}).`, 'Correct its path or its permissions.')
    throw error
  }
}

async function readLines(file: string, reader: BackupReader): Promise<BackupContents> {
  const lines = linesIn(file)
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    return done ? broken(file, 'it ends too early') : value
  }
  const as = <T extends z.ZodType>(schema: T, line: string): z.output<T> => {
    const read = schema.safeParse(JSON.parse(line))
    return read.success ? read.data : broken(file, 'it is not written as backups are')
  }
  const tables = new Map<BackupTable, TableSum & { columns: readonly string[] }>()
  try {
    const head = as(BackupHead, await next())
    reader.head?.(head)
    let line = await next()
    while (line.startsWith('{"table"')) {
      const { table, columns } = as(TableBegins, line)
      if (tables.has(table)) broken(file, `the table ${table} is in it twice`)
      const sum = openSum()
      let rows: CellValue[][] = []
      const handOver = async (): Promise<void> => {
        if (rows.length > 0) await reader.rows?.(table, columns, rows)
        rows = []
      }
      // oxlint-disable-next-line no-await-in-loop -- one line after another
      for (line = await next(); line.startsWith('['); line = await next()) {
        const row = as(TableRow, line)
        if (row.length !== columns.length) broken(file, `a row of ${table} has too many values, or too few`)
        sum.add(line)
        rows.push(row)
        // oxlint-disable-next-line no-await-in-loop -- in order
        if (rows.length === BATCH) await handOver()
      }
      // oxlint-disable-next-line no-await-in-loop -- in order
      await handOver()
      const [said, found] = [as(TableEnds, line), sum.sum()]
      if (said.rows !== found.rows || said.sha256 !== found.sha256) broken(file, `the rows of ${table} were changed`)
      tables.set(table, { ...found, columns })
      // oxlint-disable-next-line no-await-in-loop -- in order
      line = await next()
    }
    const end = as(BackupEnds, line)
    const rows = [...tables.values()].reduce((sum, table) => sum + table.rows, 0)
    if (end.tables !== tables.size || end.rows !== rows) broken(file, 'tables are missing from it')
    if (!(await lines.next()).done) broken(file, 'something follows after its end')
    return { head, tables }
  } finally {
    await lines.return()
  }
}

async function* linesIn(file: string): AsyncGenerator<string, void> {
  const unpacked = pipeline(createReadStream(file), createGunzip(), () => undefined).setEncoding('utf8')
  let rest = ''
  for await (const chunk of unpacked as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    if (rest.length > LONGEST_LINE) broken(file, 'it is not written as backups are')
    yield* lines
  }
  if (rest !== '') yield rest
}

export function broken(file: string, why: string): never {
  return refuse('backup-invalid', `${file} is no usable backup: ${why}.`, 'Choose another backup.')
}
