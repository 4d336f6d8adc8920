import type { TradeReply, TradeRequest } from '../../contracts/trade-request.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { BotLink } from './bot-link.ts'

export type TradeAsk = Readonly<{ signalId: string; command: TradeRequest }>

/**
 * Hands a request to an account's bot.
 *
 * @throws {Refused} 'not-running', 'timed-out', or what the bot refused
 */
export async function askToTrade(
  { link, accountId }: Readonly<{ link: BotLink; accountId: AccountId }>,
  ask: TradeAsk,
  timeoutMs: number,
): Promise<TradeReply> {
  const connection = link.connection() ?? ((await link.attach()) ? link.connection() : undefined)
  if (!connection)
    return refuse('not-running', `The bot of ${accountId} is not running.`, `Start it: slipway start ${accountId}`)
  return connection.trade(ask, timeoutMs)
}
