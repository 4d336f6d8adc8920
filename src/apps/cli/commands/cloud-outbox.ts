import { existsSync } from 'node:fs'
import { cloudServerOf } from '../../../adapters/cloud/cloud-server.ts'
import { accountFolders } from '../../../adapters/home/account-folders.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { outboxOf } from '../../../adapters/outbox/outbox-of.ts'
import { retryParked } from '../../../adapters/outbox/retry-parked.ts'
import type { OutboxState } from '../../../contracts/launcher/outbox.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../../domain/account/account-id.ts'
import { Refused, refuse } from '../../../domain/failure/refusal.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { shortTime } from '../time-text.ts'

/** `slipway cloud outbox [ID…]`: reads the accounts' files itself, of removed accounts too. */
export function cloudOutbox(cli: Cli, ids: readonly string[]): number {
  const layout = openCliHome(cli)
  const accounts = ids.length > 0 ? ids.map((id) => accountNamed(layout, id)) : accountFolders(layout)
  const shared = cloudServerOf(layout).kind === 'team'
  const today = new Date(cli.now()).setHours(0, 0, 0, 0)
  const states = accounts.map((id) => outboxOf(layout, id, today, shared))
  const { out } = cli
  out.answer(states, () => {
    if (states.length === 0) return out.line('No accounts yet. Add one: slipway account add ID --user U --symbol S')
    out.table(
      [
        { title: 'ACCOUNT', text: (row) => row.accountId },
        { title: 'WAITING', text: (row) => row.waiting, align: 'right' },
        { title: 'SINCE', text: (row) => shortTime(row.oldestWaitingAt) },
        { title: 'DELIVERED TODAY', text: (row) => row.deliveredToday, align: 'right' },
        { title: 'PUT ASIDE', text: (row) => row.parked, align: 'right' },
        { title: 'KEPT HERE', text: (row) => row.withheld, align: 'right' },
        { title: 'GIVEN UP', text: (row) => row.dropped, align: 'right' },
        { title: 'LAST TROUBLE', text: (row) => row.lastTrouble || '–', flexible: true },
      ],
      states,
    )
    for (const state of states) sayParked(cli, state)
  })
  return 0
}

function sayParked({ out }: Cli, { accountId, parked, parkedRows }: OutboxState): void {
  if (parked === 0) return
  out.line('')
  out.line(`Put aside of ${accountId}:`)
  for (const { kind, tradeId, reason, since } of parkedRows)
    out.line(`  ${shortTime(since)}  ${tradeId} (${kind}): ${reason}`)
  if (parked > parkedRows.length) out.line(`  and ${parked - parkedRows.length} more`)
  out.line(`Send them again with: slipway cloud retry ${accountId}`)
}

/** `slipway cloud retry ID [--trade T]`: the launcher sends them within seconds, once one runs. */
export function cloudRetry(cli: Cli, id: string, { trade }: Readonly<{ trade?: string }>): number {
  const layout = openCliHome(cli)
  const accountId = accountNamed(layout, id)
  const retried = retryParked(layout, accountId, cli.now(), trade)
  cli.out.answer({ accountId, retried }, () =>
    cli.out.line(
      retried === 0
        ? `Nothing of ${accountId} was put aside.`
        : `${retried} ${retried === 1 ? 'contribution' : 'contributions'} of ${accountId} will be sent again.`,
    ),
  )
  return 0
}

/** @throws {Refused} account-id-invalid, account-unknown */
function accountNamed(layout: HomeLayout, text: string): AccountId {
  const id = parseAccountId(text)
  if (!isAccountId(id)) throw new Refused(id)
  if (!existsSync(layout.account(id)))
    refuse('account-unknown', `There is no account ${id}.`, 'See them all with: slipway account list')
  return id
}
