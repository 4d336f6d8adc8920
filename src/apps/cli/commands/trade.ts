import { randomUUID } from 'node:crypto'
import { connectToBot } from '../../../adapters/bot-control/connect-to-bot.ts'
import { readAccountSettings } from '../../../adapters/account-registry/read-settings.ts'
import { RequestId } from '../../../contracts/request-id.ts'
import type { TradeReply, TradeRequest } from '../../../contracts/trade-request.ts'
import { isAccountId, parseAccountId } from '../../../domain/account/account-id.ts'
import { SIZE_CUT } from '../../../domain/decision/decision.ts'
import { EXIT_CODE_OF, Refused, refuse } from '../../../domain/failure/refusal.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { sayShape } from '../say-shape.ts'
import { wholeNumber } from '../whole-number.ts'

type Options = Readonly<{ requestId?: string; timeout?: string }>

const CONNECT_MS = 2_000
const USUAL_TIMEOUT_S = 60
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
  options: Options,
): Promise<number> {
  const accountId = parseAccountId(text)
  if (!isAccountId(accountId)) throw new Refused(accountId)
  const requestId = options.requestId ?? randomUUID()
  if (!RequestId.safeParse(requestId).success)
    refuse('bad-usage', `${requestId} is no request id.`, 'Use 1 to 100 of A-Z a-z 0-9 . _ -')
  const timeoutMs = wholeNumber(options.timeout ?? String(USUAL_TIMEOUT_S), '--timeout', 1, 600) * 1_000
  const layout = openCliHome(cli)
  readAccountSettings(layout, accountId)
  const bot = await connectToBot({ endpoint: layout.botEndpoint(accountId), timeoutMs: CONNECT_MS })
  if (!bot)
    return refuse('not-running', `The bot of ${accountId} is not running.`, `Start it: slipway start ${accountId}`)
  try {
    // What it means is for the bot to check: it knows the instruments, and says what is wrong.
    const reply = await bot.trade({ signalId: requestId, command: request as TradeRequest }, timeoutMs)
    return show(cli, requestId, reply)
  } catch (error) {
    if (error instanceof Refused && error.refusal.code !== 'bad-usage')
      cli.out.note(`To learn what became of it, ask again with: --request-id ${requestId}`)
    throw error
  } finally {
    bot.close()
  }
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
