import type { BotTrade } from '../../src/adapters/bot-control/serve-bot-control.ts'
import { refusal } from '../../src/domain/failure/refusal.ts'
import { clientOrderId } from '../../src/domain/order/order.ts'
import type { TradeOutcome } from '../../src/domain/order/trade-command.ts'

/** What a fake bot says to a trade; the symbol asked for chooses the answer, and the name of the call names its order. */
export function tradeAnswer({ signalId, command }: BotTrade): TradeOutcome {
  const { symbol } = command as { symbol?: string }
  const reasons = [{ code: 'asked', text: 'buy asked for by a person' }]
  const orders = [clientOrderId(`order-of-${signalId}`)]
  switch (symbol) {
    case 'REFUSED':
      return { kind: 'refused', refusal: refusal('trade-blocked', 'No buy: the market is closed.', 'Wait.'), reasons }
    case 'UNRECONCILED':
      return { kind: 'refused', refusal: refusal('not-reconciled', 'The books differ.', 'Wait.'), reasons }
    case 'CUT':
      return {
        ...{ kind: 'accepted', orders },
        reasons: [
          ...reasons,
          { code: 'size-cut', text: '10 of 20 lots were ordered' },
          { code: 'max-order', text: '20 lots wanted, at most 10 an order' },
        ],
      }
    case 'REJECTED':
      return { kind: 'rejected', orders, reason: 'insufficient funds', reasons }
    case 'UNKNOWN':
      return { kind: 'unknown', orders, reasons }
    case 'FLAT':
      return { kind: 'nothing-to-do', reasons }
    default:
      return { kind: 'accepted', orders, reasons }
  }
}
