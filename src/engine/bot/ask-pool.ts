import { NEUTRAL_CONFIDENCE, type Confidence } from '../../domain/confidence/confidence.ts'
import { tradingContext } from '../../domain/context/trading-context.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import type { Side } from '../../domain/order/order.ts'
import type { TradeCommand } from '../../domain/order/trade-command.ts'
import { lots } from '../../domain/units/units.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'

/** A setup the pool can be asked about. */
export type PoolSetup = Readonly<{ symbol: string; side: Side; features: Readonly<Record<string, number>> }>

/** What the shared experience says of a setup. Answers within the source's own budget. */
export function askPool(ctx: BotContext, book: BotBook, setup: PoolSetup): Promise<Confidence> {
  const context = tradingContext({ ...ctx.trading, tradingDate: book.lanes[ctx.lane]?.sessionDate ?? '' })
  return ctx.confidence.ask(context, setup, ctx.signal)
}

/** What the pool said, or why it was not heard, where that changed nothing. */
export function poolNotes({ reason }: Confidence): readonly Reason[] {
  return reason === NEUTRAL_CONFIDENCE.reason ? [] : [{ code: 'pool', text: reason }]
}

export function sizeNote(factor: number, { reason }: Confidence): Reason {
  return { code: 'confidence-size', text: `size × ${factor}: ${reason}` }
}

export function sizeFactorOf({ sizeFactor }: Confidence): number {
  return Math.min(1, Math.max(0, sizeFactor))
}

/**
 * The view of the market that a command opens a position for, as the pool knows setups; undefined for whatever else it
 * does. Shapes of several legs are no setup of the pool's.
 */
export function setupOf(command: TradeCommand): Omit<PoolSetup, 'features'> | undefined {
  switch (command.kind) {
    case 'buy':
      return { symbol: command.symbol, side: 'buy' }
    case 'short-sell':
      return { symbol: command.symbol, side: 'sell' }
    case 'market-order':
    case 'limit-order':
    case 'stop-limit':
    case 'bracket-order':
      return { symbol: command.symbol, side: command.side }
    case 'buy-call':
    case 'sell-put':
      return { symbol: command.underlying, side: 'buy' }
    case 'buy-put':
    case 'sell-call':
      return { symbol: command.underlying, side: 'sell' }
    default:
      return undefined
  }
}

/** The same command for a share of its lots, rounded down; undefined where none is left. */
export function shrunk(command: TradeCommand, factor: number): TradeCommand | undefined {
  if (factor >= 1 || !('quantity' in command) || command.quantity === undefined) return command
  const quantity = lots(Math.floor(command.quantity * factor))
  return quantity < 1 ? undefined : { ...command, quantity }
}
