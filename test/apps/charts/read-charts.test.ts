import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { generateSeries } from '../../../src/adapters/market-data/generate-series.ts'
import { openMarketDb } from '../../../src/adapters/market-data/market-db.ts'
import { openState } from '../../../src/adapters/state-db/open-state.ts'
import { readFills } from '../../../src/adapters/state-db/read-account.ts'
import { readBalanceCurve } from '../../../src/adapters/state-db/read-balance-curve.ts'
import { readChartMarks } from '../../../src/adapters/state-db/read-chart-marks.ts'
import { readHeldPositions, readOpenOrders } from '../../../src/adapters/state-db/read-holdings.ts'
import { readChartBars, type BarsQuery } from '../../../src/apps/charts/read-chart-bars.ts'
import { AccountSettings } from '../../../src/contracts/account-settings.ts'
import { sessionsBetween } from '../../../src/domain/calendar/session-clock.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { postOpening } from '../../../src/domain/ledger/post-fill.ts'
import type { OrderRecord } from '../../../src/domain/order/order-record.ts'
import { clientOrderId, fillId } from '../../../src/domain/order/order.ts'
import { epochMs, lots, minorUnits, ticks, type EpochMs } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'

const NOW = Date.parse('2026-03-12T22:00:00Z')
const MINUTE = 60_000
const DAYS = 4
/** Minutes of a session in New York. */
const SESSION_MINUTES = 390

const SPY = ((): Instrument => {
  const found = resolveInstrument('SPY')
  if (!isInstrument(found)) throw new Error('SPY is in the catalogue')
  return found
})()

function account(feed: unknown = { kind: 'replay', speed: 'max' }, fields: object = {}) {
  const layout = homeLayout(tempHome())
  const settings = AccountSettings.parse({
    ...{ version: 1, accountId: 'acc', user: 'anna', userId: '0123456789ab', broker: 'sim', mode: 'paper' },
    ...{ strategy: 'vwap-bounce', symbol: 'SPY', feed, createdAt: new Date(NOW - 7_200_000).toISOString() },
    ...fields,
  })
  mkdirSync(layout.account(settings.accountId), { recursive: true })
  const open = () => openState({ layout, ...settings, instanceId: 'i', expectExisting: false, now: () => epochMs(NOW) })
  const reading = (lastBarAt?: number) => {
    const ctx = { layout, lastBarOf: () => lastBarAt, made: new Map() }
    return (query: Partial<BarsQuery> = {}) => readChartBars(ctx, settings, { limit: 500, ...query })
  }
  return { layout, settings, open, reading }
}

/** The same with generated bars; the bot has taken all but those of the last hour. */
function withBars(fields: object = {}) {
  const home = account(undefined, fields)
  const db = openMarketDb(home.layout, 'write')
  const facts = bundledCalendar()
  const ctx = {
    ...{ db, now: () => epochMs(NOW), instrument: SPY },
    sessionsBetween: (from: EpochMs, to: EpochMs) => sessionsBetween(SPY, facts, from, to),
  }
  const { to } = generateSeries(ctx, { days: DAYS, seed: 7 })
  db.close()
  const place = to - 60 * MINUTE
  return { ...home, place, bars: home.reading(place) }
}

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code
    throw error
  }
  return 'none'
}

describe('bars for a chart', () => {
  it('end with the last one the bot took, however many there are', () => {
    const { bars, place } = withBars()
    const { bars: rows, lastBarAt, older } = bars()
    expect(rows).toHaveLength(500)
    expect(rows.at(-1)?.[0]).toBe(place)
    expect(lastBarAt).toBe(new Date(place).toISOString())
    expect(older).toBe(true)
  })

  it('are none before the bot has taken one', () => {
    const { reading } = withBars()
    expect(reading()()).toMatchObject({ bars: [], lastBarAt: null, older: false })
  })

  it('go on where an earlier answer began, to the very first', () => {
    const { bars } = withBars()
    let first = bars({ limit: 2_000 }).bars[0]![0]
    const all = DAYS * SESSION_MINUTES - 60
    let count = bars({ limit: 2_000 }).bars.length
    for (;;) {
      const { bars: rows, older } = bars({ limit: 400, before: first })
      count += rows.length
      if (rows.length > 0) expect(rows.at(-1)![0]).toBeLessThan(first)
      first = rows[0]?.[0] ?? first
      if (!older) break
    }
    expect(count).toBe(all)
  })

  it('that were asked for from one on are that one as it is now, and those after it', () => {
    const { bars } = withBars()
    const whole = bars({ timeframe: '5m', limit: 100 })
    const from = whole.bars.at(-3)![0]
    const { bars: rows, gap } = bars({ timeframe: '5m', from })
    expect(rows).toEqual(whole.bars.slice(-3))
    expect(gap).toBe(false)
  })

  it('say so where some are left out', () => {
    const { bars } = withBars()
    const { bars: rows, gap } = bars({ limit: 10, from: bars().bars[0]![0] })
    expect(rows).toHaveLength(10)
    expect(gap).toBe(true)
  })

  it('have the VWAP of their session wherever the answer begins', () => {
    const { bars } = withBars()
    const [time] = bars().bars.at(-20)!
    const long = bars().bars.find(([at]) => at === time)
    const short = bars({ limit: 20 }).bars.find(([at]) => at === time)
    expect(short).toEqual(long)
    expect(short?.[6]).not.toBeNull()
  })

  it('of a day are as many as there were sessions', () => {
    const { bars } = withBars()
    const { bars: rows, sessions } = bars({ timeframe: '1d' })
    expect(rows).toHaveLength(DAYS)
    expect(sessions).toHaveLength(DAYS)
    expect(rows.map(([at]) => at)).toEqual(sessions.map(({ open }) => open))
  })

  it('of a made-up market are made again, from an hour before the account on', () => {
    const { reading } = account({ kind: 'synthetic', seed: 3 })
    const bars = reading(NOW)
    const { bars: rows } = bars({ limit: 2_000 })
    expect(rows).toHaveLength(3 * 60 + 1)
    expect(bars({ limit: 2_000 }).bars).toEqual(rows)
  })

  it('are refused where they can not be made, with what can', () => {
    const { bars, reading } = withBars({ timeframe: '5m' })
    expect(codeOf(() => bars({ symbol: 'QQQ' }))).toBe('symbol-unknown')
    expect(codeOf(() => bars({ timeframe: '1m' }))).toBe('setting-invalid')
    expect(codeOf(() => reading(NOW)({ before: 1, from: 1 }))).toBe('bad-usage')
  })
})

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
    const { layout, settings, open } = account()
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
    const { layout, settings, open } = account()
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
    const { layout, settings } = account()
    const marks = readChartMarks(layout, settings.accountId, { symbol: 'SPY', from: 0, to: 1 })
    expect(marks).toEqual({ fills: [], levels: [], partial: false, cursor: '0:0' })
    expect(readHeldPositions(layout, settings)).toEqual([])
  })
})

describe('the balance of an account over time', () => {
  const booking = (state: ReturnType<ReturnType<typeof account>['open']>, at: number, amount: number) =>
    state.postLedger(epochMs(at), 'fill', `f${at}`, [
      { account: 'cash', amount: minorUnits(amount - 50), currency: 'USD' },
      { account: 'position-cost', amount: minorUnits(50), currency: 'USD' },
      { account: 'realized-pnl', amount: minorUnits(-amount), currency: 'USD' },
    ])

  it('is what the ledger says after each booking, with the distance below its highest', async () => {
    const { layout, settings, open } = account()
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
    const { layout, settings, open } = account()
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
    const { layout, settings, open } = account()
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
