import type { TradeReply, TradeRequest } from '../../../contracts/trade-request.ts'
import { isAccountId, parseAccountId } from '../../../domain/account/account-id.ts'
import { SIZE_CUT } from '../../../domain/decision/decision.ts'
import { EXIT_CODE_OF, Refused } from '../../../domain/failure/refusal.ts'
import { askBot, type AskOptions } from '../ask-bot.ts'
import type { Cli } from '../cli.ts'
import { sayShape } from '../say-shape.ts'

const REJECTED = EXIT_CODE_OF['broker-refused']
const UNKNOWN = EXIT_CODE_OF['not-reconciled']

/**
 * `slipway trade KIND ID …`: asks an account's bot itself for a trade, so that it works where the launcher does not.
 *
 * @returns 0 accepted or nothing to do, 5 rejected by the broker, 7 unknown, else that of the refusal
 */
export async function trade(
  cli: Cli,
  text: string,
  request: Readonly<Record<string, unknown>>,
  options: AskOptions,
): Promise<number> {
  const accountId = parseAccountId(text)
  if (!isAccountId(accountId)) throw new Refused(accountId)
  // What it means is for the bot to check: it knows the instruments, and says what is wrong.
  const { requestId, reply } = await askBot(cli, accountId, options, (bot, signalId, timeoutMs) =>
    bot.trade({ signalId, command: request as TradeRequest }, timeoutMs),
  )
  return show(cli, requestId, reply)
}

function show(cli: Cli, requestId: string, reply: TradeReply): number {
  const { out } = cli
  out.answer({ requestId, ...reply }, () => {
    if (reply.kind === 'refused') return
    const cut = reply.reasons.find(({ code }) => code === SIZE_CUT)
    if (!cut) out.line(SAID[reply.kind])
    else out.line(reply.kind === 'accepted' ? `Accepted in part: ${cut.text}.` : `${SAID[reply.kind]} ${cut.text}.`)
    if ('orders' in reply && reply.orders.length > 0) out.line(`orders: ${reply.orders.join(' ')}`)
    if (reply.kind === 'rejected') out.line(`the broker says: ${reply.reason}`)
    for (const reason of reply.reasons) if (reason !== cut) out.line(`- ${reason.text}`)
  })
  switch (reply.kind) {
    case 'accepted':
    case 'nothing-to-do':
      return 0
    case 'rejected':
      return REJECTED
    case 'unknown':
      out.note(`Don't send it again. To learn what became of it: --request-id ${requestId}`)
      return UNKNOWN
    case 'refused':
      return out.json ? exitCodeOf(reply.refusal.code) : sayShape(out, reply.refusal)
  }
}

const SAID = {
  accepted: 'Accepted.',
  'nothing-to-do': 'Nothing to do.',
  rejected: 'Rejected by the broker.',
  unknown: 'No answer from the broker: the orders may be live. The bot is finding out.',
} as const satisfies Record<Exclude<TradeReply['kind'], 'refused'>, string>

function exitCodeOf(code: string): number {
  return EXIT_CODE_OF[code as keyof typeof EXIT_CODE_OF] ?? EXIT_CODE_OF['trade-invalid']
}
