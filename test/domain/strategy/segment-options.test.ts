import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src/domain/calendar/session.ts'
import type { Bar } from '../../../src/domain/market/bar.ts'
import { segmentOptions } from '../../../src/domain/strategy/segment-options/segment-options.ts'
import type { HeldPosition, PositionView, Proposal } from '../../../src/domain/strategy/strategy.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'
import { instrumentOf, MINUTE } from '../../support/sample-bars.ts'
import { FLAT, mirroredBars, openRun, sessionClockOf } from '../../support/strategy-replay.ts'

const nifty = instrumentOf('NIFTY')
const clock = sessionClockOf(nifty)
/** A Monday; 09:15 to 15:30 in India. */
const OPEN = Date.parse('2026-02-02T03:45:00Z')
const LEVEL = 500_000

/** Bars of one minute that end at these distances from the level, each with a reach of 10 ticks around its close. */
const day = (closes: readonly number[], from = OPEN): Bar[] =>
  closes.map((close, index) => ({
    time: epochMs(from + index * MINUTE),
    open: ticks(LEVEL + close),
    high: ticks(LEVEL + close + 10),
    low: ticks(LEVEL + close - 10),
    close: ticks(LEVEL + close),
    volume: 0,
  }))
/** Fifteen bars between -20 and 20: a range of 60 ticks, an ATR of some 20. */
const RANGE = Array.from({ length: 15 }, (_, index) => [0, 20, 0, -20][index % 4]!)
const quiet = (count: number) => Array.from({ length: count }, () => 0)

const run = (given: Record<string, number> = {}, symbol = 'NIFTY') =>
  openRun(segmentOptions, instrumentOf(symbol), given)
const tell = (
  bars: readonly Bar[],
  given: Record<string, number> = {},
  view: (bar: Bar) => PositionView = () => FLAT,
) => {
  const strategy = run(given)
  return bars.map((bar) => strategy.onBar(bar, clock.sessionAt(bar.time), view(bar)))
}
const heldAt = (more: Partial<HeldPosition> = {}): PositionView => ({
  ...FLAT,
  held: [
    {
      symbol: 'NIFTY2620324900CE',
      quantity: lots(2),
      avgPx: 2000,
      markPx: ticks(2000),
      openedAt: epochMs(OPEN + 16 * MINUTE),
      ...more,
    },
  ],
})
const codes = (proposal: Proposal | undefined) => proposal?.reasons.map(({ code }) => code)

describe('segment-options', () => {
  it('buys a call when the index leaves its opening range upwards', () => {
    const told = tell(day([...RANGE, 25, 45]), { lot_size: 3, itm_offset: 1 })
    expect(told.slice(0, 16).every((proposal) => proposal === undefined)).toBe(true)
    expect(told[16]).toMatchObject({
      kind: 'trade',
      command: {
        kind: 'buy-call',
        underlying: 'NIFTY',
        expiry: { nth: 0 },
        strike: { itmOffset: 1 },
        quantity: 3,
      },
    })
    expect(codes(told[16])).toEqual([
      'breakout-up',
      'range-width',
      'chase',
      'entry-window',
      'max-trades',
      'entry-pending',
    ])
    expect(told[16]!.reasons[0]!.text).toMatch(
      /close of 25002\.25 is above the opening range of 24998\.50 to 25001\.50/,
    )
  })

  it('buys a put when the index leaves it downwards, as if the market were upside down', () => {
    const up = tell(day([...RANGE, 25, 45]))
    const down = tell(mirroredBars(day([...RANGE, 25, 45]), LEVEL))
    expect(down[16]).toMatchObject({ kind: 'trade', command: { kind: 'buy-put' } })
    expect(down.map((proposal) => proposal?.kind)).toEqual(up.map((proposal) => proposal?.kind))
    const features = (told: typeof up) => (told[16] as Extract<Proposal, { kind: 'trade' }>).features
    expect(features(down)).toEqual({ ...features(up), direction: -1 })
    for (const value of Object.values(features(up))) expect(Number.isFinite(value)).toBe(true)
  })

  it('counts a breakout once, until the index is back inside its range', () => {
    const told = tell(day([...RANGE, 45, 50, 55, 60, 0, 50]))
    expect(told.map((proposal) => proposal?.kind ?? '-').slice(15)).toEqual(['trade', '-', '-', '-', '-', 'trade'])
  })

  it.each([
    ['range-width', { min_range_atr: 10 }, [45]],
    ['range-width', { max_range_atr: 0.5 }, [45]],
    ['chase', { max_chase_atr: 1 }, [145]],
    ['max-trades', { max_trades_per_day: 1 }, [45]],
  ])('tells a breakout that %s turns down, with the numbers', (code, given, after) => {
    const view = { ...FLAT, tradesToday: 1 }
    const told = tell(day([...RANGE, ...after]), { max_trades_per_day: 2, ...given }, () => view).at(-1)
    expect(told).toMatchObject({ kind: 'hold' })
    expect(codes(told)).toEqual(['breakout-up', code])
    expect(told!.reasons[1]!.text).toMatch(/\d/)
  })

  it('calls a breakout that is turned down by the option it asks for, and never a purchase or sale of the index', () => {
    const turnedDown = (bars: readonly Bar[]) =>
      tell(bars, { max_trades_per_day: 1 }, () => ({ ...FLAT, tradesToday: 1 })).at(-1)!
    const bars = day([...RANGE, 45])
    for (const [told, option] of [
      [turnedDown(bars), 'a call'],
      [turnedDown(mirroredBars(bars, LEVEL)), 'a put'],
    ] as const) {
      expect(told.kind).toBe('hold')
      expect(told).not.toHaveProperty('side')
      expect(told.reasons[0]!.text).toContain(`which asks for ${option};`)
    }
  })

  it('buys nothing while an entry order works, or near the close', () => {
    const pending = tell(day([...RANGE, 45]), {}, () => ({ ...FLAT, entryPending: true })).at(-1)
    expect(codes(pending)).toEqual(['breakout-up', 'entry-pending'])
    const late = [...RANGE, ...quiet(375 - 15 - 45), 45]
    expect(codes(tell(day(late)).at(-1))).toEqual(['breakout-up', 'entry-window'])
    const onTime = [...RANGE, ...quiet(375 - 15 - 46 - 1), 45]
    expect(tell(day(onTime)).at(-1)).toMatchObject({ kind: 'trade' })
  })

  it('buys nothing in a session whose beginning it did not see', () => {
    const late = tell(day([...RANGE.slice(0, 9), 45, 60, 80, 100], OPEN + 6 * MINUTE))
    expect(late.every((proposal) => proposal === undefined)).toBe(true)
    expect(tell(day([...RANGE, 45], OPEN)).at(-1)).toMatchObject({ kind: 'trade' })
  })

  it('begins a new range with each session', () => {
    const tuesday = OPEN + 24 * 60 * MINUTE
    const bars = [...day([...RANGE, 0, 0]), ...day([...RANGE.map((close) => close + 400), 410, 460], tuesday)]
    const told = tell(bars)
    expect(told.slice(0, -1).every((proposal) => proposal === undefined)).toBe(true)
    expect(told.at(-1)).toMatchObject({ kind: 'trade', command: { kind: 'buy-call' } })
  })

  it('asks once for a stop at the venue, at the share of the premium that may be lost', () => {
    const view = (bar: Bar) => (bar.time > OPEN + 15 * MINUTE ? heldAt({ avgPx: 2001.5 }) : FLAT)
    const told = tell(day([...RANGE, 45, 50, 50, 50]), { stop_loss: 25 }, view)
    expect(told[16]).toMatchObject({
      kind: 'trade',
      command: { kind: 'stop-loss', symbol: 'NIFTY2620324900CE', stopPx: 1501 },
    })
    expect(told[16]!.reasons[0]!.text).toBe(
      'NIFTY2620324900CE was bought at 100.0750; it is sold at 75.05, 25 % below.',
    )
    expect(told.slice(17)).toEqual([undefined, undefined])
  })

  it('asks again for what fills after the stop was asked for, also one bar after an update', () => {
    const strategy = run({ stop_loss: 25 })
    const lotsAt = [3, 3, 10, 10, 4, 6]
    const bars = day([...RANGE, 45, 50, 50, 50, 50, 50, 50])
    const told = bars.map((bar, index) => {
      const quantity = lots(lotsAt[index - 16] ?? 0)
      const view = quantity === 0 ? FLAT : heldAt({ quantity, avgPx: quantity === 3 ? 2000 : 2100 })
      return strategy.onBar(bar, clock.sessionAt(bar.time), view)
    })
    const stops = told
      .slice(16)
      .map((one) => (one?.kind === 'trade' && one.command.kind === 'stop-loss' ? one.command.stopPx : 0))
    expect(stops).toEqual([1500, 0, 1575, 0, 0, 1575])
    const kept = strategy.snapshot() as { numbers: readonly number[] }
    const before = { ...kept, numbers: kept.numbers.slice(0, 7) }
    const next = openRun(segmentOptions, nifty, { stop_loss: 25 }, { snapshot: before })
    expect(next.takeWarnings()).toEqual([])
    expect(next.indicators()).toEqual(strategy.indicators())
  })

  it('asks for a stop where the exchange quotes', () => {
    const strategy = run({ stop_loss: 25 }, 'AAPL')
    const open = Date.parse('2026-02-02T14:30:00Z')
    const session = { open, close: open + 390 * MINUTE, date: '2026-02-02', holidayFacts: 'known' } as Session
    const stopOf = (avgPx: number, openedAt: number) => {
      const held = { ...heldAt().held[0]!, symbol: 'AAPL260206C00250000', avgPx, openedAt: epochMs(openedAt) }
      const view = { ...FLAT, held: [{ ...held, markPx: ticks(avgPx) }] }
      const told = strategy.onBar({ ...day([0], openedAt)[0]! }, session, view)
      return told?.kind === 'trade' && told.command.kind === 'stop-loss' ? told.command.stopPx : undefined
    }
    // 5.37 less a quarter is 4.0275: from 3 on there are prices every 0.05 only. Below, every cent.
    expect([stopOf(537, open + MINUTE), stopOf(301, open + 2 * MINUTE)]).toEqual([400, 225])
  })

  it('sells when the premium has lost that share at the end of a bar', () => {
    const strategy = run({ stop_loss: 30 })
    const bars = day([...RANGE, 45, 50, 50, 50])
    const answer = bars.map((bar, index) => {
      const markPx = [ticks(1900), ticks(1401), ticks(1400), ticks(1340)][index - 15]
      return strategy.onBar(bar, clock.sessionAt(bar.time), index < 15 ? FLAT : heldAt({ markPx }))
    })
    expect(answer[16]?.kind).not.toBe('exit')
    expect(codes(answer[17])).toEqual(['premium-stop'])
    expect(answer[18]).toMatchObject({ kind: 'exit', reason: 'signal' })
    expect(answer[18]!.reasons[0]!.text).toContain('33.0 %')
  })

  it('takes no leg out of a spread that a person holds, and closes all of it before the close', () => {
    const [wing, sold] = [heldAt({ markPx: ticks(900) }).held[0]!, heldAt({ quantity: lots(-2) }).held[0]!]
    const spread = { ...FLAT, held: [wing, { ...sold, symbol: 'NIFTY2620325000CE', markPx: ticks(500) }] }
    const view = (bar: Bar) => (bar.time > OPEN + 15 * MINUTE ? spread : FLAT)
    // Its bought leg has lost more than half of its premium, and the index leaves its range downwards.
    expect(tell(day([...RANGE, 45, 50, 0, -60, -65]), { stop_loss: 25 }, view).slice(16)).toEqual([...Array(4)])
    const session = clock.sessionAt(epochMs(OPEN)) as Session
    const last: Bar = { ...day([0])[0]!, time: epochMs(session.close - 5 * MINUTE) }
    expect(run().onBar(last, session, spread)).toMatchObject({ kind: 'exit', reason: 'session-close' })
  })

  it('sells at a breakout the other way, and trades that one once it is flat', () => {
    const bars = day([...RANGE, 45, 0, -60, -65, -70])
    const view = (bar: Bar) => (bar.time >= OPEN + 16 * MINUTE && bar.time <= OPEN + 17 * MINUTE ? heldAt() : FLAT)
    const told = tell(bars, {}, view)
    expect(told[15]).toMatchObject({ command: { kind: 'buy-call' } })
    expect(told[17]).toMatchObject({ kind: 'exit', reason: 'signal', reasons: [{ code: 'opposite-signal' }] })
    expect(told[18]).toMatchObject({ kind: 'trade', command: { kind: 'buy-put' } })
    expect(told[19]).toBeUndefined()
  })

  it('does not trade a breakout that was over when it got flat', () => {
    const bars = day([...RANGE, 45, 0, -60, 0, 0])
    const view = (bar: Bar) => (bar.time >= OPEN + 16 * MINUTE && bar.time <= OPEN + 17 * MINUTE ? heldAt() : FLAT)
    expect(tell(bars, {}, view).slice(18)).toEqual([undefined, undefined])
  })

  it('sells before the close, and what the close left over', () => {
    const strategy = run({ flat_before_close_minutes: 10 })
    const session = clock.sessionAt(epochMs(OPEN)) as Session
    const at = (left: number): Bar => ({ ...day([0])[0]!, time: epochMs(session.close - left * MINUTE) })
    const holding = heldAt({ openedAt: epochMs(session.close - 60 * MINUTE) })
    expect(strategy.onBar(at(30), session, holding)?.kind).toBe('trade')
    expect(strategy.onBar(at(12), session, holding)).toBeUndefined()
    for (const left of [11, 5, 1])
      expect(strategy.onBar(at(left), session, holding)).toMatchObject({ kind: 'exit', reason: 'session-close' })
    const old = heldAt({ openedAt: epochMs(OPEN - 60 * MINUTE) })
    expect(strategy.onBar(at(100), session, old)).toMatchObject({ kind: 'exit', reason: 'session-close' })
    expect(strategy.onBar(at(100), undefined, holding)).toMatchObject({ kind: 'exit', reason: 'session-close' })
    expect(strategy.onBar(at(100), undefined, FLAT)).toBeUndefined()
  })

  it('warns where there are no options, or bars are longer than the range, and buys nothing without options', () => {
    const perpetual = run({}, 'BTC-PERP')
    expect(perpetual.takeWarnings()).toMatchObject([{ code: 'no-options' }])
    const coarse = openRun(segmentOptions, nifty, { range_minutes: 5 }, { timeframeMs: 15 * MINUTE })
    expect(coarse.takeWarnings()).toMatchObject([{ code: 'timeframe-long' }])
    expect(coarse.takeWarnings()).toEqual([])
    const session = { open: OPEN, close: OPEN + 375 * MINUTE, date: '2026-02-02', holidayFacts: 'known' } as Session
    for (const bar of day([...RANGE, 45, 60])) expect(perpetual.onBar(bar, session, FLAT)).toBeUndefined()
  })

  it('starts anew, and says so, when the snapshot is of another period or damaged', () => {
    const strategy = run()
    for (const bar of day(RANGE)) strategy.onBar(bar, clock.sessionAt(bar.time), FLAT)
    const kept = strategy.snapshot() as Record<string, unknown>
    for (const [given, snapshot] of [
      [{ atr_period: 20 }, kept],
      [{ range_minutes: 30 }, kept],
      [{}, { ...kept, numbers: [1, 2] }],
      [{}, { ...kept, atr: [Number.NaN, 1, 2] }],
      [{}, 'nonsense'],
    ] as const) {
      const next = openRun(segmentOptions, nifty, given, { snapshot })
      expect(next.takeWarnings()).toMatchObject([{ code: 'indicators-restart' }])
      expect(next.indicators()).toBeUndefined()
    }
    const same = openRun(segmentOptions, nifty, { stop_loss: 10, lot_size: 5 }, { snapshot: kept })
    expect(same.takeWarnings()).toEqual([])
    expect(same.indicators()).toMatchObject({ rangeHigh: LEVEL + 30, rangeLow: LEVEL - 30 })
  })
})
