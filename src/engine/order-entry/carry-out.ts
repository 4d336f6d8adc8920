import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import { bracketOrder, buy, coverShort, limitOrder, marketOrder, sell, shortSell, stopLimit } from './order-commands.ts'
import { refused, type TradeCall } from './trade-call.ts'

/** Which function carries out which command. */
export function carryOut(call: TradeCall, command: TradeCommand): Promise<TradeOutcome> {
  switch (command.kind) {
    case 'buy':
      return buy(call, command)
    case 'sell':
      return sell(call, command)
    case 'short-sell':
      return shortSell(call, command)
    case 'cover-short':
      return coverShort(call, command)
    case 'market-order':
      return marketOrder(call, command)
    case 'limit-order':
      return limitOrder(call, command)
    case 'stop-limit':
      return stopLimit(call, command)
    case 'bracket-order':
      return bracketOrder(call, command)
    default:
      return Promise.resolve(refused('trade-invalid', `${command.kind} is not known here.`, 'Use another command.'))
  }
}
