import { describe, expect, it } from 'vitest'
import { readFills } from '../../../src/adapters/state-db/read-account.ts'
import { readBalanceCurve } from '../../../src/adapters/state-db/read-balance-curve.ts'
import { readChartMarks } from '../../../src/adapters/state-db/read-chart-marks.ts'
import { readHeldPositions, readOpenOrders } from '../../../src/adapters/state-db/read-holdings.ts'
import { postOpening } from '../../../src/domain/ledger/post-fill.ts'
import type { OrderRecord } from '../../../src/domain/order/order-record.ts'
import { clientOrderId, fillId } from '../../../src/domain/order/order.ts'
import { epochMs, lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { chartAccount, codeOf, NOW, SPY } from '../../support/chart-account.ts'

const orderOf = (id: string, at: number, stopPx: number): OrderRecord => ({
  order: {
    ...{ clientOrderId: clientOrderId(id), symbol: 'SPY', side: 'sell', quantity: lots(2), timeInForce: 'gtc' },
    ...{ type: { kind: 'stop', stopPx: ticks(stopPx) }, purpose: 'stop' },
  },
  ...{ parent: undefined, venueOrderId: undefined, status: 'acknowledged', cumQty: lots(0) },
  ...{ signalId: 's', decisionId: 'd', confidence: 0.5, reason: 'stop' },
  ...{ createdAt: epochMs(at), updatedAt: epochMs(at) },
})

const fillOf = (id: string, at: number) => ({
  ...{ fillId: fillId(id), clientOrderId: clientOrderId('stop'), symbol: 'SPY', side: 'sell' as const },
  ...{ quantity: lots(2), price: ticks(100), commission: 4, at: epochMs(at) },
})

describe('marks on a chart', () => {
  it('show a stop where it stood before it was moved, and until when', () => {
    const { layout, settings, open } = chartAccount()
    const state = open()
    const order = orderOf('stop', 1_000, 500)
    const at = (updatedAt: number, stopPx: number, status: OrderRecord['status']): OrderRecord => ({
      ...orderOf('stop', 1_000, stopPx),
      ...{ status, updatedAt: epochMs(updatedAt) },
    })
    state.transact(() => {
      state.saveInstrument(SPY)
      state.insertOrder(order)
      state.updateOrder(at(2_000, 510, 'acknowledged'), 'a new best price')
      // Nothing moved: nothing is remembered.
      state.updateOrder(at(2_500, 510, 'acknowledged'), 'acknowledged')
      state.updateOrder(at(3_000, 520, 'acknowledged'), 'a new best price')
    })
    const span = { symbol: 'SPY', from: 0, to: 10_000 }
    const working = readChartMarks(layout, settings.accountId, span)
    expect(working.levels).toMatchObject([
      {
        until: null,
        path: [
          [1_000, 500],
          [2_000, 510],
          [3_000, 520],
        ],
      },
    ])
    expect(readOpenOrders(layout, settings).map(({ stopPrice }) => stopPrice)).toEqual(['5.20'])

    state.transact(() => state.updateOrder(at(4_000, 520, 'canceled'), 'canceled'))
    const [ended] = readChartMarks(layout, settings.accountId, { ...span, after: working.cursor }).levels
    expect(ended).toMatchObject({ until: 4_000, status: 'canceled' })
    expect(readChartMarks(layout, settings.accountId, { ...span, from: 5_000 }).levels).toEqual([])
    expect(readOpenOrders(layout, settings)).toEqual([])
    state.close()
  })

  it('tell after a cursor what is new, and nothing twice', () => {
    const { layout, settings, open } = chartAccount()
    const state = open()
    state.transact(() => {
      state.insertOrder(orderOf('stop', 1_000, 500))
      state.insertFill(fillOf('f1', 2_000), '2026-03-12')
    })
    const span = { symbol: 'SPY', from: 0, to: 10_000 }
    const first = readChartMarks(layout, settings.accountId, span)
    expect(first.fills).toMatchObject([{ fillId: 'f1', purpose: 'stop', price: 100 }])
    state.transact(() => state.insertFill(fillOf('f2', 3_000), '2026-03-12'))
    const { fills, levels, cursor } = readChartMarks(layout, settings.accountId, { ...span, after: first.cursor })
    expect(fills.map(({ fillId: id }) => id)).toEqual(['f2'])
    expect(levels).toEqual([])
    expect(readChartMarks(layout, settings.accountId, { ...span, after: cursor }).fills).toEqual([])
    state.close()
  })

  it('are none of an account that has never run', () => {
    const { layout, settings } = chartAccount()
    const marks = readChartMarks(layout, settings.accountId, { symbol: 'SPY', from: 0, to: 1 })
    expect(marks).toEqual({ fills: [], levels: [], partial: false, cursor: '0:0' })
    expect(readHeldPositions(layout, settings)).toEqual([])
  })
})

describe('the balance of an account over time', () => {
  const booking = (state: ReturnType<ReturnType<typeof chartAccount>['open']>, at: number, amount: number) =>
    state.postLedger(epochMs(at), 'fill', `f${at}`, [
      { account: 'cash', amount: minorUnits(amount - 50), currency: 'USD' },
      { account: 'position-cost', amount: minorUnits(50), currency: 'USD' },
      { account: 'realized-pnl', amount: minorUnits(-amount), currency: 'USD' },
    ])

  it('is what the ledger says after each booking, with the distance below its highest', async () => {
    const { layout, settings, open } = chartAccount()
    const state = open()
    state.transact(() => {
      state.postLedger(epochMs(NOW), 'opening', 'opening', postOpening('USD', minorUnits(1_000)))
      for (const [at, amount] of [
        [1, 200],
        [2, -500],
        [3, 100],
      ] as const)
        booking(state, at, amount)
    })
    const curve = await readBalanceCurve(layout, settings.accountId, 'USD', undefined)
    expect(curve.opening).toBe(1_000)
    expect(curve.points).toEqual([
      { at: 1, balance: 1_200, drawdown: 0 },
      { at: 2, balance: 700, drawdown: -500 },
      { at: 3, balance: 800, drawdown: -400 },
    ])
    state.transact(() => booking(state, 4, 500))
    const more = await readBalanceCurve(layout, settings.accountId, 'USD', curve.place)
    expect(more.points).toEqual([{ at: 4, balance: 1_300, drawdown: 0 }])
    expect(more.opening).toBe(1_000)
    state.close()
  })

  it('begins below its opening where the first booking loses', async () => {
    const { layout, settings, open } = chartAccount()
    const state = open()
    state.transact(() => {
      state.postLedger(epochMs(NOW), 'opening', 'opening', postOpening('USD', minorUnits(1_000)))
      booking(state, 1, -100)
    })
    const { points } = await readBalanceCurve(layout, settings.accountId, 'USD', undefined)
    expect(points).toEqual([{ at: 1, balance: 900, drawdown: -100 }])
    state.close()
  })
})

describe('a listing that is paged back', () => {
  it('gives the last rows before one, oldest first, and refuses a row that is not there', () => {
    const { layout, settings, open } = chartAccount()
    const state = open()
    state.transact(() => {
      state.saveInstrument(SPY)
      for (let n = 1; n <= 5; n++) state.insertFill(fillOf(`f${n}`, n * 1_000), '2026-03-12')
    })
    state.close()
    const page = (more: object) =>
      readFills(layout, settings, { limit: 2, newest: true, ...more }).map((row) => row.fillId)
    expect([page({}), page({ before: 'f4' }), page({ before: 'f2' }), page({ before: 'f1' })]).toEqual([
      ['f4', 'f5'],
      ['f2', 'f3'],
      ['f1'],
      [],
    ])
    expect(codeOf(() => page({ before: 'nothing' }))).toBe('bad-usage')
  })
})
