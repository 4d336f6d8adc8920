import { refusal } from '../../domain/failure/refusal.ts'
import type { TradeCommand } from '../../domain/order/trade-command.ts'
import { executeTrade } from '../order-entry/execute-trade.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'

const NOT_ANY_MORE = refusal(
  'not-running',
  'The bot ended before it came to this request; nothing was sent.',
  'Start it again, then ask again.',
)

/**
 * Hands what was asked from outside to the trading service, one after another.
 *
 * @throws whatever the service throws, after the asker was told: only a bug or a lost state gets there
 */
export async function serveRequests(ctx: BotContext, book: BotBook): Promise<void> {
  for (let request = book.requests.shift(); request; request = book.requests.shift()) {
    const { command, signalId } = request
    const lane = ctx.laneOf(symbolOf(command) ?? '')
    const context = { ...ctx.trading, signature: '', tradingDate: book.lanes[lane.lane]?.sessionDate ?? '' }
    try {
      const ref = { signalId, strategyId: lane.strategyId }
      request.settle(await executeTrade(lane, book, context, command, ref))
    } catch (error) {
      request.fail(error)
      throw error
    }
    ctx.changed()
  }
}

/** Answers everything that was not begun. */
export function refuseRequests(book: BotBook): void {
  for (const { settle } of book.requests.splice(0))
    settle({ kind: 'refused', refusal: NOT_ANY_MORE, reasons: [{ code: 'not-running', text: NOT_ANY_MORE.message }] })
}

function symbolOf(command: TradeCommand): string | undefined {
  if ('underlying' in command) return command.underlying
  return 'symbol' in command ? command.symbol : undefined
}
