import type { BotTrade } from '../../adapters/bot-control/serve-bot-control.ts'
import { SIZE_CUT } from '../../domain/decision/decision.ts'
import { clientOrderId } from '../../domain/order/order.ts'
import type { TradeOutcome } from '../../domain/order/trade-command.ts'
import { epochMs } from '../../domain/units/units.ts'
import type { Trading } from './keep-trading.ts'
import { loadReader } from './load-reader.ts'

/**
 * Takes a request from outside to the trading service. Reading it is loaded when the first one comes: most bots are
 * never asked, and all of them start.
 */
export async function serveTrade(trading: Trading, { signalId, command: given }: BotTrade): Promise<TradeOutcome> {
  const { tradeCommandOf, isTradeRefusal } = await loadReader()
  const { ctx, book } = trading
  const command = tradeCommandOf(given, {
    accountId: ctx.trading.accountId,
    instrumentOf: ctx.instrumentOf,
    optionOn: (underlying) => ctx.optionMarket?.chain(underlying, epochMs(book.lastBar?.time ?? ctx.now()))[0],
    symbolOfOrder: (id) => book.known(clientOrderId(id))?.order.symbol,
    currency: ctx.instrument.currency,
  })
  if (isTradeRefusal(command))
    return { kind: 'refused', refusal: command, reasons: [{ code: command.code, text: command.message }] }
  return trading.trade(command, signalId)
}

/** What was asked and what became of it, as the log tells it: with the reason where nothing was done. */
export function tradeText({ command }: BotTrade, outcome: TradeOutcome): string {
  const kind = typeof command === 'object' && command && 'kind' in command ? String(command.kind).slice(0, 32) : '?'
  const asked = `Asked to trade (${kind}): ${outcome.kind}`
  switch (outcome.kind) {
    case 'refused':
      return `${asked}. ${outcome.refusal.message}`
    case 'rejected':
      return `${asked}. ${outcome.reason}`
    case 'nothing-to-do':
      return [asked, ...outcome.reasons.map(({ text }) => text)].join('. ')
    case 'accepted':
    case 'unknown': {
      const cut = outcome.reasons.find(({ code }) => code === SIZE_CUT)
      return cut ? `${asked}. ${cut.text}` : asked
    }
  }
}
