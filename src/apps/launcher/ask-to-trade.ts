import type { BotConnection } from '../../adapters/bot-control/connect-to-bot.ts'
import type { CashReply, CashRequest } from '../../contracts/cash-request.ts'
import type { TradeReply, TradeRequest } from '../../contracts/trade-request.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { BotLink } from './bot-link.ts'

export type TradeAsk = Readonly<{ signalId: string; command: TradeRequest }>

export type CashAsk = Readonly<{ requestId: string; movement: CashRequest }>

type Whose = Readonly<{ link: BotLink; accountId: AccountId }>

/**
 * Hands a request to an account's bot.
 *
 * @throws {Refused} 'not-running', 'timed-out', or what the bot refused
 */
export async function askToTrade(whose: Whose, ask: TradeAsk, timeoutMs: number): Promise<TradeReply> {
  return (await connectionOf(whose)).trade(ask, timeoutMs)
}

/** The same for money that moved without a fill. @throws {Refused} as above */
export async function askToBook(whose: Whose, ask: CashAsk, timeoutMs: number): Promise<CashReply> {
  return (await connectionOf(whose)).cash(ask, timeoutMs)
}

async function connectionOf({ link, accountId }: Whose): Promise<BotConnection> {
  const connection = link.connection() ?? ((await link.attach()) ? link.connection() : undefined)
  if (connection) return connection
  return refuse('not-running', `The bot of ${accountId} is not running.`, `Start it: slipway start ${accountId}`)
}
