import { describe, expect, it } from 'vitest'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { vwapBounce } from '../../../src/domain/strategy/vwap-bounce/vwap-bounce.ts'
import { epochMs, lots } from '../../../src/domain/units/units.ts'
import { generatedBars, instrumentOf, MINUTE } from '../../support/sample-bars.ts'
import { FLAT, openRun, replay, sessionClockOf } from '../../support/strategy-replay.ts'

const told = (symbol: string, bars: readonly Bar[], given: Record<string, number> = {}) => {
  const instrument = instrumentOf(symbol)
  return replay(openRun(vwapBounce, instrument, given), bars, sessionClockOf(instrument))
}

describe('vwap-bounce', () => {
  const spy = instrumentOf('SPY')
  const bars = generatedBars({ symbol: 'SPY', days: 60, seed: 1 })
  const clock = sessionClockOf(spy)

  it('turns a setup down with every filter it failed, and their numbers', () => {
    const holds = told('SPY', bars, { rsiLong: 1, minRewardRisk: 20 }).filter(
      ({ proposal }) => proposal.kind === 'hold',
    )
    expect(holds.length).toBeGreaterThan(10)
    for (const { proposal } of holds) {
      const codes = proposal.reasons.map(({ code }) => code)
      expect(codes[0]).toMatch(/^bounce-(long|short)$/)
      expect(codes).toContain('rsi')
      expect(codes).toContain('reward-risk')
      for (const { text } of proposal.reasons) expect(text).toMatch(/\d/)
      const ratio = proposal.reasons.find(({ code }) => code === 'reward-risk')
      expect(ratio?.text).toMatch(/^Reward of -?\d+\.\d\d against a risk of \d+\.\d\d is /)
    }
  })

  it('holds while a position is open, an entry works, or the day’s trades are made', () => {
    const entry = told('SPY', bars).find(({ proposal }) => proposal.kind === 'enter')!
    const at = bars.findIndex(({ time }) => time === entry.bar.time)
    const judgedWith = (position: typeof FLAT) => {
      const run = openRun(vwapBounce, spy)
      for (const bar of bars.slice(0, at)) run.onBar(bar, clock.sessionAt(bar.time), FLAT)
      return run.onBar(bars[at]!, clock.sessionAt(bars[at]!.time), position)
    }
    const open = { ...FLAT, quantity: lots(-3), avgPx: 20_000, openedAt: bars[at - 1]!.time }
    expect(judgedWith(open)).toMatchObject({ kind: 'hold', reasons: [{}, { code: 'position-open' }] })
    expect(judgedWith({ ...FLAT, entryPending: true })).toMatchObject({
      kind: 'hold',
      reasons: [{}, { code: 'entry-pending' }],
    })
    expect(judgedWith({ ...FLAT, tradesToday: 5 })).toMatchObject({
      kind: 'hold',
      reasons: [{}, { code: 'max-trades' }],
    })
    expect(judgedWith({ ...FLAT, tradesToday: 4 })).toMatchObject({ kind: 'enter' })
  })

  it('closes a position after the time stop, once a bar until it is flat', () => {
    const run = openRun(vwapBounce, spy)
    const session = clock.sessionAt(bars[100]!.time)!
    const held = { ...FLAT, quantity: lots(2), avgPx: 20_000, openedAt: bars[100]!.time }
    for (const bar of bars.slice(0, 160)) {
      const proposal = run.onBar(bar, clock.sessionAt(bar.time), bar.time >= bars[100]!.time ? held : FLAT)
      if (bar.time >= bars[100]!.time && bar.time < bars[159]!.time) expect(proposal?.kind).not.toBe('exit')
      if (bar.time === bars[159]!.time) expect(proposal).toMatchObject({ kind: 'exit', reason: 'time-stop' })
    }
    expect(run.onBar(bars[160]!, session, held)).toMatchObject({ kind: 'exit', reason: 'time-stop' })
    expect(run.onBar(bars[161]!, session, FLAT)?.kind).not.toBe('exit')
  })

  it('closes a position five minutes before the close, early closes included', () => {
    // 2026-11-27 ends at 13:00 New York.
    for (const [close, symbol] of [
      ['2026-11-27T18:00:00Z', 'SPY'],
      ['2026-12-24T18:15:00Z', 'ES'],
    ] as const) {
      const ends = Date.parse(close)
      const run = openRun(vwapBounce, instrumentOf(symbol))
      const sessions = sessionClockOf(instrumentOf(symbol))
      const held = { ...FLAT, quantity: lots(1), avgPx: 100, openedAt: epochMs(ends - 20 * MINUTE) }
      const leftWhenTold: number[] = []
      for (let left = 20; left > 0; left--) {
        const bar = { ...bars[0]!, time: epochMs(ends - left * MINUTE) }
        const proposal = run.onBar(bar, sessions.sessionAt(bar.time), held)
        if (proposal?.kind === 'exit' && proposal.reason === 'session-close') leftWhenTold.push(left - 1)
      }
      expect(leftWhenTold).toEqual([5, 4, 3, 2, 1, 0])
    }
  })

  it('closes with long bars on the last bar that can still be acted on', () => {
    const run = openRun(vwapBounce, spy, {}, { timeframeMs: 15 * MINUTE })
    const { close, open } = clock.sessionAt(bars[0]!.time)!
    const session = clock.sessionAt(open)
    const held = { ...FLAT, quantity: lots(1), avgPx: 100, openedAt: epochMs(close - 45 * MINUTE) }
    const at = (minutes: number) => ({ ...bars[0]!, time: epochMs(close - minutes * MINUTE) })
    expect(run.onBar(at(45), session, held)).toBeUndefined()
    expect(run.onBar(at(30), session, held)).toMatchObject({ kind: 'exit', reason: 'session-close' })
  })

  it('closes what an earlier session left over, and what is open while the market is closed', () => {
    const run = openRun(vwapBounce, spy)
    const held = { ...FLAT, quantity: lots(-1), avgPx: 100, openedAt: bars[0]!.time }
    const nextDay = bars.findIndex(({ time }) => clock.sessionAt(time)!.date !== clock.sessionAt(bars[0]!.time)!.date)
    expect(run.onBar(bars[nextDay]!, clock.sessionAt(bars[nextDay]!.time), held)).toMatchObject({
      kind: 'exit',
      reason: 'session-close',
    })
    expect(run.onBar(bars[nextDay]!, undefined, held)).toMatchObject({ kind: 'exit', reason: 'session-close' })
    expect(run.onBar(bars[nextDay]!, undefined, FLAT)).toBeUndefined()
  })

  it('takes no notice of bars outside the session', () => {
    const noise = bars.flatMap((bar, index) => {
      const first = index === 0 || clock.sessionAt(bars[index - 1]!.time) !== clock.sessionAt(bar.time)
      if (!first) return [bar]
      const early = { ...bar, time: epochMs(bar.time - 30 * MINUTE), close: 1, low: 1, volume: 1e9 } as Bar
      return [early, bar]
    })
    expect(noise.length).toBeGreaterThan(bars.length)
    expect(told('SPY', noise)).toEqual(told('SPY', bars))
  })

  it('proposes nothing before its indicators are full', () => {
    const first = told('SPY', bars.slice(0, 390), { volumeMeanBars: 300, noEntryFirstMinutes: 0 })[0]
    if (first) expect(bars.indexOf(first.bar)).toBeGreaterThanOrEqual(299)
    const run = openRun(vwapBounce, spy, { volumeMeanBars: 300 })
    for (const [index, bar] of bars.slice(0, 310).entries()) {
      run.onBar(bar, clock.sessionAt(bar.time), FLAT)
      expect(run.indicators() === undefined).toBe(index < 299)
    }
  })

  it('shows its indicators in ticks', () => {
    const run = openRun(vwapBounce, spy)
    for (const bar of bars.slice(0, 200)) run.onBar(bar, clock.sessionAt(bar.time), FLAT)
    const shown = run.indicators()!
    expect(shown.upperBand! - shown.vwap!).toBeCloseTo(2 * shown.sigma!, 9)
    expect(shown.vwap! - shown.lowerBand!).toBeCloseTo(2 * shown.sigma!, 9)
    expect(shown.vwap).toBeGreaterThan(19_000)
    expect(Object.values(shown).every(Number.isFinite)).toBe(true)
  })

  it('warns once where there is no volume, also across a restart', () => {
    const nifty = instrumentOf('NIFTY')
    const silent = generatedBars({ symbol: 'NIFTY', days: 5, seed: 3, withVolume: false })
    const sessions = sessionClockOf(nifty)
    let run = openRun(vwapBounce, nifty)
    const warnings: string[] = []
    for (const [index, bar] of silent.entries()) {
      if (index === 50) run = openRun(vwapBounce, nifty, {}, { snapshot: run.snapshot() })
      run.onBar(bar, sessions.sessionAt(bar.time), FLAT)
      warnings.push(...run.takeWarnings().map(({ code }) => code))
    }
    expect(warnings).toEqual(['no-volume'])
  })

  it('starts its indicators anew, and says so, when the snapshot is of other periods or damaged', () => {
    const run = openRun(vwapBounce, spy)
    for (const bar of bars.slice(0, 100)) run.onBar(bar, clock.sessionAt(bar.time), FLAT)
    const kept = run.snapshot() as Record<string, unknown>
    for (const [given, snapshot] of [
      [{ rsiPeriod: 20 }, kept],
      [{}, { ...kept, vwap: [1, 2] }],
      [{}, 'nonsense'],
      [{}, null],
    ] as const) {
      const next = openRun(vwapBounce, spy, given, { snapshot })
      expect(next.indicators()).toBeUndefined()
      expect(next.takeWarnings()).toMatchObject([{ code: 'indicators-restart' }])
    }
    // Bands and filters can change without losing the indicators.
    const same = openRun(vwapBounce, spy, { bandSigma: 1.5, timeStopMinutes: 30 }, { snapshot: kept })
    expect(same.takeWarnings()).toEqual([])
    expect(same.indicators()).toBeDefined()
  })

  it('gives features that are finite and free of the price level', () => {
    const entries = told('SPY', bars).flatMap(({ proposal }) => (proposal.kind === 'enter' ? [proposal] : []))
    for (const { features, side } of entries) {
      expect(Object.values(features).every(Number.isFinite)).toBe(true)
      expect(Math.abs(features.distanceSigma!)).toBeLessThan(2)
      expect(Math.abs(features.extremeSigma!)).toBeGreaterThan(2)
      expect(features.distanceSigma! < 0).toBe(side === 'buy')
      expect(features.rewardRisk).toBeGreaterThanOrEqual(1)
      expect(features.volumeRatio).toBeGreaterThanOrEqual(1)
    }
  })
})
