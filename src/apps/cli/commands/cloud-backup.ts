import { resolve } from 'node:path'
import { readBackup, type BackupContents } from '../../cloud/backup/read-backup.ts'
import { restoreBackup } from '../../cloud/backup/restore-backup.ts'
import { writeBackup } from '../../cloud/backup/write-backup.ts'
import { APP_VERSION } from '../../version.ts'
import type { Cli } from '../cli.ts'
import { confirm } from '../confirm.ts'
import { withCloudDatabase, type CloudPlace } from '../with-cloud-db.ts'

/** One connection, so that it never meets itself; a statement on a big table may take its time. */
const ALONE = { connections: 1, statementMs: 600_000 } as const

/** `slipway cloud backup FILE`. */
export function cloudBackup(cli: Cli, name: string, place: CloudPlace): Promise<number> {
  const file = resolve(cli.workingFolder, name)
  return withCloudDatabase(cli, place, ALONE, async (database) => {
    const written = await writeBackup(database, file, { now: cli.now(), version: APP_VERSION })
    const { bytes } = written
    cli.out.answer({ file, bytes, ...contentsJson(written) }, () => {
      cli.out.line(`${file}: ${rowsIn(written)} rows of ${written.tables.size} tables, ${bytes} bytes, checked.`)
      cli.out.note('The keys that leases are signed with are not in it: keep a copy of their folder elsewhere.')
    })
    return 0
  })
}

/** `slipway cloud check-backup FILE`. */
export async function cloudCheckBackup(cli: Cli, name: string): Promise<number> {
  const file = resolve(cli.workingFolder, name)
  const contents = await readBackup(file)
  const { head } = contents
  cli.out.answer({ file, ...contentsJson(contents) }, () => {
    cli.out.line(`${file} is whole: ${rowsIn(contents)} rows, made at ${head.made_at} by Slipway ${head.slipway}.`)
    cli.out.table(
      [
        { title: 'TABLE', text: ([table]) => table },
        { title: 'ROWS', text: ([, { rows }]) => String(rows), align: 'right' },
      ],
      [...contents.tables],
    )
  })
  return 0
}

/** `slipway cloud restore FILE`. */
export async function cloudRestore(
  cli: Cli,
  name: string,
  options: CloudPlace & Readonly<{ replace?: boolean; yes?: boolean }>,
): Promise<number> {
  const file = resolve(cli.workingFolder, name)
  const replace = options.replace === true
  if (replace)
    await confirm(cli, { yes: options.yes, what: 'Everything that the database holds now goes.', word: 'replace' })
  return await withCloudDatabase(cli, options, ALONE, async (database) => {
    const contents = await restoreBackup(database, file, { replace })
    cli.out.answer({ file, database: database.kind, ...contentsJson(contents) }, () =>
      cli.out.line(`${rowsIn(contents)} rows of ${contents.tables.size} tables are back, checked.`),
    )
    return 0
  })
}

function contentsJson({ head, tables }: BackupContents) {
  return {
    madeAt: head.made_at,
    schema: head.schema,
    from: head.database,
    tables: Object.fromEntries([...tables].map(([table, { rows, sha256 }]) => [table, { rows, sha256 }])),
  }
}

function rowsIn({ tables }: BackupContents): number {
  return [...tables.values()].reduce((sum, { rows }) => sum + rows, 0)
}
