import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import { bracketOrder, buy, coverShort, limitOrder, marketOrder, sell, shortSell, stopLimit } from './order-commands.ts'
import { cancelAll, cancelOrderCommand, modifyOrder } from './change-order.ts'
import {
  closeAllPositions,
  closePosition,
  flatten,
  hedgePosition,
  reducePosition,
  reversePosition,
} from './position-commands.ts'
import { ocoOrder, stopLoss, trailingStop } from './protective-commands.ts'
import { buyCall, buyPut, exercise, sellCall, sellPut } from './option-commands.ts'
import { butterflySpread, calendarSpread, ironCondor, straddle, strangle, verticalSpread } from './spread-commands.ts'
import type { TradeCall } from './trade-call.ts'
import { assertNever } from '../../domain/units/assert-never.ts'

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
    case 'stop-loss':
      return stopLoss(call, command)
    case 'trailing-stop':
      return trailingStop(call, command)
    case 'oco-order':
      return ocoOrder(call, command)
    case 'modify-order':
      return modifyOrder(call, command)
    case 'cancel-order':
      return cancelOrderCommand(call, command)
    case 'cancel-all':
      return cancelAll(call, command)
    case 'close-position':
      return closePosition(call, command)
    case 'close-all-positions':
      return closeAllPositions(call)
    case 'reduce-position':
      return reducePosition(call, command)
    case 'reverse-position':
      return reversePosition(call, command)
    case 'hedge-position':
      return hedgePosition(call, command)
    case 'flatten':
      return flatten(call)
    case 'buy-call':
      return buyCall(call, command)
    case 'sell-call':
      return sellCall(call, command)
    case 'buy-put':
      return buyPut(call, command)
    case 'sell-put':
      return sellPut(call, command)
    case 'exercise':
      return exercise(call, command)
    case 'vertical-spread':
      return verticalSpread(call, command)
    case 'iron-condor':
      return ironCondor(call, command)
    case 'butterfly-spread':
      return butterflySpread(call, command)
    case 'calendar-spread':
      return calendarSpread(call, command)
    case 'straddle':
      return straddle(call, command)
    case 'strangle':
      return strangle(call, command)
    default:
      return assertNever(command)
  }
}
