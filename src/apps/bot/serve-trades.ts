import type { BotTrade } from '../../adapters/bot-control/serve-bot-control.ts'
import { clientOrderId } from '../../domain/order/order.ts'
import type { TradeOutcome } from '../../domain/order/trade-command.ts'
import { epochMs } from '../../domain/units/units.ts'
import type { Trading } from './keep-trading.ts'

/**
 * Takes a request from outside to the trading service. Reading it is loaded when the first one comes: most bots are
 * never asked, and all of them start.
 */
export async function serveTrade(trading: Trading, { signalId, command: given }: BotTrade): Promise<TradeOutcome> {
  const { tradeCommandOf, isTradeRefusal } = await import('../../contracts/trade-command-of.ts')
  const { ctx, book } = trading
  const command = tradeCommandOf(given, {
    instrumentOf: ctx.instrumentOf,
    optionOn: (underlying) => ctx.optionMarket?.chain(underlying, epochMs(book.lastBar?.time ?? ctx.now()))[0],
    symbolOfOrder: (id) => book.known(clientOrderId(id))?.order.symbol,
    currency: ctx.instrument.currency,
  })
  if (isTradeRefusal(command))
    return { kind: 'refused', refusal: command, reasons: [{ code: command.code, text: command.message }] }
  return trading.trade(command, signalId)
}
