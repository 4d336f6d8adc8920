import { NEUTRAL_CONFIDENCE, type Confidence } from '../../domain/confidence/confidence.ts'
import { tradingContext } from '../../domain/context/trading-context.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { TradeCommand } from '../../domain/order/trade-command.ts'
import type { Proposal } from '../../domain/strategy/strategy.ts'
import { executeTrade } from '../order-entry/execute-trade.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { askPool, poolNotes, setupOf, shrunk, sizeFactorOf, sizeNote } from './ask-pool.ts'
import { standingBlocks } from './entry-blocks.ts'
import { recordHold, signalRef } from './enter-position.ts'

export type TradeProposal = Extract<Proposal, { kind: 'trade' }>

/**
 * Hands what a strategy wants done to the trading service. The signal is named by the bar, so that the same bar never
 * trades twice; what the service did not even write down becomes a decision not to trade.
 */
export async function proposeTrade(ctx: BotContext, book: BotBook, bar: Bar, proposal: TradeProposal): Promise<void> {
  const context = tradingContext({ ...ctx.trading, tradingDate: book.lanes[ctx.lane]?.sessionDate ?? '' })
  const { signalId, strategyId } = signalRef(ctx, bar, 'trade')
  const { features } = proposal
  const pool = await heard(ctx, book, proposal)
  const factor = sizeFactorOf(pool)
  const command = shrunk(proposal.command, factor)
  const against = [
    ...(pool.shouldTrade ? [] : [{ code: 'confidence', text: pool.reason }]),
    ...(command ? [] : [sizeNote(factor, pool)]),
  ]
  if (!command || against.length > 0)
    return recordHold(ctx, book, bar, undefined, [...proposal.reasons.slice(0, 1), ...against], features, pool.value)
  const reasons = [...proposal.reasons, ...(factor < 1 ? [sizeNote(factor, pool)] : poolNotes(pool))]
  const ref = { signalId, strategyId, reasons, features, confidence: pool.value }
  const outcome = await executeTrade(ctx, book, context, command, ref)
  if (outcome.kind === 'refused' && !ctx.store.tradeCall(signalId))
    recordHold(ctx, book, bar, undefined, [...reasons.slice(0, 1), ...outcome.reasons], features, pool.value)
  const told = reasons.map(({ text }) => text).join('; ')
  if (outcome.kind !== 'refused')
    ctx.log.info('decision-trade', `${command.kind}: ${outcome.kind}${told === '' ? '' : ` (${told})`}`, { signalId })
}

/** The pool is asked about what opens a position where none is: whatever could end or reduce one asks nobody. */
async function heard(ctx: BotContext, book: BotBook, { command, features }: TradeProposal): Promise<Confidence> {
  const setup = setupOf(command)
  const isFlat = book.lanes[ctx.lane]?.view.held.length === 0
  if (!setup || !isFlat || standingBlocks(ctx, book).length > 0) return NEUTRAL_CONFIDENCE
  return askPool(ctx, book, { ...setup, features })
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
