import { randomUUID } from 'node:crypto'
import { readAccountSettings } from '../../adapters/account-registry/read-settings.ts'
import { connectToBot, type BotConnection } from '../../adapters/bot-control/connect-to-bot.ts'
import { RequestId } from '../../contracts/request-id.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { Refused, refuse } from '../../domain/failure/refusal.ts'
import { openCliHome, type Cli } from './cli.ts'
import { wholeNumber } from './whole-number.ts'

/** `--request-id` and `--timeout` (seconds) of a command that asks a bot for something that is done once. */
export type AskOptions = Readonly<{ requestId?: string; timeout?: string }>

const CONNECT_MS = 2_000
const USUAL_TIMEOUT_S = 60

/**
 * Asks an account's bot itself, so that it works where the launcher does not, under a name: whoever gets no answer is told
 * how to ask again.
 *
 * @throws {Refused} 'bad-usage' | 'not-running', and what the question is refused with
 */
export async function askBot<T>(
  cli: Cli,
  accountId: AccountId,
  options: AskOptions,
  question: (bot: BotConnection, requestId: string, timeoutMs: number) => Promise<T>,
): Promise<Readonly<{ requestId: string; reply: T }>> {
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
    return { requestId, reply: await question(bot, requestId, timeoutMs) }
  } catch (error) {
    if (error instanceof Refused && error.refusal.code !== 'bad-usage')
      cli.out.note(`To learn what became of it, ask again with: --request-id ${requestId}`)
    throw error
  } finally {
    bot.close()
  }
}
