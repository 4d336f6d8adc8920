import { describe, expect, it } from 'vitest'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import { clientOrderId, type OrderPurpose, type Side } from '../../../src/domain/order/order.ts'
import type { OrderRecord } from '../../../src/domain/order/order-record.ts'
import type { OrderStatus } from '../../../src/domain/order/order-status.ts'
import { epochMs, lots } from '../../../src/domain/units/units.ts'
import { judgeUnsent } from '../../../src/engine/reconciliation/judge-unsent.ts'

const instant: BrokerCapabilities = {
  bracket: true,
  oco: true,
  trailingStop: true,
  replace: true,
  combo: true,
  dedupesClientOrderId: true,
  visibilityLagMs: 0,
}
const slow: BrokerCapabilities = { ...instant, visibilityLagMs: 5_000 }
const forgetful: BrokerCapabilities = { ...instant, dedupesClientOrderId: false }

function orderOf(status: OrderStatus, purpose: OrderPurpose = 'entry', side: Side = 'buy', quantity = 2): OrderRecord {
  return {
    order: {
      clientOrderId: clientOrderId('c1'),
      symbol: 'ES',
      side,
      quantity: lots(quantity),
      type: { kind: 'market' },
      timeInForce: 'day',
      purpose,
    },
    parent: undefined,
    status,
    venueOrderId: undefined,
    cumQty: lots(0),
    signalId: 's',
    decisionId: 'd',
    confidence: 0.5,
    reason: '',
    createdAt: epochMs(0),
    updatedAt: epochMs(0),
  }
}

const judge = (record: OrderRecord, capabilities: BrokerCapabilities, now: number, position = 0) =>
  judgeUnsent(record, { capabilities, now: epochMs(now), position: lots(position), staleAfterMs: 60_000 }).kind

describe('an order of ours that the broker does not know', () => {
  it('is sent when it was only ever an intent and its signal is fresh', () => {
    expect(judge(orderOf('intent'), forgetful, 1_000)).toBe('send')
  })

  it('is abandoned when it was an intent to enter and its signal is old', () => {
    expect(judge(orderOf('intent'), instant, 60_000)).toBe('abandon')
  })

  it.each(['sent', 'unknown', 'acknowledged'] as const)(
    'is never sent again as %s where duplicates are not refused',
    (status) => {
      for (const now of [0, 10_000, 10 ** 9]) expect(judge(orderOf(status), forgetful, now)).not.toBe('send')
    },
  )

  it('is written off where duplicates are not refused, once it was looked for long enough', () => {
    for (const status of ['sent', 'unknown'] as const) {
      expect(judge(orderOf(status), forgetful, 9_999)).toBe('wait')
      expect(judge(orderOf(status), forgetful, 10_000)).toBe('abandon')
    }
    expect(judge(orderOf('acknowledged'), forgetful, 10 ** 9)).toBe('wait')
  })

  it('is looked for from when it was last sent, not from when it was written', () => {
    const late = { ...orderOf('unknown'), updatedAt: epochMs(50_000) }
    expect(judge(late, slow, 55_000)).toBe('wait')
    expect(judge(late, forgetful, 55_000)).toBe('wait')
  })

  it.each(['acknowledged', 'partially-filled'] as const)('is never sent again once it was %s', (status) => {
    for (const now of [0, 10_000, 10 ** 9]) expect(judge(orderOf(status, 'exit', 'sell'), instant, now, 2)).toBe('wait')
  })

  it('waits out the settle window where accepted orders show late, then is sent under the same id', () => {
    expect(judge(orderOf('unknown'), slow, 14_999)).toBe('wait')
    expect(judge(orderOf('unknown'), slow, 15_000)).toBe('send')
  })

  it('closes a position only while there is one, and never more of it', () => {
    expect(judge(orderOf('intent', 'exit', 'sell'), instant, 10 ** 6, 2)).toBe('send')
    expect(judge(orderOf('intent', 'exit', 'sell'), instant, 0, 0)).toBe('abandon')
    expect(judge(orderOf('intent', 'exit', 'sell'), instant, 0, 1)).toBe('abandon')
    expect(judge(orderOf('intent', 'exit', 'sell'), instant, 0, -2)).toBe('abandon')
  })
})
