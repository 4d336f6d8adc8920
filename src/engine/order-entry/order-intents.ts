import type { BrokerCapabilities } from '../../domain/broker/broker.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { opposite, type NewOrder, type Side } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { lots, type EpochMs, type Lots, type Ticks } from '../../domain/units/units.ts'
import { deriveClientOrderId, type OrderIdentity } from './derive-client-order-id.ts'

/** Which signal of which account an order acts on. */
export type SignalRef = Readonly<{ accountId: string; strategyId: string; signalId: string; decisionId: string }>

type IntentContext = Readonly<{ sha256Hex: (text: string) => string; instrument: Instrument }>

/**
 * The intents of a bracketed market entry: the entry itself, and its stop and target as rows of their own, so that the
 * venue's reports about them find an order we know. Where the venue keeps no brackets the legs are ours to send.
 */
export function bracketEntryIntents(
  ctx: IntentContext & Readonly<{ broker: Readonly<{ capabilities: BrokerCapabilities }> }>,
  ref: SignalRef,
  entry: Readonly<{ side: Side; quantity: Lots; stopPx: Ticks; targetPx: Ticks; confidence: number; at: EpochMs }>,
): readonly [OrderRecord, OrderRecord, OrderRecord] {
  const id = (leg: OrderIdentity['leg']) => deriveClientOrderId(ctx.sha256Hex, { ...ref, leg, attempt: 1 })
  const symbol = ctx.instrument.symbol
  const stop = { clientOrderId: id('stop'), stopPx: entry.stopPx }
  const target = { clientOrderId: id('target'), limitPx: entry.targetPx }
  const parent: NewOrder = {
    clientOrderId: id('entry'),
    symbol,
    side: entry.side,
    quantity: entry.quantity,
    type: { kind: 'market' },
    timeInForce: 'day',
    purpose: 'entry',
    ...(ctx.broker.capabilities.bracket ? { bracket: { stop, target } } : {}),
  }
  const leg = { symbol, side: opposite(entry.side), quantity: entry.quantity, timeInForce: 'gtc' as const }
  const record = (order: NewOrder, reason: string): OrderRecord => ({
    ...unsent(ref, entry.at, reason),
    order,
    parent: order === parent ? undefined : parent.clientOrderId,
    confidence: entry.confidence,
  })
  return [
    record(parent, 'entry'),
    record(
      {
        ...leg,
        clientOrderId: stop.clientOrderId,
        type: { kind: 'stop', stopPx: entry.stopPx },
        purpose: 'stop',
        oco: target.clientOrderId,
      },
      'stop',
    ),
    record(
      {
        ...leg,
        clientOrderId: target.clientOrderId,
        type: { kind: 'limit', limitPx: entry.targetPx },
        purpose: 'target',
        oco: stop.clientOrderId,
      },
      'target',
    ),
  ]
}

/** The intent of a market order that closes a position of `position` lots. */
export function exitIntent(
  ctx: IntentContext,
  ref: SignalRef,
  exit: Readonly<{ position: Lots; reason: string; confidence: number; attempt: number; at: EpochMs }>,
): OrderRecord {
  return {
    ...unsent(ref, exit.at, exit.reason),
    order: {
      clientOrderId: deriveClientOrderId(ctx.sha256Hex, { ...ref, leg: 'exit', attempt: exit.attempt }),
      symbol: ctx.instrument.symbol,
      side: exit.position > 0 ? 'sell' : 'buy',
      quantity: lots(Math.abs(exit.position)),
      type: { kind: 'market' },
      timeInForce: 'day',
      purpose: 'exit',
    },
    parent: undefined,
    confidence: exit.confidence,
  }
}

function unsent(ref: SignalRef, at: EpochMs, reason: string) {
  return {
    status: 'intent' as const,
    venueOrderId: undefined,
    cumQty: lots(0),
    signalId: ref.signalId,
    decisionId: ref.decisionId,
    reason,
    createdAt: at,
    updatedAt: at,
  }
}
