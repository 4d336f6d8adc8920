import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assessEntry, type EntryVerdict } from '../../../src/domain/risk/assess-entry.ts'
import type { RiskLimits } from '../../../src/domain/risk/risk-limits.ts'
import { epochMs, lots, minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { accountOf, NOON, RISK_INSTRUMENT, rulesOf, START, wantedOf } from '../../support/risk.ts'

const MINUTE = 60_000
const usual = {
  maxPositionLots: 10,
  maxOrderLots: 6,
  maxTradesPerDay: 5,
  maxDailyLossMinor: minorUnits(100_000),
} satisfies Partial<RiskLimits>

type Case = {
  limits?: Partial<RiskLimits>
  texts?: Parameters<typeof rulesOf>[1]
  size?: number
  wanted?: Parameters<typeof wantedOf>[1]
  state?: Parameters<typeof accountOf>[0]
  account?: Parameters<typeof accountOf>[1]
}

function assess({ limits = usual, texts = {}, size = 4, wanted = {}, state = {}, account = {} }: Case): EntryVerdict {
  return assessEntry(rulesOf(limits, texts), wantedOf(size, wanted), accountOf(state, account), RISK_INSTRUMENT)
}
const codes = (verdict: EntryVerdict) => verdict.reasons.map((reason) => reason.code)

describe('an entry', () => {
  it('passes whole when no limit is near, whatever its size', () => {
    expect(assess({})).toEqual({ kind: 'allowed', quantity: 4, reasons: [] })
    expect(assess({ limits: {}, size: 5_000 })).toEqual({ kind: 'allowed', quantity: 5_000, reasons: [] })
  })

  it('shrinks to the largest order', () => {
    const verdict = assess({ size: 9 })
    expect(verdict).toMatchObject({ kind: 'allowed', quantity: 6 })
    expect(codes(verdict)).toEqual(['max-order'])
  })

  it('shrinks to the room that position and working orders leave', () => {
    const verdict = assess({ size: 5, account: { position: lots(-5), workingEntryLots: lots(3) } })
    expect(verdict).toMatchObject({ kind: 'allowed', quantity: 2 })
    expect(codes(verdict)).toEqual(['max-position'])
  })

  it('shrinks to what the notional limit leaves, and says so', () => {
    // 16,000 ticks of 12.50 USD are 200,000 USD a lot.
    const limits = { maxNotionalMinor: minorUnits(70_000_000) }
    const verdict = assess({ limits, size: 4, account: { position: lots(1) } })
    expect(verdict).toMatchObject({ kind: 'allowed', quantity: 2 })
    expect(verdict.reasons[0]?.text).toBe('room for 2 of 4 lots, worth at most 700000.00 USD')
    expect(codes(assess({ limits, account: { position: lots(-3) } }))).toEqual(['max-notional'])
  })

  it.each<[string, Case]>([
    ['daily-loss', { state: { realizedTodayMinor: minorUnits(-100_000) } }],
    [
      'daily-loss',
      { limits: { ...usual, dailyLossCounts: 'open-from-balance' }, account: { equityMinor: minorUnits(4_900_000) } },
    ],
    [
      'daily-loss',
      {
        limits: { ...usual, dailyLossCounts: 'open-from-equity' },
        state: { dayStartEquityMinor: minorUnits(5_100_000) },
      },
    ],
    [
      'daily-profit',
      { limits: { dailyProfitTargetMinor: minorUnits(10) }, account: { equityMinor: minorUnits(5_000_010) } },
    ],
    [
      'trailing-drawdown',
      { limits: { trailingDrawdownMinor: minorUnits(100) }, state: { highMarkMinor: minorUnits(5_000_100) } },
    ],
    [
      'profit-target',
      { limits: { profitTargetMinor: minorUnits(10) }, account: { balanceMinor: minorUnits(5_000_010) } },
    ],
    ['max-trades', { state: { tradesToday: 5 } }],
    ['order-rate', { limits: { maxOrdersPerMinute: 2 }, state: { orders: [NOON, epochMs(NOON - 59_999)] } }],
    ['cooldown', { state: { cooldownUntil: epochMs(NOON + 1) } }],
    ['stop-guard', { state: { stopGuardUntil: epochMs(NOON + 1) } }],
    ['fat-finger', { limits: { fatFingerMultiple: 3 }, state: { sizesMilli: [1_000, 1_000, 1_000, 1_000, 1_000] } }],
    ['stale-price', { limits: { stalePriceBars: 3 }, wanted: { lastBarEnd: epochMs(NOON - 3 * MINUTE - 1) } }],
    ['price-collar', { limits: { priceCollarBps: 100 }, wanted: { limitPx: ticks(16_161) } }],
    ['price-collar', { limits: { priceCollarBps: 100 }, wanted: { stopPx: ticks(15_839) } }],
    ['symbol-lock', { texts: { lockedSymbols: ['CL', 'TEST'] } }],
    ['symbol-lock', { texts: { lockedSymbols: ['TESTZ9'] } }],
    ['trading-window', { texts: { tradingWindow: '09:00-10:00,11:00-12:00 UTC' } }],
    ['must-be-flat', { texts: { mustBeFlat: '10:01-11:00 UTC' } }],
    ['size-zero', { size: 0 }],
    ['max-position', { account: { position: lots(7), workingEntryLots: lots(3) } }],
  ])('is denied with %s at the limit (%#)', (code, at) => {
    const verdict = assess(at)
    expect(verdict.kind).toBe('denied')
    expect(codes(verdict)).toEqual([code])
    expect(verdict.reasons[0]?.text).toMatch(/\S/)
  })

  it.each<[string, Case]>([
    ['daily loss', { state: { realizedTodayMinor: minorUnits(-99_999) } }],
    [
      'drawdown',
      { limits: { trailingDrawdownMinor: minorUnits(100) }, state: { highMarkMinor: minorUnits(5_000_099) } },
    ],
    ['order rate', { limits: { maxOrdersPerMinute: 2 }, state: { orders: [NOON, epochMs(NOON - MINUTE)] } }],
    ['cooldown', { state: { cooldownUntil: NOON } }],
    ['fat finger', { limits: { fatFingerMultiple: 4 }, state: { sizesMilli: [1_000, 1_000, 1_000, 1_000, 1_000] } }],
    ['fat finger without a past', { limits: { fatFingerMultiple: 1 }, state: { sizesMilli: [1_000, 1_000] } }],
    ['stale price', { limits: { stalePriceBars: 3 }, wanted: { lastBarEnd: epochMs(NOON - 3 * MINUTE) } }],
    ['collar', { limits: { priceCollarBps: 100 }, wanted: { limitPx: ticks(16_160), stopPx: ticks(15_840) } }],
    ['locks on others', { texts: { lockedSymbols: ['TES', 'TESTZ8'] } }],
    ['window', { texts: { tradingWindow: '10:00-10:01 UTC' } }],
    ['must be flat', { texts: { mustBeFlat: '10:02-11:00,08:00-10:00 UTC' } }],
  ])('passes just inside the limit: %s', (_, at) => {
    expect(assess(at)).toMatchObject({ kind: 'allowed', quantity: 4 })
  })

  it('tells every reason it is denied for, with the numbers', () => {
    const verdict = assess({
      size: 0,
      limits: { ...usual, trailingDrawdownMinor: minorUnits(200_000), maxOrdersPerMinute: 1 },
      texts: { mustBeFlat: '10:00-11:00 UTC' },
      state: {
        tradesToday: 5,
        realizedTodayMinor: minorUnits(-200_000),
        orders: [NOON],
        cooldownUntil: epochMs(NOON + 5 * MINUTE),
      },
      account: { position: lots(10), equityMinor: minorUnits(4_800_000), balanceMinor: minorUnits(4_800_000) },
    })
    expect(codes(verdict).sort()).toEqual([
      'cooldown',
      'daily-loss',
      'max-position',
      'max-trades',
      'must-be-flat',
      'order-rate',
      'size-zero',
      'trailing-drawdown',
    ])
    const texts = verdict.reasons.map(({ text }) => text)
    expect(texts).toContain('the loss of the day is 2000.00 USD, the limit 1000.00 USD')
    expect(texts).toContain('equity is 48000.00 USD, the drawdown floor 48000.00 USD')
    expect(texts).toContain('pause after losses until 2026-03-03 10:05 UTC')
  })

  it('never takes the account over a limit', () => {
    const limits = { ...usual, maxNotionalMinor: minorUnits(160_000_000), maxOrdersPerMinute: 2, fatFingerMultiple: 3 }
    const anyAccount = fc.record({
      position: fc.integer({ min: -12, max: 12 }).map(lots),
      workingEntryLots: fc.nat(12).map(lots),
      equityMinor: fc.constant(START),
      balanceMinor: fc.constant(START),
    })
    const anyState = fc.record({
      tradesToday: fc.nat(7),
      realizedTodayMinor: fc.integer({ min: -200_000, max: 200_000 }).map(minorUnits),
      orders: fc.array(fc.integer({ min: NOON - 90_000, max: NOON }).map(epochMs), { maxLength: 4 }),
      sizesMilli: fc.array(
        fc.integer({ min: 1, max: 6 }).map((size) => size * 1_000),
        { maxLength: 8 },
      ),
    })
    fc.assert(
      fc.property(fc.nat(30), anyAccount, anyState, (size, account, state) => {
        const verdict = assess({ limits, size, account, state })
        if (verdict.kind === 'denied') return verdict.reasons.length > 0
        const after = Math.abs(account.position) + account.workingEntryLots + verdict.quantity
        const mean = state.sizesMilli.reduce((sum, each) => sum + each, 0) / state.sizesMilli.length
        return (
          verdict.quantity > 0 &&
          verdict.quantity <= Math.min(size, limits.maxOrderLots) &&
          after <= limits.maxPositionLots &&
          after * 16_000 * RISK_INSTRUMENT.tickValue <= limits.maxNotionalMinor &&
          state.tradesToday < limits.maxTradesPerDay &&
          state.realizedTodayMinor > -limits.maxDailyLossMinor &&
          state.orders.filter((at) => at > NOON - MINUTE).length < limits.maxOrdersPerMinute &&
          (state.sizesMilli.length < 5 || verdict.quantity * 1_000 <= 3 * mean) &&
          (verdict.quantity === size || verdict.reasons.length > 0)
        )
      }),
    )
  })
})
