import type { TradeOutcome } from '../../domain/order/trade-command.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { refused } from './trade-call.ts'

/** A symbol that means nothing to this bot. */
export function unknownSymbol({ trading }: BotContext, symbol: string): TradeOutcome {
  return refused(
    'symbol-unknown',
    `${trading.accountId} does not trade ${symbol}.`,
    `See what it trades: slipway account show ${trading.accountId}`,
  )
}

/**
 * Refuses a symbol that nobody tells this bot the price of: it is not among those it follows, and no option on one.
 *
 * @returns undefined where it has a price, or will have with the next bar
 */
export function refuseUnfollowed(ctx: BotContext, symbol: string): TradeOutcome | undefined {
  const instrument = ctx.instrumentOf(symbol)
  if (!instrument) return unknownSymbol(ctx, symbol)
  const followed = ctx.lanes.map((lane) => lane.instrument.symbol)
  if (instrument.option || followed.includes(instrument.symbol) || ctx.markOf(symbol) !== undefined) return undefined
  const { accountId } = ctx.trading
  const wanted = [...followed, instrument.symbol].join(',')
  return refused(
    'symbol-unknown',
    `${accountId} does not follow ${symbol}, so it has no price of it; it follows ${followed.join(', ')}.`,
    `To follow it too: slipway stop ${accountId}, slipway account edit ${accountId} --set symbol=${wanted}, slipway start ${accountId}`,
  )
}
