import {
  columnsOf,
  emptyTables,
  filledTables,
  goOnAfterRestore,
  insertRows,
  othersAreConnected,
  restoredOver,
  rowsOf,
  schemaVersion,
  type BackupTable,
} from '../../../adapters/cloud-db/backup-records.ts'
import type { CloudDatabase, CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { transact } from '../../../adapters/cloud-db/transact.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { lineOf, openSum, type TableSum } from './backup-format.ts'
import { readBackup, type BackupContents } from './read-backup.ts'

export type RestoreOptions = Readonly<{
  /** Take away what is there now. */
  replace: boolean
}>

/**
 * Puts a backup into a database: all of it, checked row by row after it was written, or nothing.
 *
 * @throws {Refused} 'backup-invalid' | 'file-unreadable' | 'state-newer' (a newer Slipway made it) | 'bad-usage': the
 * database is not empty, or a server has it open; nothing was changed
 */
export async function restoreBackup(
  database: CloudDatabase,
  file: string,
  { replace }: RestoreOptions,
): Promise<BackupContents> {
  const { db } = database
  // All of it once before anything is touched: a file that is broken at its end has not cost us what we have.
  const contents = await readBackup(file)
  const known = await schemaVersion(db)
  if (contents.head.schema > known)
    refuse(
      'state-newer',
      `${file} is of schema ${contents.head.schema}, and this Slipway knows ${known}: a newer one made it.`,
      'Update Slipway on this machine and restore again.',
    )
  if (await othersAreConnected(db))
    refuse(
      'bad-usage',
      'A server has this database open.',
      'Stop every server (or the launcher) first, and restore then.',
    )
  const filled = await filledTables(db)
  if (filled.length > 0 && !replace)
    refuse(
      'bad-usage',
      `The database is not empty: there are rows in ${filled.join(', ')}.`,
      'Back it up first; then add --replace, and everything that it holds is gone.',
    )
  await transact(db, async (trx) => {
    const before = await restoredOver(trx)
    await emptyTables(trx)
    const columnsHere = new Map<BackupTable, ReadonlySet<string>>()
    await readBackup(file, {
      async rows(table, columns, rows) {
        if (!columnsHere.has(table)) columnsHere.set(table, new Set(await columnsOf(trx, table)))
        const strange = columns.find((name) => !columnsHere.get(table)!.has(name))
        if (strange !== undefined)
          refuse('backup-invalid', `${file} has a column ${table}.${strange}.`, 'Choose a backup of this program.')
        await insertRows(trx, table, columns, rows)
      },
    })
    for (const [table, said] of contents.tables) {
      // oxlint-disable-next-line no-await-in-loop -- one connection
      const found = await sumOf(trx, table, said.columns)
      if (found.sha256 !== said.sha256 || found.rows !== said.rows)
        throw new Error(`The table ${table} does not hold what was put into it: ${found.rows} rows of ${said.rows}`)
    }
    await goOnAfterRestore(trx, before)
  })
  return contents
}

async function sumOf(db: CloudDb, table: BackupTable, columns: readonly string[]): Promise<TableSum> {
  const sum = openSum()
  for await (const rows of rowsOf(db, table, columns)) for (const row of rows) sum.add(lineOf(row))
  return sum.sum()
}
