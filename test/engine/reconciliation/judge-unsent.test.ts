import { describe, expect, it } from 'vitest'
import type { BrokerCapabilities } from '../../../src/domain/broker/broker.ts'
import { clientOrderId, type OrderPurpose, type Side } from '../../../src/domain/order/order.ts'
import { ASKED_FOR } from '../../../src/domain/order/protection.ts'
import type { OrderRecord } from '../../../src/domain/order/order-record.ts'
import type { OrderStatus } from '../../../src/domain/order/order-status.ts'
import { epochMs, lots } from '../../../src/domain/units/units.ts'
import { judgeUnsent, judgeUnwanted } from '../../../src/engine/reconciliation/judge-unsent.ts'

const instant: BrokerCapabilities = {
  bracket: true,
  oco: true,
  trailingStop: true,
  replace: true,
  combo: true,
  reduceOnly: false,
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

/** As old as it has been missed for, unless told otherwise. */
const judge = (record: OrderRecord, capabilities: BrokerCapabilities, missedMs: number, position = 0, now = missedMs) =>
  judgeUnsent(record, { capabilities, missedMs, now: epochMs(now), position: lots(position), staleAfterMs: 60_000 })
    .kind

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

  it('to enter is asked about where duplicates are not refused, however long it was looked for', () => {
    for (const status of ['sent', 'unknown'] as const) {
      expect(judge(orderOf(status), forgetful, 9_999)).toBe('wait')
      for (const missedMs of [10_000, 10 ** 9]) expect(judge(orderOf(status), forgetful, missedMs)).toBe('ask')
    }
    expect(judge(orderOf('acknowledged'), forgetful, 10 ** 9)).toBe('wait')
  })

  it.each(['exit', 'stop', 'target'] as const)('is written off as %s there, once it was looked for', (purpose) => {
    expect(judge(orderOf('unknown', purpose, 'sell'), forgetful, 9_999, 2)).toBe('wait')
    expect(judge(orderOf('unknown', purpose, 'sell'), forgetful, 10_000, 2)).toBe('abandon')
  })

  it('is looked for by the wall clock, however fast its market goes', () => {
    const hours = 10 ** 7
    expect(judge(orderOf('unknown', 'exit', 'sell'), slow, 14_999, 2, hours)).toBe('wait')
    expect(judge(orderOf('unknown', 'exit', 'sell'), forgetful, 9_999, 2, hours)).toBe('wait')
    expect(judge(orderOf('unknown', 'exit', 'sell'), slow, 15_000, 2, 0)).toBe('send')
  })

  it.each(['acknowledged', 'partially-filled'] as const)('is never sent again once it was %s', (status) => {
    for (const now of [0, 10_000, 10 ** 9]) expect(judge(orderOf(status, 'exit', 'sell'), instant, now, 2)).toBe('wait')
  })

  it('is called forgotten once it was acknowledged, but not before the broker must show it', () => {
    const seen = { capabilities: slow, now: epochMs(0), position: lots(2), staleAfterMs: 60_000 }
    const why = (missedMs: number) => judgeUnsent(orderOf('acknowledged', 'stop', 'sell'), { ...seen, missedMs })
    expect(why(14_999)).toMatchObject({ kind: 'wait', why: expect.stringContaining('may not show it yet') })
    expect(why(15_000)).toMatchObject({ kind: 'wait', why: expect.stringContaining('does not know it any more') })
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

describe('an order that was to be canceled and that the broker does not know', () => {
  const unwanted = (record: OrderRecord, capabilities: BrokerCapabilities, missedMs: number) =>
    judgeUnwanted(record, { capabilities, missedMs }).kind

  it('is written off when it was never sent', () => {
    expect(unwanted({ ...orderOf('intent'), cancelReason: 'no more' }, forgetful, 0)).toBe('abandon')
  })

  it('is written off at the word of whoever asked, once it was looked for', () => {
    for (const status of ['unknown', 'acknowledged'] as const) {
      const record = { ...orderOf(status), cancelReason: ASKED_FOR }
      expect(unwanted(record, forgetful, 9_999)).toBe('wait')
      expect(unwanted(record, forgetful, 10_000)).toBe('abandon')
    }
  })

  it('to enter is asked about where only the bot wanted it away and duplicates are not refused', () => {
    const record = { ...orderOf('unknown'), cancelReason: 'the position is being closed' }
    expect(unwanted(record, forgetful, 10 ** 9)).toBe('ask')
    expect(unwanted(record, instant, 10_000)).toBe('abandon')
    expect(unwanted({ ...record, status: 'acknowledged' }, forgetful, 10 ** 9)).toBe('wait')
  })
})
