import fc from 'fast-check'
import { ATR, RSI, SMA } from 'trading-signals'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/domain/calendar/session.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { vwapBounce } from '../../../src/domain/strategy/vwap-bounce/vwap-bounce.ts'
import { realData } from '../../support/real-data.ts'
import { barsOfCsv, generatedBars, instrumentOf, MINUTE } from '../../support/sample-bars.ts'
import { FLAT, mirroredBars, openRun, replay, sessionClockOf, type Proposed } from '../../support/strategy-replay.ts'

const SOURCES: readonly (readonly [string, string, () => Bar[]])[] = [
  ['generated SPY', 'SPY', () => generatedBars({ symbol: 'SPY', days: 60, seed: 1 })],
  ['generated ES', 'ESZ6', () => generatedBars({ symbol: 'ES', days: 20, seed: 2 })],
  [
    'generated NIFTY without volume',
    'NIFTY',
    () => generatedBars({ symbol: 'NIFTY', days: 40, seed: 3, withVolume: false }),
  ],
  ...(
    [
      ['6EH4-2024-01-1m.csv.gz', '6EH4'],
      ['SPY-2013-10-1m.csv.gz', 'SPY'],
      ['NIFTY50-2019-01-1m.csv.gz', 'NIFTY50'],
    ] as const
  ).flatMap(([name, symbol]) => {
    const file = realData(name)
    return file ? [[`real ${symbol}`, symbol, () => barsOfCsv(file, instrumentOf(symbol))] as const] : []
  }),
]

const told = (symbol: string, bars: readonly Bar[]) => {
  const instrument = instrumentOf(symbol)
  return replay(openRun(vwapBounce, instrument), bars, sessionClockOf(instrument))
}
const minutesOf = (ms: number) => ms / MINUTE
const count = (all: readonly Proposed[], kind: string, side?: string) =>
  all.filter(({ proposal: p }) => p.kind === kind && (side === undefined || ('side' in p && p.side === side))).length

describe.each(SOURCES)('vwap-bounce on %s', (name, symbol, load) => {
  const bars = load()
  const proposals = told(symbol, bars)

  it('finds setups on both sides and trades some', () => {
    const setups = (side: string) => count(proposals, 'enter', side) + count(proposals, 'hold', side)
    console.log(
      `${name}: ${bars.length} bars, ${setups('buy')} long and ${setups('sell')} short setups, entered ` +
        `${count(proposals, 'enter', 'buy')} long, ${count(proposals, 'enter', 'sell')} short`,
    )
    expect(setups('buy')).toBeGreaterThan(0)
    expect(setups('sell')).toBeGreaterThan(0)
    expect(count(proposals, 'enter')).toBeGreaterThan(0)
  })

  it('proposes exactly what the rule says, computed afresh with other people’s indicators', () => {
    const said = new Map(proposals.map(({ bar, proposal }) => [bar.time, proposal]))
    const seen = new Map(proposals.map(({ bar, position }) => [bar.time, position]))
    const clock = sessionClockOf(instrumentOf(symbol))
    const [rsi, atr, mean] = [new RSI(14), new ATR(14), new SMA(20)]
    let session: Session | undefined
    let day: Bar[] = []
    let setups = 0
    for (const bar of bars) {
      const now = clock.sessionAt(bar.time)
      if (!now) continue
      if (now !== session) day = []
      session = now
      day.push(bar)
      const [strength, range, average] = [
        rsi.update(bar.close, false),
        atr.update(bar, false),
        mean.update(bar.volume, false),
      ]
      const proposal = said.get(bar.time)
      if (strength === null || range === null || average === null || proposal?.kind === 'exit') continue
      const expected = ruleOf(bar, day, strength, range, average, now, seen.get(bar.time)?.tradesToday ?? 0)
      if (!expected) {
        expect(proposal, `at ${new Date(bar.time).toISOString()}`).toBeUndefined()
        continue
      }
      setups++
      const { side, stopPx, targetPx, failing, tooCloseToCall } = expected
      if (tooCloseToCall) continue
      const busy = seen.get(bar.time)
      if (busy && busy.quantity !== 0) failing.push('position-open')
      if (busy?.entryPending) failing.push('entry-pending')
      if (failing.length === 0) expect(proposal).toMatchObject({ kind: 'enter', side, stopPx, targetPx })
      else {
        expect(proposal).toMatchObject({ kind: 'hold', side })
        expect(
          proposal?.reasons
            .slice(1)
            .map(({ code }) => code)
            .toSorted(),
        ).toEqual(failing.toSorted())
      }
    }
    expect(setups).toBe(count(proposals, 'enter') + count(proposals, 'hold'))
  })

  it('enters only inside its window, at most five times a session, and is flat before the close', () => {
    const perSession = new Map<number, number>()
    for (const { bar, session, position, proposal } of proposals) {
      if (proposal.kind !== 'enter') continue
      const at = bar.time + MINUTE
      expect(minutesOf(at - session!.open)).toBeGreaterThanOrEqual(15)
      expect(minutesOf(session!.close - at)).toBeGreaterThan(30)
      expect(position.quantity).toBe(0)
      expect(position.entryPending).toBe(false)
      perSession.set(session!.open, (perSession.get(session!.open) ?? 0) + 1)
      const up = proposal.side === 'buy' ? 1 : -1
      expect(up * (bar.close - proposal.stopPx)).toBeGreaterThan(0)
      expect(up * (proposal.targetPx - bar.close)).toBeGreaterThanOrEqual(up * (bar.close - proposal.stopPx))
    }
    for (const entries of perSession.values()) expect(entries).toBeLessThanOrEqual(5)
  })

  it('goes short where it went long when the market is turned upside down', () => {
    const level = bars[0]!.close * 2
    const [there, back] = [told(symbol, bars), told(symbol, mirroredBars(bars, level))]
    const shape = (all: readonly Proposed[], turned: boolean) =>
      all.map(({ bar, proposal }) => {
        const flip = (price: number) => (turned ? 2 * level - price : price)
        const side = 'side' in proposal ? (turned === (proposal.side === 'buy') ? 'sell' : 'buy') : undefined
        const prices = proposal.kind === 'enter' ? [flip(proposal.stopPx), flip(proposal.targetPx)] : []
        const codes = proposal.reasons.map(({ code }) => code.replace(/^bounce-.*/, 'bounce'))
        return [bar.time, proposal.kind, side, ...prices, ...codes]
      })
    expect(shape(back, true)).toEqual(shape(there, false))
  })

  it('says the same when run again', () => {
    expect(told(symbol, bars)).toEqual(proposals)
  })

  it('says the same when it is stopped at any bar and goes on from its snapshot', () => {
    const instrument = instrumentOf(symbol)
    fc.assert(
      fc.property(fc.array(fc.nat(bars.length - 1), { minLength: 1, maxLength: 4 }), (cuts) => {
        const clock = sessionClockOf(instrument)
        const positions = new Map(proposals.map(({ bar, position }) => [bar.time, position]))
        const stops = new Set(cuts)
        let run = openRun(vwapBounce, instrument)
        const heard: unknown[] = []
        const untouched = openRun(vwapBounce, instrument)
        const expected: unknown[] = []
        for (const [index, bar] of bars.entries()) {
          const session = clock.sessionAt(bar.time)
          const position = positions.get(bar.time) ?? FLAT
          if (stops.has(index)) {
            const snapshot: unknown = JSON.parse(JSON.stringify(run.snapshot()))
            run = openRun(vwapBounce, instrument, {}, { snapshot })
          }
          const proposal = run.onBar(bar, session, position)
          if (proposal) heard.push(proposal)
          const plain = untouched.onBar(bar, session, position)
          if (plain) expected.push(plain)
        }
        expect(heard).toEqual(expected)
        expect(run.snapshot()).toEqual(untouched.snapshot())
      }),
      { numRuns: 8, seed: 4 },
    )
  })
})

/** The rule in its plainest form: everything computed from the whole session, in floats, nothing kept. */
function ruleOf(bar: Bar, day: Bar[], rsi: number, atr: number, mean: number, session: Session, tradesToday: number) {
  const byVolume = day.some(({ volume }) => volume > 0)
  const rows = day.map((b) => ({ x: (b.high + b.low + b.close) / 3, w: byVolume ? b.volume : 1 }))
  const weight = rows.reduce((sum, { w }) => sum + w, 0)
  const vwap = rows.reduce((sum, { x, w }) => sum + x * w, 0) / weight
  const sigma = Math.sqrt(rows.reduce((sum, { x, w }) => sum + w * (x - vwap) ** 2, 0) / weight)
  const [lower, upper] = [vwap - 2 * sigma, vwap + 2 * sigma]
  if (!(sigma > 0)) return undefined
  const long = bar.low < lower && bar.close > lower
  const short = bar.high > upper && bar.close < upper
  if (!long && !short) return undefined
  const side = long && (!short || rsi <= 50) ? 'buy' : 'sell'
  const exactStop =
    side === 'buy'
      ? Math.min(bar.close - 1.5 * atr, vwap - 3 * sigma)
      : Math.max(bar.close + 1.5 * atr, vwap + 3 * sigma)
  const [stopPx, targetPx] = [exactStop, vwap].map(side === 'buy' ? Math.floor : Math.ceil) as [number, number]
  // A float that is a whole number but for its last bits may be rounded either way.
  const tooCloseToCall = [exactStop, vwap].some((price) => Math.abs(price - Math.round(price)) < 1e-6)
  const reward = side === 'buy' ? targetPx - bar.close : bar.close - targetPx
  const at = bar.time + MINUTE
  const failing: string[] = []
  if (side === 'buy' ? rsi > 35 : rsi < 65) failing.push('rsi')
  if (mean > 0 && bar.volume < mean) failing.push('volume')
  if (reward / Math.abs(bar.close - stopPx) < 1) failing.push('reward-risk')
  if (at - session.open < 15 * MINUTE || session.close - at <= 30 * MINUTE) failing.push('entry-window')
  if (tradesToday >= 5) failing.push('max-trades')
  return { side, stopPx, targetPx, failing, tooCloseToCall }
}
