import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { generateSeries, type GenerateContext } from '../../../src/adapters/market-data/generate-series.ts'
import { listSeries } from '../../../src/adapters/market-data/market-db.ts'
import { sessionsBetween } from '../../../src/domain/calendar/session-clock.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { marketHome, type MarketHome } from '../../support/market-home.ts'
import { instrumentOf } from '../../support/sample-bars.ts'

const SATURDAY = '2026-11-21T12:00'

function contextOf({ db }: MarketHome, symbol: string, now = SATURDAY): GenerateContext {
  const instrument = instrumentOf(symbol)
  return {
    db,
    now: () => epochMs(Date.parse(`${now}Z`)),
    instrument,
    sessionsBetween: (from, to) => sessionsBetween(instrument, bundledCalendar(), from, to),
  }
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code
    throw error
  }
  return undefined
}

describe('generating a series', () => {
  it('stores the last sessions that have closed', () => {
    const home = marketHome()
    const report = generateSeries(contextOf(home, 'SPY'), { days: 3, seed: 7 })
    expect(report).toMatchObject({ symbol: 'SPY', sessions: 3, bars: 1170, added: 1170, alreadyThere: 0 })
    expect(new Date(report.from).toISOString()).toBe('2026-11-18T14:30:00.000Z')
    expect(new Date(report.to).toISOString()).toBe('2026-11-20T20:59:00.000Z')
    expect(listSeries(home.db)).toMatchObject([
      { symbol: 'SPY', timeframe: '1m', bars: 1170, source: 'generated (seed 7)' },
    ])
    expect(home.bars('SPY')).toHaveLength(1170)
  })

  it('gives the same bars on another machine, and adds only what is new on another day', () => {
    const [one, two] = [marketHome(), marketHome()]
    generateSeries(contextOf(one, 'ESZ6'), { days: 5, seed: 7 })
    generateSeries(contextOf(two, 'ESZ6'), { days: 5, seed: 7 })
    expect(two.bars('ESZ6')).toEqual(one.bars('ESZ6'))
    const later = generateSeries(contextOf(one, 'ESZ6', '2026-11-24T23:30'), { days: 5, seed: 7 })
    expect(later).toMatchObject({ sessions: 5, alreadyThere: 3 * 1380, added: 2 * 1380 })
  })

  it('puts every price on the tick grid', () => {
    const home = marketHome()
    generateSeries(contextOf(home, '6E'), { days: 2, seed: 1 })
    expect(home.bars('6E').every((bar) => bar.slice(1, 5).every((price) => price % 5_000 === 0))).toBe(true)
  })

  it('never mixes with other bars of the same instrument', async () => {
    const home = marketHome()
    generateSeries(contextOf(home, 'SPY'), { days: 2, seed: 7 })
    const before = home.bars('SPY')
    expect(codeOf(() => generateSeries(contextOf(home, 'SPY'), { days: 4, seed: 8 }))).toBe('data-bad-rows')
    expect(home.bars('SPY')).toEqual(before)
    await home.take('t,o,h,l,c\n1795032000,1,1,1,1\n', { symbol: 'QQQ' })
    expect(codeOf(() => generateSeries(contextOf(home, 'QQQ'), { days: 5, seed: 7 }))).toBe('data-bad-rows')
    expect(home.bars('QQQ')).toHaveLength(1)
  })

  it.each([
    [0, 1],
    [1.5, 1],
    [100_000, 1],
    [1, -1],
    [1, 2 ** 32],
    [Number.NaN, 1],
  ])('refuses %d days of seed %d', (days, seed) => {
    const home = marketHome()
    expect(codeOf(() => generateSeries(contextOf(home, 'SPY'), { days, seed }))).toBe('setting-invalid')
  })
})
