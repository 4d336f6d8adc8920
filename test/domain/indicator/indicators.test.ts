import fc from 'fast-check'
import { ATR, RSI, SMA } from 'trading-signals'
import { describe, expect, it } from 'vitest'
import { RollingMean } from '../../../src/domain/indicator/rolling-mean.ts'
import { SessionVwap } from '../../../src/domain/indicator/session-vwap.ts'
import { WilderAtr } from '../../../src/domain/indicator/wilder-atr.ts'
import { WilderRsi } from '../../../src/domain/indicator/wilder-rsi.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { realData } from '../../support/real-data.ts'
import { barsOfCsv, generatedBars, instrumentOf } from '../../support/sample-bars.ts'

const REAL = [
  ['6EH4-2024-01-1m.csv.gz', '6EH4'],
  ['SPY-2013-10-1m.csv.gz', 'SPY'],
  ['NIFTY50-2019-01-1m.csv.gz', 'NIFTY50'],
] as const

const SOURCES: readonly (readonly [string, () => Bar[]])[] = [
  ['generated bars', () => generatedBars({ symbol: 'SPY', days: 30, seed: 3 })],
  ...REAL.flatMap(([file, symbol]) => {
    const path = realData(file)
    return path ? [[`real bars of ${symbol}`, () => barsOfCsv(path, instrumentOf(symbol))] as const] : []
  }),
]

/** Largest absolute difference. */
function compare(bars: readonly Bar[], ours: (bar: Bar) => number | null, theirs: (bar: Bar) => number | null): number {
  let worst = 0
  let compared = 0
  for (const bar of bars) {
    const a = ours(bar)
    const b = theirs(bar)
    expect(a === null, `ready at ${bar.time}`).toBe(b === null)
    if (a === null || b === null) continue
    compared++
    worst = Math.max(worst, Math.abs(a - b))
  }
  expect(compared).toBeGreaterThan(1_000)
  return worst
}

describe.each(SOURCES)('on %s', (_, load) => {
  const bars = load()

  it.each([2, 14, 50])('the RSI of %i bars is that of trading-signals', (period) => {
    const rsi = new WilderRsi(period)
    const other = new RSI(period)
    const worst = compare(
      bars,
      ({ close }) => (rsi.push(close), rsi.ready ? rsi.value : null),
      ({ close }) => other.update(close, false),
    )
    expect(worst).toBeLessThan(1e-9)
  })

  it.each([1, 14, 50])('the ATR of %i bars is that of trading-signals', (period) => {
    const atr = new WilderAtr(period)
    const other = new ATR(period)
    const worst = compare(
      bars,
      ({ high, low, close }) => (atr.push(high, low, close), atr.ready ? atr.value : null),
      (bar) => other.update(bar, false),
    )
    expect(worst).toBeLessThan(1e-9)
  })

  it('the rolling mean of volume is that of trading-signals', () => {
    const mean = new RollingMean(20)
    const other = new SMA(20)
    const worst = compare(
      bars,
      ({ volume }) => (mean.push(volume), mean.ready ? mean.value : null),
      ({ volume }) => other.update(volume, false),
    )
    expect(worst).toBeLessThan(1e-9)
  })

  it('the VWAP and its deviation are those of the formula, taken in two passes over the session', () => {
    const vwap = new SessionVwap(2)
    let session: Bar[] = []
    let day = -1
    for (const [index, bar] of bars.entries()) {
      const today = Math.floor(bar.time / 86_400_000)
      if (today !== day) {
        vwap.reset()
        session = []
        day = today
      }
      session.push(bar)
      vwap.push(bar.high, bar.low, bar.close, bar.volume)
      // Two passes for every bar would be quadratic; every 37th (and the first ones) will do.
      if (index % 37 !== 0 && session.length > 3) continue
      const { mean, deviation } = twoPass(session)
      expect(Math.abs(vwap.value - mean)).toBeLessThan(1e-9 * Math.max(1, mean))
      expect(Math.abs(vwap.sigma - deviation)).toBeLessThan(1e-9 * Math.max(1, deviation))
    }
  })
})

function twoPass(bars: readonly Bar[]): { mean: number; deviation: number } {
  const volume = bars.some((bar) => bar.volume > 0)
  const rows = bars.map((bar) => ({ x: (bar.high + bar.low + bar.close) / 3, w: volume ? bar.volume : 1 }))
  const weight = rows.reduce((sum, { w }) => sum + w, 0)
  const mean = rows.reduce((sum, { x, w }) => sum + x * w, 0) / weight
  const variance = rows.reduce((sum, { x, w }) => sum + w * (x - mean) ** 2, 0) / weight
  return { mean, deviation: Math.sqrt(variance) }
}

describe('an indicator', () => {
  const bar = fc
    .tuple(
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 9 }),
      fc.nat(500),
    )
    .map(([move, up, down, volume]) => ({ move, up, down, volume }))
  const walk = fc.array(bar, { minLength: 2, maxLength: 120 }).map((steps) => {
    let close = 20_000
    return steps.map(({ move, up, down, volume }) => {
      const open = close
      close += move
      return { high: Math.max(open, close) + up, low: Math.min(open, close) - down, close, volume: volume / 8 }
    })
  })

  it('goes on exactly where its snapshot left off, through JSON', () => {
    const make = () => {
      const [rsi, atr, mean, vwap] = [new WilderRsi(5), new WilderAtr(5), new RollingMean(7), new SessionVwap(2)]
      return {
        parts: [rsi, atr, mean, vwap],
        push: (b: { high: number; low: number; close: number; volume: number }) => {
          rsi.push(b.close)
          atr.push(b.high, b.low, b.close)
          mean.push(b.volume)
          vwap.push(b.high, b.low, b.close, b.volume)
        },
        read: () => [rsi.ready, rsi.value, rsi.mirrored, atr.value, mean.ready, mean.value, vwap.value, vwap.sigma],
      }
    }
    fc.assert(
      fc.property(walk, fc.nat(119), (bars, at) => {
        const whole = make()
        const first = make()
        for (const b of bars) whole.push(b)
        const cut = Math.min(at, bars.length)
        for (const b of bars.slice(0, cut)) first.push(b)
        const second = make()
        const kept = JSON.parse(JSON.stringify(first.parts.map((part) => part.snapshot()))) as number[][]
        second.parts.forEach((part, index) => part.restore(kept[index]!))
        for (const b of bars.slice(cut)) second.push(b)
        expect(second.read()).toEqual(whole.read())
      }),
      { numRuns: 200, seed: 5 },
    )
  })

  it('refuses a snapshot of another kind or period', () => {
    expect(() => new RollingMean(20).restore(new RollingMean(10).snapshot())).toThrow(RangeError)
    expect(() => new WilderAtr(14).restore([1, 2, Number.NaN])).toThrow(RangeError)
  })

  it('keeps a VWAP deviation of a quiet market at a high price', () => {
    const vwap = new SessionVwap(2)
    for (let i = 0; i < 100_000; i++) vwap.push(8_000_001 + (i % 2), 8_000_000 + (i % 2), 8_000_000 + (i % 2), 1e6)
    expect(vwap.sigma).toBeCloseTo(0.5, 12)
  })

  it('weighs bars alike until one has volume, then by volume alone', () => {
    const vwap = new SessionVwap(2)
    vwap.push(10, 10, 10, 0)
    vwap.push(20, 20, 20, 0)
    expect(vwap.value).toBe(15)
    vwap.push(30, 30, 30, 5)
    vwap.push(99, 99, 99, 0)
    expect(vwap.value).toBe(30)
    expect(vwap.sigma).toBe(0)
  })
})
