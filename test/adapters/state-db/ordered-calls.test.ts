import { describe, expect, it } from 'vitest'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { clientOrderId, type NewOrder } from '../../../src/domain/order/order.ts'
import type { OrderRecord } from '../../../src/domain/order/order-record.ts'
import type { TradeCallRecord } from '../../../src/domain/order/trade-store.ts'
import { epochMs, lots } from '../../../src/domain/units/units.ts'
import { account, called, decided, intent, rows } from '../../support/held-state.ts'

/** A call that decides on one plain order, as the trading service writes it. */
function ordered(id: string, more: Partial<NewOrder> = {}) {
  const order = intent(id, { quantity: lots(1), ...more }, { createdAt: epochMs(3), updatedAt: epochMs(3) })
  const call: TradeCallRecord = { ...called, orders: [order.order.clientOrderId] }
  return [call, { ...decided, reasons: call.reasons }, order] as const
}

describe('a call that decides on one plain order', () => {
  it('is durable with its order and its decision in a commit of its own, as if they were written one by one', () => {
    const { path, open } = account()
    const store = open()
    const [call, decision, order] = ordered('a')
    expect(store.insertOrderedCall(call, decision, order)).toBe(true)
    const sent: OrderRecord = { ...order, status: 'sent' }
    expect(store.order(order.order.clientOrderId)).toEqual(sent)
    expect(store.openOrders()).toEqual([sent])
    expect(store.tradeCall('s')).toEqual(call)
    // Seen by another connection: it is durable although no transaction was begun.
    const kept = { decisions: rows(path, 'SELECT * FROM decisions'), orders: rows(path, 'SELECT * FROM orders') }
    store.close()
    const other = account()
    const plain = other.open()
    plain.transact(() => {
      plain.insertOrder(order)
      plain.insertTradeCall(call, decision)
    })
    plain.markSent(order.order.clientOrderId, order.createdAt)
    expect(rows(other.path, 'SELECT * FROM decisions')).toEqual(kept.decisions)
    expect(rows(other.path, 'SELECT * FROM orders')).toEqual(kept.orders)
    plain.close()
  })

  it.each([
    ['one of a pair', ordered('a', { oco: clientOrderId('b') })],
    ['another size than was decided', ordered('a', { quantity: lots(3) })],
    ['a decision with reasons of its own', [ordered('a')[0], { ...decided, reasons: [] }, ordered('a')[2]] as const],
  ])('is not written that way where there is more to it: %s', (_, parts) => {
    const store = account().open()
    expect(store.insertOrderedCall(...parts)).toBe(false)
    expect(store.tradeCall('s')).toBeUndefined()
    expect(store.openOrders()).toEqual([])
    store.close()
  })

  it('is not written by a bot that another has taken the account from', () => {
    const { open } = account()
    const first = open()
    const second = open()
    expect(() => first.insertOrderedCall(...ordered('b'))).toThrow(Refused)
    expect(second.tradeCall('s')).toBeUndefined()
    expect(second.order(clientOrderId('b'))).toBeUndefined()
    first.close()
    second.close()
  })

  it('is not written where a decision or an order of its name is there', () => {
    const store = account().open()
    const [call, decision, order] = ordered('a')
    store.transact(() => store.insertDecision({ ...decided, action: 'hold', reasons: [] }))
    expect(store.insertOrderedCall(call, decision, order)).toBe(false)
    expect(store.openOrders()).toEqual([])
    const next = { ...call, signalId: 't' }
    store.transact(() => store.insertOrder(order))
    const asked = { ...order, signalId: 't', decisionId: 't' }
    expect(store.insertOrderedCall(next, { ...decision, decisionId: 't' }, asked)).toBe(false)
    expect(store.tradeCall('t')).toBeUndefined()
    expect(store.order(order.order.clientOrderId)?.status).toBe('intent')
    store.close()
  })
})

describe('the calls of an account', () => {
  it.each([
    ['one that decided', { ...decided, reasons: called.reasons }],
    ['one whose decision has reasons of its own', { ...decided, reasons: [{ code: 'setup', text: 'seen' }] }],
    ['one that decided nothing', undefined],
  ])('are read as they were made, also after their end: %s', (_, decision) => {
    const store = account().open()
    store.transact(() => store.insertTradeCall(called, decision))
    expect(store.tradeCall('s')).toEqual(called)
    const outcome = { kind: 'nothing-to-do', reasons: [] } as const
    store.transact(() => store.endTradeCall('s', outcome))
    expect(store.tradeCall('s')).toEqual({ ...called, outcome })
    store.close()
  })

  it('are made once by a name', () => {
    const store = account().open()
    const make = (decision?: typeof decided) =>
      store.transact(() => store.insertTradeCall(called, decision && { ...decision, reasons: [] }))
    make(decided)
    expect(() => make(decided)).toThrow(/made before/)
    store.close()
  })

  it('leave a decision as it was that has their name by chance', () => {
    const { path, open } = account()
    const store = open()
    store.transact(() => store.insertDecision({ ...decided, action: 'hold', reasons: [] }))
    expect(store.tradeCall('s')).toBeUndefined()
    store.transact(() => store.insertTradeCall(called, { ...decided, reasons: called.reasons }))
    expect(store.tradeCall('s')).toEqual(called)
    expect(rows(path, 'SELECT action, reasons FROM decisions')).toEqual([{ action: 'hold', reasons: '[]' }])
    store.close()
  })
})
