import { describe, expect, it } from 'vitest'
import { experiencesOf, type ClosedTrade, type TradeEntry } from '../../../src/domain/experience/experience.ts'
import { heldSince, holdThrough, type HeldTrade } from '../../../src/domain/experience/held-trade.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import type { RoundTrip } from '../../../src/domain/position/position.ts'
import { epochMs, lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'

const ES = resolveInstrument('ESZ5') as Instrument
const EXIT = epochMs(Date.parse('2025-11-10T23:59:59.900Z'))

const entryOf = (some: Partial<TradeEntry> = {}): TradeEntry => ({
  decidedPx: ticks(1_000),
  features: { rsi: 28.26, rewardRisk: 1.4999, minutesSinceOpen: 37, madeUp: 1 },
  command: undefined,
  stop: { px: ticks(980), planned: true },
  targetPx: ticks(1_030),
  ...some,
})

/** Two lots of ES bought at 1001 ticks, sold at `exitPx`. */
function closed(exitPx: number, some: Partial<ClosedTrade> = {}, trip: Partial<RoundTrip> = {}): ClosedTrade {
  const whole: RoundTrip = {
    tradeId: 'T-f1',
    side: 'long',
    entryTime: epochMs(EXIT - 600_000),
    entryQty: lots(2),
    entrySum: 2 * 1_001,
    exitTime: EXIT,
    exitQty: lots(2),
    exitSum: 2 * exitPx,
    fees: minorUnits(800),
    ...trip,
  }
  const sign = whole.side === 'long' ? 1 : -1
  return {
    userId: 'a'.repeat(12),
    trip: whole,
    instrument: ES,
    net: minorUnits(sign * (whole.exitSum - whole.entrySum) * 1_250 - whole.fees),
    exitReason: 'target',
    entry: entryOf(),
    held: heldFor('T-f1', [
      [1_004, 995],
      [1_029, 1_000],
    ]),
    strategyId: 'vwap-bounce',
    source: 'paper',
    timeframe: '1m',
    ...some,
  }
}

function heldFor(tradeId: string, bars: readonly (readonly [high: number, low: number])[]): HeldTrade {
  const [first, ...rest] = bars.map(([high, low]) => barOf(high, low))
  const held = heldSince(tradeId, 'vwap-bounce', first!)
  for (const bar of rest) holdThrough(held, bar)
  return held
}

function barOf(high: number, low: number) {
  return { time: EXIT, open: ticks(low), high: ticks(high), low: ticks(low), close: ticks(low), volume: 1 }
}

describe('what a closed trade teaches', () => {
  it('is its result in R, net of fees, against what the entry put at risk', () => {
    // 2 lots × 29 ticks × 12.50 − 8.00 over 2 lots × 20 ticks × 12.50: 717 / 500.
    const [signal] = experiencesOf(closed(1_030))
    expect(signal?.outcome).toEqual({ r: 1.45, mfe: 1.45, mae: -0.3, exit: 'target', bars: 2 })
  })

  it('says nothing of size, money, prices, ids or the time of day', () => {
    const told = experiencesOf(closed(1_030))
    expect(told).toEqual([
      {
        userId: 'a'.repeat(12),
        kind: 'signal',
        symbol: 'ES',
        side: 'buy',
        features: { rsi: 28.5, rewardRisk: 1.5, minutesSinceOpen: 30 },
        outcome: { r: 1.45, mfe: 1.45, mae: -0.3, exit: 'target', bars: 2 },
        source: 'paper',
        timeframe: '1m',
        strategy: 'vwap-bounce',
        day: '2025-11-10',
        own: false,
      },
      {
        userId: 'a'.repeat(12),
        kind: 'exit',
        symbol: 'ES',
        side: 'buy',
        features: { bestR: 1.45, worstR: -0.3, barsHeld: 2, targetR: 1.5 },
        outcome: { r: 1.45, mfe: 1.45, mae: -0.3, exit: 'target', bars: 2 },
        source: 'paper',
        timeframe: '1m',
        strategy: 'vwap-bounce',
        day: '2025-11-10',
        own: false,
      },
    ])
  })

  it('is the same for ten times the size', () => {
    const ten = closed(
      1_030,
      {},
      { entryQty: lots(20), exitQty: lots(20), entrySum: 20_020, exitSum: 20_600, fees: minorUnits(8_000) },
    )
    expect(experiencesOf(ten)).toEqual(experiencesOf(closed(1_030)))
  })

  it('counts a short the other way', () => {
    const short = closed(
      980,
      { entry: entryOf({ stop: { px: ticks(1_020), planned: true }, targetPx: ticks(970) }), exitReason: 'signal' },
      { side: 'short' },
    )
    expect(experiencesOf(short)[0]).toMatchObject({ side: 'sell', outcome: { r: 1.05, exit: 'signal', mae: -1.4 } })
  })

  it('measures from the decision, not from a fill that slipped to its stop', () => {
    const slipped = closed(983, { exitReason: 'stop' }, { entrySum: 2 * 981 })
    expect(experiencesOf(slipped)[0]?.outcome.r).toBe(0.1)
  })

  it('measures from the fill to a stop that came later', () => {
    const later = closed(1_030, { entry: entryOf({ stop: { px: ticks(991), planned: false } }) })
    expect(experiencesOf(later)[0]?.outcome.r).toBe(2.85)
  })

  it('stays within what the cloud takes', () => {
    const wild = closed(40_000, { entry: entryOf({ stop: { px: ticks(999), planned: true } }) })
    expect(experiencesOf(wild)[0]?.outcome).toMatchObject({ r: 20, mfe: 50 })
  })

  it.each([
    ['no stop', { entry: entryOf({ stop: undefined }) }],
    ['a stop on the wrong side', { entry: entryOf({ stop: { px: ticks(1_000), planned: true } }) }],
    ['no setup', { entry: entryOf({ features: {} }) }],
    ['features that are nobody’s to see', { entry: entryOf({ features: { madeUp: 1 } }) }],
    ['a leg of a spread', { entry: entryOf({ command: 'iron-condor' }) }],
  ] as const)('is nothing with %s', (_, some) => {
    expect(experiencesOf(closed(1_030, some))).toEqual([])
  })

  it('leaves out how it went where nobody watched all of it', () => {
    const [signal, exit] = experiencesOf(closed(1_030, { held: undefined }))
    expect(signal?.outcome).toEqual({ r: 1.45, exit: 'target' })
    expect(exit).toBeUndefined()
    expect(experiencesOf(closed(1_030, { held: heldFor('T-other', [[2_000, 1]]) }))[0]?.outcome).not.toHaveProperty(
      'mfe',
    )
  })

  it('is worth what an option cost where it has no stop, and is of the index and its way', () => {
    const instrument: Instrument = {
      ...ES,
      root: 'NIFTY',
      kind: 'option',
      option: {
        underlying: 'NIFTY',
        type: 'put',
        style: 'european',
        strike: '24000',
        expiry: '2025-11-11',
        settlement: 'cash',
      },
    }
    const bought = closed(500, {
      instrument,
      strategyId: 'segment-options',
      entry: entryOf({
        stop: undefined,
        targetPx: undefined,
        command: 'buy-put',
        features: { direction: -1, stopLossPercent: 30 },
      }),
      held: undefined,
    })
    expect(experiencesOf(bought)).toMatchObject([
      { symbol: 'NIFTY', side: 'sell', features: { direction: -1 }, outcome: { r: -0.5 } },
    ])
  })

  it('names an instrument of which few are traded by its class alone', () => {
    const rare = resolveInstrument('ZZXQ') as Instrument
    expect(experiencesOf(closed(1_030, { instrument: { ...rare, tickValue: ES.tickValue } }))[0]?.symbol).toBe('EQUITY')
  })

  it('is marked as the user’s own where the strategy is', () => {
    const own = closed(1_030, { strategyId: 'my-edge', entry: entryOf({ features: { secret: 1.23456789 } }) })
    expect(experiencesOf(own)[0]).toMatchObject({ own: true, features: { secret: 1.235 } })
  })
})
