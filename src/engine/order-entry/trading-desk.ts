import type { TradingContext } from '../../domain/context/trading-context.ts'
import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import type { BotBook } from '../bot/bot-book.ts'
import type { BotContext } from '../bot/bot-context.ts'
import { executeTrade } from './execute-trade.ts'

/** What a function of the desk takes: its command without the name, and what the call is to be known by. */
export type DeskArgs<Kind extends TradeCommand['kind']> = Omit<Extract<TradeCommand, { kind: Kind }>, 'kind'> &
  Readonly<{
    /** Names the call for good: the same one again is answered with what became of the first, and sends nothing. */
    signalId: string
  }>

export type DeskFunction<Kind extends TradeCommand['kind']> = (
  context: TradingContext,
  args: DeskArgs<Kind>,
) => Promise<TradeOutcome>

/** The trading service by function; see `TradeCommand` for what each does. */
export type TradingDesk = ReturnType<typeof openTradingDesk>

/**
 * The functions of the trading service for one bot. Each acts for the account of the context it is given, and for no
 * other: there is nothing ambient, and one desk can't reach another's account.
 */
export function openTradingDesk(ctx: BotContext, book: BotBook) {
  const of =
    <Kind extends TradeCommand['kind']>(kind: Kind): DeskFunction<Kind> =>
    (context, { signalId, ...fields }) => {
      const command = { kind, ...fields } as unknown as TradeCommand
      return executeTrade(ctx, book, context, command, { signalId, strategyId: ctx.strategyId })
    }
  return Object.freeze({
    buy: of('buy'),
    sell: of('sell'),
    shortSell: of('short-sell'),
    coverShort: of('cover-short'),
    marketOrder: of('market-order'),
    limitOrder: of('limit-order'),
    stopLoss: of('stop-loss'),
    stopLimit: of('stop-limit'),
    trailingStop: of('trailing-stop'),
    bracketOrder: of('bracket-order'),
    ocoOrder: of('oco-order'),
    modifyOrder: of('modify-order'),
    cancelOrder: of('cancel-order'),
    cancelAll: of('cancel-all'),
    buyCall: of('buy-call'),
    sellCall: of('sell-call'),
    buyPut: of('buy-put'),
    sellPut: of('sell-put'),
    exercise: of('exercise'),
    verticalSpread: of('vertical-spread'),
    ironCondor: of('iron-condor'),
    butterflySpread: of('butterfly-spread'),
    calendarSpread: of('calendar-spread'),
    straddle: of('straddle'),
    strangle: of('strangle'),
    closePosition: of('close-position'),
    closeAllPositions: of('close-all-positions'),
    reducePosition: of('reduce-position'),
    reversePosition: of('reverse-position'),
    hedgePosition: of('hedge-position'),
    flatten: of('flatten'),
  })
}
