import type { Bar } from '../../domain/market/bar.ts'
import type { Proposal } from '../../domain/strategy/strategy.ts'
import type { BotBook } from './bot-book.ts'
import type { BotContext } from './bot-context.ts'
import { recordHold } from './enter-position.ts'

type TradeProposal = Extract<Proposal, { kind: 'trade' }>

/** Hands what a strategy wants done to the trading service. */
export function proposeTrade(ctx: BotContext, book: BotBook, bar: Bar, proposal: TradeProposal): undefined {
  recordHold(ctx, book, bar, undefined, proposal.reasons, proposal.features)
}
