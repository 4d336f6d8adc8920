import { refusal } from '../../domain/failure/refusal.ts'
import type { TradeCommand } from '../../domain/order/trade-command.ts'
import { executeTrade } from '../order-entry/execute-trade.ts'
import { bookCash } from './book-cash.ts'
import type { BotBook, TradeRequest } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import type { LoopEdge } from './loop-edge.ts'

const NOT_ANY_MORE = refusal(
  'not-running',
  'The bot ended before it came to this request; nothing was sent.',
  'Start it again, then ask again.',
)

/**
 * Carries out what was asked from outside, one after another: trades by the trading service, money that moved by the books.
 *
 * @throws whatever these throw, after the asker was told: only a bug or a lost state gets there
 */
export async function serveRequests(ctx: BotContext, book: BotBook, edge: Pick<LoopEdge, 'pause'>): Promise<void> {
  for (let request = book.requests.shift(); request; request = book.requests.shift()) {
    try {
      if ('movement' in request) request.settle(await bookCash(ctx, book, request.movement, edge.pause))
      else await serveTrade(ctx, book, request)
    } catch (error) {
      request.fail(error)
      throw error
    }
    ctx.changed()
  }
}

async function serveTrade(ctx: BotContext, book: BotBook, { command, signalId, settle }: TradeRequest): Promise<void> {
  const lane = ctx.laneOf(symbolOf(command) ?? '')
  const context = { ...ctx.trading, signature: '', tradingDate: book.lanes[lane.lane]?.sessionDate ?? '' }
  settle(await executeTrade(lane, book, context, command, { signalId, strategyId: lane.strategyId }))
}

/** Answers everything that was not begun. */
export function refuseRequests(book: BotBook): void {
  for (const request of book.requests.splice(0))
    if ('movement' in request) request.settle({ kind: 'refused', refusal: NOT_ANY_MORE })
    else
      request.settle({
        kind: 'refused',
        refusal: NOT_ANY_MORE,
        reasons: [{ code: 'not-running', text: NOT_ANY_MORE.message }],
      })
}

function symbolOf(command: TradeCommand): string | undefined {
  if ('underlying' in command) return command.underlying
  return 'symbol' in command ? command.symbol : undefined
}
