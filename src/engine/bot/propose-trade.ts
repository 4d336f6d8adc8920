import { tradingContext } from '../../domain/context/trading-context.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { TradeCommand } from '../../domain/order/trade-command.ts'
import type { Proposal } from '../../domain/strategy/strategy.ts'
import { executeTrade } from '../order-entry/execute-trade.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { recordHold, signalRef } from './enter-position.ts'

export type TradeProposal = Extract<Proposal, { kind: 'trade' }>

/**
 * Hands what a strategy wants done to the trading service. The signal is named by the bar, so that the same bar never
 * trades twice; what the service did not even write down becomes a decision not to trade.
 */
export async function proposeTrade(ctx: BotContext, book: BotBook, bar: Bar, proposal: TradeProposal): Promise<void> {
  const context = tradingContext({ ...ctx.trading, tradingDate: book.lanes[ctx.lane]?.sessionDate ?? '' })
  const { signalId, strategyId } = signalRef(ctx, bar, 'trade')
  const { command, reasons, features } = proposal
  const outcome = await executeTrade(ctx, book, context, command, {
    signalId,
    strategyId,
    reasons,
    features,
  })
  if (outcome.kind === 'refused' && !ctx.store.tradeCall(signalId))
    recordHold(ctx, book, bar, undefined, [...reasons.slice(0, 1), ...outcome.reasons], features)
  const told = reasons.map(({ text }) => text).join('; ')
  if (outcome.kind !== 'refused')
    ctx.log.info('decision-trade', `${command.kind}: ${outcome.kind}${told === '' ? '' : ` (${told})`}`, { signalId })
}

/** Commands that can only end, reduce or protect what is there: history may not stand in their way. */
const HARMLESS: ReadonlySet<TradeCommand['kind']> = new Set<TradeCommand['kind']>([
  'sell',
  'cover-short',
  'stop-loss',
  'trailing-stop',
  'oco-order',
  'cancel-order',
  'cancel-all',
  'close-position',
  'close-all-positions',
  'reduce-position',
  'flatten',
])

/** True where a proposal could open or enlarge a position. */
export function mayOpen(proposal: Proposal): boolean {
  if (proposal.kind === 'trade') return !HARMLESS.has(proposal.command.kind)
  return proposal.kind === 'enter'
}
