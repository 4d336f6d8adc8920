import { resolve } from 'node:path'
import { countByStatus, excludeContributor } from '../../../adapters/cloud-db/experience-records.ts'
import { listContributors } from '../../../adapters/cloud-db/given-records.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { exportPool } from '../../cloud/pool/export-pool.ts'
import { importPool } from '../../cloud/pool/import-pool.ts'
import type { Cli } from '../cli.ts'
import { confirm } from '../confirm.ts'
import { withCloudDatabase, withCloudDb, type CloudPlace } from '../with-cloud-db.ts'

/** Reading or writing a whole pool takes its time. */
const WHOLE = { connections: 1, statementMs: 600_000 } as const
const SHOWN_CONTRIBUTORS = 20

/** `slipway cloud pool status`. */
export function poolStatus(cli: Cli, place: CloudPlace): Promise<number> {
  return withCloudDatabase(cli, place, WHOLE, async ({ db }) => {
    const byStatus = await countByStatus(db)
    const contributors = await listContributors(db, SHOWN_CONTRIBUTORS)
    const total = [...byStatus.values()].reduce((sum, count) => sum + count, 0)
    cli.out.answer({ total, byStatus: Object.fromEntries(byStatus), contributors }, () => {
      cli.out.line(`${total} experiences, ${byStatus.get('used') ?? 0} count.`)
      cli.out.table(
        [
          { title: 'STATUS', text: ([status]) => status },
          { title: 'EXPERIENCES', text: ([, count]) => String(count), align: 'right' },
        ],
        [...byStatus],
      )
      cli.out.table(
        [
          { title: 'CONTRIBUTOR', text: ({ contributor }) => contributor },
          { title: 'GAVE', text: ({ count }) => String(count), align: 'right' },
          { title: 'COUNT', text: ({ used }) => String(used), align: 'right' },
          { title: 'MEAN R', text: ({ meanR }) => meanR.toFixed(2), align: 'right' },
        ],
        contributors,
      )
    })
    return 0
  })
}

/** `slipway cloud pool export FILE`. */
export function poolExport(cli: Cli, name: string, options: CloudPlace & { attributed?: boolean }): Promise<number> {
  const file = resolve(cli.workingFolder, name)
  const attributed = options.attributed === true
  return withCloudDatabase(cli, options, WHOLE, async ({ db }) => {
    const { rows, sha256 } = await exportPool(db, file, { attributed, now: cli.now() })
    cli.out.answer({ file, rows, sha256, attributed }, () => {
      cli.out.line(`${file}: ${rows} experiences, SHA-256 ${sha256}.`)
      if (attributed) cli.out.note('It names users and licences: keep it as you keep the database.')
    })
    return 0
  })
}

/** `slipway cloud pool import FILE`. */
export function poolImport(cli: Cli, name: string, options: CloudPlace & { withSynthetic?: boolean }): Promise<number> {
  const file = resolve(cli.workingFolder, name)
  return withCloudDatabase(cli, options, WHOLE, async ({ db }) => {
    const how = { usesSynthetic: options.withSynthetic === true, now: cli.now() }
    const { rows, sha256, taken } = await importPool(db, file, how)
    cli.out.answer({ file, rows, taken, alreadyThere: rows - taken, sha256 }, () =>
      cli.out.line(`${taken} of ${rows} experiences were taken in; ${rows - taken} were there already.`),
    )
    return 0
  })
}

/** `slipway cloud pool exclude CONTRIBUTOR`. */
export async function poolExclude(
  cli: Cli,
  contributor: string,
  options: CloudPlace & Readonly<{ yes?: boolean }>,
): Promise<number> {
  await confirm(cli, {
    yes: options.yes,
    what: `Nothing that ${contributor} gave will count. It can be included again.`,
    word: 'exclude',
  })
  return await changed(cli, contributor, options, true)
}

/** `slipway cloud pool include CONTRIBUTOR`. */
export function poolInclude(cli: Cli, contributor: string, place: CloudPlace): Promise<number> {
  return changed(cli, contributor, place, false)
}

function changed(cli: Cli, contributor: string, place: CloudPlace, excluded: boolean): Promise<number> {
  return withCloudDb(cli, place, async (db) => {
    const rows = await excludeContributor(db, contributor, excluded)
    if (rows === 0)
      refuse(
        'bad-usage',
        `Nothing of ${contributor} ${excluded ? 'counts' : 'is excluded'}.`,
        'See who gave what with slipway cloud pool status.',
      )
    cli.out.answer({ contributor, excluded, rows }, () =>
      cli.out.line(`${rows} experiences of ${contributor} count ${excluded ? 'no more' : 'again'}.`),
    )
    return 0
  })
}
