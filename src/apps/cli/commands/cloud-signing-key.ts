import {
  ensureLeaseKeys,
  listLeaseKeys,
  rotateLeaseKeys,
  type LeaseKeyInfo,
} from '../../../adapters/lease-keys/lease-signer.ts'
import type { Cli } from '../cli.ts'
import { confirm } from '../confirm.ts'
import { isoTime } from '../time-text.ts'
import { keysFolder, type CloudPlace } from '../with-cloud-db.ts'

/** `slipway cloud signing-key create`: for a folder that a server is given to read only. */
export function signingKeyCreate(cli: Cli, place: CloudPlace): number {
  const folder = keysFolder(cli, place)
  ensureLeaseKeys(folder, cli.now())
  return show(cli, listLeaseKeys(folder))
}

/** `slipway cloud signing-key list`: names and roles; nothing secret. */
export function signingKeyList(cli: Cli, place: CloudPlace): number {
  return show(cli, listLeaseKeys(keysFolder(cli, place)))
}

/** `slipway cloud signing-key rotate`. */
export async function signingKeyRotate(
  cli: Cli,
  options: CloudPlace & Readonly<{ leaked?: boolean; yes?: boolean }>,
): Promise<number> {
  if (options.leaked === true)
    await confirm(cli, {
      yes: options.yes,
      what: 'Leases that were signed so far count for nothing any more: bots need this server for their next entry.',
      word: 'rotate',
    })
  return show(cli, await rotateLeaseKeys(keysFolder(cli, options), cli.now(), options.leaked === true))
}

function show(cli: Cli, keys: readonly LeaseKeyInfo[]): number {
  const time = (at: number | null) => (at === null ? null : isoTime(at))
  const rows = keys.map(({ kid, role, madeAt, retiredAt }) => ({
    ...{ kid, role, madeAt: isoTime(madeAt), retiredAt: time(retiredAt) },
  }))
  cli.out.answer(rows, () =>
    cli.out.table(
      [
        { title: 'KEY', text: (row) => row.kid },
        { title: 'ROLE', text: (row) => row.role },
        { title: 'MADE', text: (row) => row.madeAt },
        { title: 'RETIRED', text: (row) => row.retiredAt ?? '–' },
      ],
      rows,
    ),
  )
  return 0
}
