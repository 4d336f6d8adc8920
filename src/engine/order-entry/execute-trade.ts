import type { TradingContext } from '../../domain/context/trading-context.ts'
import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import type { BotBook } from '../bot/bot-book.ts'
import { marketNow, type BotContext } from '../bot/bot-context.ts'
import { carryOut } from './carry-out.ts'
import { checkCommand } from './check-command.ts'
import { earlierOutcome, isSame, nameTaken } from './earlier-outcome.ts'
import { refused, type TradeRef } from './trade-call.ts'

export type { TradeRef } from './trade-call.ts'

/**
 * Carries out one command of the trading service for the account of the given context.
 *
 * The same signal again is answered with what became of it the first time, and sends nothing. Whatever is sent was
 * written before, in one commit with the decision; entries pass every block and limit, exits and cancels none.
 *
 * @param context must be of this bot's account, user and mode: any other is refused, and an alarm
 * @throws {Refused} 'fenced' | 'disk-full' | 'state-corrupt': nothing was sent after that
 */
export async function executeTrade(
  ctx: BotContext,
  book: BotBook,
  context: TradingContext,
  command: TradeCommand,
  ref: TradeRef,
): Promise<TradeOutcome> {
  if (isForeign(ctx.trading, context)) return refuseForeign(ctx, context, command)
  const earlier = earlierOutcome(book, ctx, command, ref)
  if (earlier) return earlier
  const wrong = checkCommand(command)
  if (wrong) return wrong
  const begun = book.calls.get(ref.signalId)
  if (begun) return isSame(begun.command, command) ? begun.outcome : nameTaken(ref.signalId, begun.command)
  const call = { ctx, book, context, ref, command, at: marketNow(ctx, book.lastBar) }
  // Nothing of a call is durable while it waits for an answer: until then this is what knows its name.
  const outcome = carryOut(call, command)
  book.calls.set(ref.signalId, { command, outcome })
  try {
    return await outcome
  } finally {
    book.calls.delete(ref.signalId)
  }
}

function isForeign(own: TradingContext, given: TradingContext): boolean {
  return given.accountId !== own.accountId || given.userId !== own.userId || given.mode !== own.mode
}

function refuseForeign(ctx: BotContext, context: TradingContext, { kind }: TradeCommand): TradeOutcome {
  ctx.log.error('context-foreign', `A ${kind} came with the context of another account; nothing was done`, {
    givenAccount: context.accountId,
    givenUser: context.userId,
    givenMode: context.mode,
  })
  return refused(
    'context-foreign',
    `This is the bot of ${ctx.trading.accountId} (${ctx.trading.mode}); the request was made for ${context.accountId} (${context.mode}).`,
    'Nothing was done. Whoever made the request mixed up two accounts: look at the log.',
  )
}
