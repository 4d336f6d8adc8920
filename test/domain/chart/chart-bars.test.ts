import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/domain/calendar/session.ts'
import { chartBars } from '../../../src/domain/chart/chart-bars.ts'
import { SessionVwap } from '../../../src/domain/indicator/session-vwap.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { epochMs, ticks } from '../../../src/domain/units/units.ts'

const MINUTE = 60_000
const HOUR = 3_600_000

const sessionOf = (date: string, open: number, close: number): Session => ({
  ...{ date, open: epochMs(open), close: epochMs(close), holidayFacts: 'known' },
})
/** Opens at half past, is shorter than two hours, and is followed by one a day later. */
const SESSIONS = [sessionOf('d1', 30 * MINUTE, 130 * MINUTE), sessionOf('d2', 1_500 * MINUTE, 1_600 * MINUTE)]
const clock = { sessionAt: (at: number) => SESSIONS.find(({ open, close }) => at >= open && at < close) }

const barAt = (minute: number, price: number, volume = 10): Bar => ({
  time: epochMs(minute * MINUTE),
  ...{ open: ticks(price), high: ticks(price + 2), low: ticks(price - 1), close: ticks(price + 1), volume },
})
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => barAt(from + n, 1_000 + n))

describe('bars of a chart', () => {
  it('are counted from the open of their session, and end with it', () => {
    const { bars } = chartBars([...minutes(30, 130), ...minutes(1_500, 1_510)], HOUR, clock)
    expect(bars.map(({ time }) => time / MINUTE)).toEqual([30, 90, 1_500])
    expect(bars[1]).toMatchObject({ open: 1_060, high: 1_101, low: 1_059, close: 1_100, volume: 400 })
  })

  it('of a day are sessions, whatever hour they open at', () => {
    const { bars, sessions } = chartBars([...minutes(30, 130), ...minutes(1_500, 1_510)], 24 * HOUR, clock)
    expect(bars.map(({ time }) => time / MINUTE)).toEqual([30, 1_500])
    expect(sessions.map(({ date }) => date)).toEqual(['d1', 'd2'])
  })

  it('have the VWAP that the strategy saw, taken from every bar of the feed and begun anew with the session', () => {
    const given = [...minutes(30, 130), ...minutes(1_500, 1_503)]
    const { bars } = chartBars(given, HOUR, clock)
    const vwap = new SessionVwap(1)
    for (const { high, low, close, volume } of given.slice(0, 100)) vwap.push(high, low, close, volume)
    expect(bars[1]).toMatchObject({ vwap: vwap.value, sigma: vwap.sigma })
    vwap.reset()
    for (const { high, low, close, volume } of given.slice(100)) vwap.push(high, low, close, volume)
    expect(bars[2]).toMatchObject({ vwap: vwap.value, sigma: vwap.sigma })
  })

  it('outside of sessions stand by themselves, without a VWAP', () => {
    const { bars } = chartBars([...minutes(120, 150)], HOUR, clock)
    expect(bars.map(({ time, vwap }) => [time / MINUTE, vwap === undefined])).toEqual([
      [90, false],
      [130, true],
    ])
  })

  it('are the bars of the feed where nothing is put together', () => {
    const given = minutes(30, 40)
    const { bars } = chartBars(given, MINUTE, clock)
    expect(bars).toMatchObject(given)
  })
})
