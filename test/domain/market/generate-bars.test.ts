import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { sessionsBetween } from '../../../src/domain/calendar/session-clock.ts'
import type { Session } from '../../../src/domain/calendar/session.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { generateSession } from '../../../src/domain/market/generate-bars.ts'
import { fnv1a, openRandomStream } from '../../../src/domain/market/random-stream.ts'
import { openSyntheticSessions } from '../../../src/domain/market/synthetic-sessions.ts'
import { strategyById } from '../../../src/domain/strategy/index.ts'
import { durationMs, epochMs } from '../../../src/domain/units/units.ts'
import { instrumentOf } from '../../support/sample-bars.ts'

const FACTS = bundledCalendar()
const at = (text: string) => epochMs(Date.parse(`${text}Z`))
const sessionsOf = (symbol: string, from = '2026-01-05T00:00', to = '2026-02-28T00:00') =>
  sessionsBetween(instrumentOf(symbol), FACTS, at(from), at(to))
const barsOf = (symbol: string, seed: number, sessions: readonly Session[]) =>
  sessions.map((session) => generateSession(instrumentOf(symbol), seed, session))
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const digest = (bars: readonly Bar[]) =>
  createHash('sha256')
    .update(
      bars.map(({ time, open, high, low, close, volume }) => [time, open, high, low, close, volume].join()).join(';'),
    )
    .digest('hex')

describe('generated bars', () => {
  it('are the same on every platform and in every version', () => {
    const session = {
      date: '2026-01-05',
      open: at('2026-01-04T23:00'),
      close: at('2026-01-05T22:00'),
      holidayFacts: 'known',
    } as const
    expect(digest(generateSession(instrumentOf('ES'), 7, session))).toBe(
      '313f82e7dc570c8d5ecc662169123f776a7bf8be9e6630b33b1b8f9d6194a5b8',
    )
  })

  it('depend on seed, instrument and session, and on nothing else', () => {
    const sessions = sessionsOf('ES')
    const again = [...sessions].reverse().map((session) => generateSession(instrumentOf('ESZ6'), 7, session))
    expect(again.reverse()).toEqual(barsOf('ES', 7, sessions))
    expect(digest(barsOf('ES', 8, sessions)[0]!)).not.toBe(digest(barsOf('ES', 7, sessions)[0]!))
    expect(digest(barsOf('NQ', 7, sessions)[0]!)).not.toBe(digest(barsOf('ES', 7, sessions)[0]!))
  })

  it('fill each session from its open to its last minute, early closes included', () => {
    for (const session of sessionsOf('SPY', '2026-11-23T00:00', '2026-12-01T00:00')) {
      const bars = generateSession(instrumentOf('SPY'), 1, session)
      expect(bars).toHaveLength((session.close - session.open) / 60_000)
      expect(bars.map(({ time }) => time)).toEqual(bars.map((_, index) => session.open + index * 60_000))
    }
  })

  it('are bars: positive whole ticks, open and close within low to high', () => {
    const symbol = fc.constantFrom('ES', 'SPY', 'NIFTY', '6E', 'BTC-PERP', 'CL', 'XYZ')
    fc.assert(
      fc.property(symbol, fc.nat(0xffff_ffff), fc.nat(30), (name, seed, index) => {
        const session = sessionsOf(name)[index]!
        for (const { open, high, low, close, volume } of generateSession(instrumentOf(name), seed, session)) {
          if (!(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close))) expect.fail('no bar')
          if (![open, high, low, close, volume].every(Number.isSafeInteger) || volume < 0) expect.fail('not whole')
        }
      }),
      { numRuns: 40 },
    )
  })

  it('have the shape of a session: more volume and movement near open and close', () => {
    const days = barsOf('SPY', 3, sessionsOf('SPY'))
    const part = (from: number, to: number) => days.flatMap((bars) => bars.slice(from, to))
    const range = (bars: readonly Bar[]) => mean(bars.map(({ high, low }) => high - low))
    const volume = (bars: readonly Bar[]) => mean(bars.map((bar) => bar.volume))
    for (const measure of [range, volume]) {
      expect(measure(part(0, 30))).toBeGreaterThan(1.2 * measure(part(180, 210)))
      expect(measure(part(360, 390))).toBeGreaterThan(1.2 * measure(part(180, 210)))
    }
  })

  it('open at a distance from the close before', () => {
    const days = barsOf('SPY', 3, sessionsOf('SPY'))
    const gaps = days
      .slice(1)
      .map((bars, index) => Math.abs(bars[0]!.open - days[index]!.at(-1)!.close) / bars[0]!.open)
    expect(mean(gaps)).toBeGreaterThan(0.001)
    expect(mean(gaps)).toBeLessThan(0.02)
  })

  it('stay around the price the instrument really has', () => {
    const closes = (symbol: string) => barsOf(symbol, 11, sessionsOf(symbol)).map((bars) => bars.at(-1)!.close)
    for (const close of closes('ES')) expect(Math.abs(close * 0.25 - 5_900) / 5_900).toBeLessThan(0.15)
    for (const close of closes('6E')) expect(Math.abs(close * 0.00005 - 1.09) / 1.09).toBeLessThan(0.15)
  })

  it('of an index have no volume', () => {
    expect(
      barsOf('NIFTY', 1, sessionsOf('NIFTY'))
        .flat()
        .every(({ volume }) => volume === 0),
    ).toBe(true)
  })

  it('give the VWAP bounce several trades a week, on both sides', () => {
    for (const symbol of ['ES', '6E', 'SPY', 'NIFTY', 'BTC-PERP']) {
      const strategy = strategyById('vwap-bounce')
      if (!('open' in strategy)) expect.fail('no such strategy')
      const parameters = Object.fromEntries(strategy.parameters.map((each) => [each.name, each.default]))
      const run = strategy.open({ instrument: instrumentOf(symbol), timeframeMs: durationMs(60_000), parameters })
      const flat = { quantity: 0, avgPx: undefined, openedAt: undefined, entryPending: false, tradesToday: 0 }
      const sides: string[] = []
      const sessions = sessionsOf(symbol)
      for (const session of sessions)
        for (const bar of generateSession(instrumentOf(symbol), 5, session)) {
          const proposal = run.onBar(bar, session, flat as never)
          if (proposal?.kind === 'enter') sides.push(proposal.side)
        }
      expect((sides.length / sessions.length) * 5, symbol).toBeGreaterThan(2.5)
      expect(new Set(sides).size, symbol).toBe(2)
    }
  })
})

describe('the random numbers behind them', () => {
  it('are uniform, and roughly normal where asked', () => {
    const random = openRandomStream('test')
    const uniform = Array.from({ length: 20_000 }, () => random.uniform())
    const normal = Array.from({ length: 20_000 }, () => random.normal())
    expect(mean(uniform)).toBeCloseTo(0.5, 2)
    expect(mean(normal)).toBeCloseTo(0, 1)
    expect(mean(normal.map((value) => value * value))).toBeCloseTo(1, 1)
    for (let tenth = 0; tenth < 10; tenth++)
      expect(uniform.filter((value) => Math.floor(value * 10) === tenth).length).toBeGreaterThan(1_800)
  })

  it('of two keys have nothing in common', () => {
    const first = (key: string) => openRandomStream(key).uniform()
    expect(new Set(Array.from({ length: 1_000 }, (_, index) => first(`1/ES/${index}`))).size).toBeGreaterThan(995)
    expect(fnv1a('a')).not.toBe(fnv1a('b'))
  })
})

describe('the sessions of the made-up market', () => {
  const clock = openSyntheticSessions(instrumentOf('SPY'), FACTS)

  it('are the real ones while the market is open', () => {
    expect(clock.sessionAt(at('2026-11-20T15:00'))).toEqual({
      date: '2026-11-20',
      open: at('2026-11-20T14:30'),
      close: at('2026-11-20T21:00'),
      holidayFacts: 'known',
      market: true,
    })
  })

  it('span each break of the real ones, a weekend as well as a night', () => {
    expect(clock.sessionAt(at('2026-11-21T12:00'))).toMatchObject({
      date: '2026-11-20',
      open: at('2026-11-20T21:00'),
      close: at('2026-11-23T14:30'),
      market: false,
    })
    expect(clock.sessionAt(at('2026-11-24T02:00'))).toMatchObject({ open: at('2026-11-23T21:00'), market: false })
  })

  it('leave no instant out and let no two overlap', () => {
    const instant = fc.integer({ min: at('2026-01-01T00:00'), max: at('2027-12-01T00:00') })
    for (const symbol of ['SPY', 'ES', 'NIFTY', 'BTC-PERP']) {
      const sessions = openSyntheticSessions(instrumentOf(symbol), FACTS)
      fc.assert(
        fc.property(instant, (ms) => {
          const here = sessions.sessionAt(epochMs(ms))
          expect(here.open <= ms && ms < here.close).toBe(true)
          expect(sessions.sessionAt(here.close).open).toBe(here.close)
        }),
        { numRuns: 50 },
      )
    }
  })
})
