import { readAccountSettings } from '../../../adapters/account-registry/read-settings.ts'
import type { CashReply, CashReport } from '../../../contracts/cash-request.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../../domain/account/account-id.ts'
import { EXIT_CODE_OF, Refused, refuse } from '../../../domain/failure/refusal.ts'
import type { CashMovementKind } from '../../../domain/ledger/cash-movement.ts'
import { readCashReport } from '../../cash/read-cash-report.ts'
import { askBot, type AskOptions } from '../ask-bot.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { sayShape } from '../say-shape.ts'

export type CashOptions = AskOptions & Readonly<{ note?: string }>

const KINDS: Readonly<Record<string, CashMovementKind>> = {
  ...{ deposit: 'deposit', withdraw: 'withdrawal', withdrawal: 'withdrawal' },
  ...{ fee: 'fee', interest: 'interest' },
}

/**
 * `slipway cash ID`: cash in the books and at the broker. `slipway cash ID KIND AMOUNT`: asks the account's bot itself to
 * book what moved without a fill, so that it works where the launcher does not.
 *
 * @returns 0, or the exit code of the refusal
 */
export async function cash(
  cli: Cli,
  text: string,
  kind: string | undefined,
  amount: string | undefined,
  options: CashOptions,
): Promise<number> {
  const accountId = parseAccountId(text)
  if (!isAccountId(accountId)) throw new Refused(accountId)
  const layout = openCliHome(cli)
  if (kind !== undefined) return book(cli, accountId, kind, amount, options)
  const report = await readCashReport(layout, readAccountSettings(layout, accountId))
  cli.out.answer(report, () => show(cli, report))
  return 0
}

async function book(
  cli: Cli,
  accountId: AccountId,
  word: string,
  amount: string | undefined,
  options: CashOptions,
): Promise<number> {
  const kind = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined
  if (!kind) refuse('bad-usage', `${word} is no kind of movement.`, 'Use deposit, withdraw, fee or interest.')
  if (amount === undefined)
    refuse('bad-usage', 'How much is missing.', `For example: slipway cash ${accountId} ${word} 500`)
  const movement = { kind, amount, ...(options.note === undefined ? {} : { note: options.note }) }
  const { requestId, reply } = await askBot(cli, accountId, options, (bot, name, timeoutMs) =>
    bot.cash({ requestId: name, movement }, timeoutMs),
  )
  return tell(cli, requestId, reply)
}

function tell({ out }: Cli, requestId: string, reply: CashReply): number {
  out.answer({ requestId, ...reply }, () => {
    if (reply.kind === 'refused') return
    const { movement, isNew, cash: now, agrees } = reply
    const { kind, change, currency } = movement
    out.line(
      `${isNew ? 'Booked' : 'Had been booked before'}: ${kind}, ${change} ${currency}. Cash is ${now} ${currency} now.`,
    )
    out.line(agrees ? 'Books and broker agree.' : 'Books and broker still differ: see slipway status.')
  })
  if (reply.kind === 'booked') return 0
  const { code } = reply.refusal
  return out.json ? (EXIT_CODE_OF[code as keyof typeof EXIT_CODE_OF] ?? 1) : sayShape(out, reply.refusal)
}

function show({ out }: Cli, { currency, cash: books, broker, closed, movements }: CashReport): void {
  out.line(
    books === null ? 'The books have not begun: start the account once.' : `In the books      ${books} ${currency}`,
  )
  if (broker) {
    out.line(`At the broker     ${broker.cash} ${currency}, asked ${minute(broker.askedAt)}`)
    if (broker.books !== books && books !== null) out.line(`In the books then ${broker.books} ${currency}`)
    out.line(`Difference        ${broker.difference} ${currency}`)
  } else out.line('At the broker     not known: it is asked while the bot runs')
  if (closed !== null) out.line(`Nothing can be booked by hand: ${closed}.`)
  if (movements.length === 0) return
  out.line('')
  out.table(
    [
      { title: 'TIME', text: (row) => minute(row.at) },
      { title: 'KIND', text: (row) => row.kind },
      { title: 'CHANGE', text: (row) => row.change, align: 'right' },
      { title: 'NOTE', text: (row) => row.note },
      { title: 'REQUEST', text: (row) => row.requestId },
    ],
    movements,
  )
}

const minute = (iso: string) => `${iso.slice(0, 16).replace('T', ' ')} UTC`
