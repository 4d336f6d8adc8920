import Database from 'better-sqlite3'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { STATE_MIGRATIONS } from '../../../src/adapters/state-db/schema.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { clientOrderId, fillId } from '../../../src/domain/order/order.ts'
import type { OrderRecord } from '../../../src/domain/order/order-record.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { beginBackup, checkpointHalf } from '../../support/crash/half-done-files.ts'
import { account, accountId, intent, rows } from '../../support/held-state.ts'
import { tempHome } from '../../support/temp-home.ts'

describe('the orders of an account', () => {
  it.each([
    ['a plain one', intent('a')],
    ['a bare market order', intent('a', { type: { kind: 'market' } })],
    ['one of a pair', intent('a', { type: { kind: 'stop', stopPx: ticks(3) }, oco: clientOrderId('b') })],
    ['a leg', intent('a', {}, { parent: clientOrderId('p'), replaces: clientOrderId('r'), cancelReason: '' })],
    ['one that trails', intent('a', { type: { kind: 'trailing-stop', trail: { by: 'amount', ticks: ticks(4) } } })],
    ['one we trail', intent('a', { type: { kind: 'stop', stopPx: ticks(3) } }, { trail: { by: 'percent', bps: 50 } })],
    [
      'a bracket',
      intent('a', {
        bracket: {
          stop: { clientOrderId: clientOrderId('b'), stopPx: ticks(3) },
          target: { clientOrderId: clientOrderId('c'), limitPx: ticks(30) },
        },
      }),
    ],
  ])('are read as they were written: %s', (_, record) => {
    const store = account().open()
    store.transact(() => store.insertOrder(record))
    expect(store.order(record.order.clientOrderId)).toEqual(record)
    expect(store.openOrders()).toEqual([record])
    store.close()
  })

  it('are open until they can fill no more, and again where a fill comes late', () => {
    const store = account().open()
    const record = intent('a')
    const is = (status: OrderRecord['status']) => store.transact(() => store.updateOrder({ ...record, status }, status))
    store.transact(() => store.insertOrder(record))
    is('canceled')
    expect(store.openOrders()).toEqual([])
    is('partially-filled')
    expect(store.openOrders().map(({ status }) => status)).toEqual(['partially-filled'])
    store.close()
  })

  it('are marked as sent in a commit of their own', () => {
    const { path, open } = account()
    const store = open()
    store.transact(() => store.insertOrder(intent('a')))
    store.markSent(clientOrderId('a'), epochMs(5))
    // Seen by another connection: it is durable although no transaction was begun.
    expect(rows(path, 'SELECT status, updated_at, sent_at FROM orders')).toEqual([
      { status: 'sent', updated_at: 5, sent_at: 5 },
    ])
    expect(store.openOrders()).toEqual([intent('a', {}, { status: 'sent', updatedAt: epochMs(5) })])
    expect(() => store.markSent(clientOrderId('nobody'), epochMs(5))).toThrow(/not there/)
    store.close()
  })

  it('move on in a commit of their own, with a line of their history, and keep their terms', () => {
    const { path, open } = account()
    const store = open()
    store.transact(() => store.insertOrder(intent('a')))
    const moved = intent('a', {}, { status: 'canceled', cumQty: lots(1), updatedAt: epochMs(9) })
    store.moveOrder({ ...moved, order: { ...moved.order, quantity: lots(7) } }, 'by the venue')
    expect(rows(path, 'SELECT status, cum_qty, quantity, is_open, updated_at FROM orders')).toEqual([
      { status: 'canceled', cum_qty: 1, quantity: 2, is_open: 0, updated_at: 9 },
    ])
    expect(rows(path, 'SELECT client_order_id, at, status, cum_qty, note FROM order_events')).toEqual([
      { client_order_id: 'a', at: 9, status: 'canceled', cum_qty: 1, note: 'by the venue' },
    ])
    expect(() => store.moveOrder(intent('nobody'), '')).toThrow(/not there/)
    store.close()
  })

  it('move on together with the rest of a transaction, or not at all', () => {
    const store = account().open()
    store.transact(() => store.insertOrder(intent('a')))
    const undone = () =>
      store.transact(() => {
        store.moveOrder(intent('a', {}, { status: 'filled' }), 'filled')
        throw new Error('undone')
      })
    expect(undone).toThrow('undone')
    expect(store.order(clientOrderId('a'))?.status).toBe('intent')
    store.close()
  })

  it('keep the lines of their history when an account of an earlier version is opened', () => {
    const { path, open } = account()
    const old = new Database(path)
    for (const sql of STATE_MIGRATIONS.slice(0, 9)) old.exec(sql)
    old.pragma('user_version = 9')
    old.exec(`INSERT INTO orders (client_order_id, symbol, side, quantity, type, time_in_force, purpose, status, cum_qty, signal_id,
         decision_id, confidence, reason, generation, created_at, updated_at)
       VALUES ('a', 'ES', 'buy', 1, 'market', 'day', 'entry', 'intent', 0, 's', 's', 0.5, '', 1, 1, 1)`)
    old.exec(`UPDATE orders SET status = 'sent', updated_at = 4, sent_at = 4`)
    old.close()
    const store = open()
    store.moveOrder(intent('a', {}, { status: 'filled', updatedAt: epochMs(9) }), 'filled')
    expect(rows(path, 'SELECT seq, client_order_id, at, status, note FROM order_events')).toEqual([
      { seq: 1, client_order_id: 'a', at: 4, status: 'sent', note: 'submitting' },
      { seq: 2, client_order_id: 'a', at: 9, status: 'filled', note: 'filled' },
    ])
    store.close()
  })

  it('are not marked or moved by a bot that another has taken the account from', () => {
    const { open } = account()
    const first = open()
    first.transact(() => first.insertOrder(intent('a')))
    const second = open()
    expect(() => first.markSent(clientOrderId('a'), epochMs(5))).toThrow(Refused)
    expect(() => first.moveOrder(intent('a', {}, { status: 'filled' }), '')).toThrow(Refused)
    expect(second.order(clientOrderId('a'))?.status).toBe('intent')
    first.close()
    second.close()
  })

  it('owe no fill however many small ones they were filled by', () => {
    const { open } = account()
    const store = open()
    store.transact(() => {
      for (const id of ['a', 'b']) {
        const filled = intent(id, { quantity: lots(900) }, { status: 'filled', cumQty: lots(900) })
        store.insertOrder(filled)
        const { clientOrderId: of, symbol, side } = filled.order
        const fill = {
          clientOrderId: of,
          symbol,
          side,
          quantity: lots(1),
          price: ticks(9),
          commission: 0,
          at: epochMs(3),
        }
        for (let n = 0; n < 900; n++) store.insertFill({ ...fill, fillId: fillId(`${id}-${n}`) }, '2020-01-02')
      }
    })
    expect(store.owedFills()).toEqual(new Map())
    store.close()
  })

  it('stay open or ended when an account of an earlier version is opened', () => {
    const { path, open } = account()
    const old = new Database(path)
    for (const sql of STATE_MIGRATIONS.slice(0, 5)) old.exec(sql)
    old.pragma('user_version = 5')
    const insert = old.prepare(
      `INSERT INTO orders (client_order_id, symbol, side, quantity, type, time_in_force, purpose, status, cum_qty, signal_id,
         decision_id, confidence, reason, generation, created_at, updated_at)
       VALUES (?, 'ES', 'buy', 1, 'market', 'day', 'entry', ?, 0, 's', 's', 0.5, '', 1, 1, 1)`,
    )
    for (const status of ['intent', 'filled', 'acknowledged', 'rejected', 'unknown']) insert.run(status, status)
    old.exec(`INSERT INTO trade_calls VALUES ('s', 1, 'A1', 'u', 'me', '{"kind":"buy"}', '["filled"]', '[]', NULL)`)
    old.close()
    const store = open()
    expect(store.openOrders().map(({ status }) => status)).toEqual(['intent', 'acknowledged', 'unknown'])
    expect(store.tradeCall('s')).toMatchObject({ signalId: 's', accountId: 'A1', orders: ['filled'] })
    store.close()
  })
})

describe('a state whose files were left half done', () => {
  it.each([
    ['a checkpoint', checkpointHalf],
    ['a backup', beginBackup],
  ])('holds all that was committed: by %s', (_, leave) => {
    const { path, open } = account()
    const store = open()
    for (let n = 0; n < 60; n++) store.transact(() => store.insertOrder(intent(`order-${n}`)))
    leave(path)
    const left = homeLayout(tempHome())
    mkdirSync(left.account(accountId), { recursive: true })
    for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, left.state(accountId) + end)
    const found = openState({ layout: left, accountId, instanceId: 'j', expectExisting: true, now: () => epochMs(8) })
    expect(found.openOrders()).toHaveLength(60)
    found.close()
    store.close()
  })
})
