import type { NewOrder, Side } from '../../domain/order/order.ts'
import type { OptionCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import { applyExecution } from '../order-events/apply-execution.ts'
import { freeToClose, heldOf, reduces } from './account-view.ts'
import { chooseContract, isContract } from './choose-contract.ts'
import { asked, enter, reduce } from './order-commands.ts'
import { failedSubmit, moveOrder } from './submit-order.ts'
import { accepted, intentOf, orderIdOf, outcomeOf, refused, writeCall, type TradeCall } from './trade-call.ts'

type Single = Extract<OptionCommand, { kind: 'buy-call' | 'sell-call' | 'buy-put' | 'sell-put' }>

/** Opens a long call, or closes a short one of the same contract. */
export function buyCall(call: TradeCall, command: Single): Promise<TradeOutcome> {
  return tradeOption(call, command, 'buy', 'call')
}

/** Closes a long call of the same contract, or opens a short one where the account can carry it. */
export function sellCall(call: TradeCall, command: Single): Promise<TradeOutcome> {
  return tradeOption(call, command, 'sell', 'call')
}

/** Opens a long put, or closes a short one of the same contract. */
export function buyPut(call: TradeCall, command: Single): Promise<TradeOutcome> {
  return tradeOption(call, command, 'buy', 'put')
}

/** Closes a long put of the same contract, or opens a short one where the account can carry it. */
export function sellPut(call: TradeCall, command: Single): Promise<TradeOutcome> {
  return tradeOption(call, command, 'sell', 'put')
}

/** Exercises lots of an option that is held, where its terms and the broker allow that. */
export async function exercise(
  call: TradeCall,
  { symbol, quantity }: Extract<OptionCommand, { kind: 'exercise' }>,
): Promise<TradeOutcome> {
  const { ctx, book } = call
  const terms = ctx.instrumentOf(symbol)?.option
  if (!terms)
    return refused(
      'trade-invalid',
      `symbol ${symbol} is no option that this account knows.`,
      `See what is held: slipway status ${call.context.accountId}`,
    )
  const most = heldOf(book, symbol) > 0 ? freeToClose(book, symbol) : 0
  if (quantity > most)
    return refused(
      'trade-invalid',
      `quantity ${quantity} is more than can be exercised of ${symbol}: ${most === 0 ? 'none is held' : `1 to ${most} is possible`}.`,
      'Only what is bought and not being closed can be exercised.',
    )
  if (terms.style !== 'american')
    return refused(
      'trade-invalid',
      `${symbol} is European: it is exercised by the exchange when it expires on ${terms.expiry}, not before.`,
      'To be out of it now, sell it.',
    )
  if (!ctx.broker.exercise)
    return refused(
      'trade-invalid',
      'This broker takes no exercise through its interface.',
      `Sell ${symbol} instead, or exercise it at the broker.`,
    )
  const id = orderIdOf(call, 'exit')
  const order: NewOrder = {
    ...{ clientOrderId: id, symbol, side: 'sell', quantity, type: { kind: 'market' } },
    ...{ timeInForce: 'day', purpose: 'exit' },
  }
  const reasons = [asked(call)]
  writeCall(call, {
    records: [intentOf(call, order, { reason: 'exercise', confidence: book.entryConfidence(symbol) })],
    decision: { action: 'exit', symbol, side: 'sell', quantity, price: ctx.markOf(symbol) },
    reasons,
  })
  moveOrder(ctx, book, id, 'sent', 'exercising')
  const reply = await ctx.broker.exercise(id, symbol, quantity)
  if (!reply.ok) return outcomeOf(failedSubmit(ctx, book, id, reply.failure), [id], reasons)
  applyExecution(ctx, book, { order: reply.value })
  return accepted([id], reasons)
}

async function tradeOption(call: TradeCall, command: Single, side: Side, type: 'call' | 'put'): Promise<TradeOutcome> {
  const contract = chooseContract(call, { ...command, type })
  if (!isContract(contract)) return contract
  const { symbol } = contract
  const { quantity, limitPx } = command
  const wanted = {
    ...{ symbol, side, quantity, timeInForce: 'day' as const },
    type: limitPx === undefined ? ({ kind: 'market' } as const) : ({ kind: 'limit', limitPx } as const),
  }
  return reduces(heldOf(call.book, symbol), side) ? reduce(call, wanted) : enter(call, wanted)
}
