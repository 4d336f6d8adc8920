import { describe, expect, it } from 'vitest'
import { lossUsed } from '../../../src/domain/risk/loss-used.ts'
import { NO_LIMITS, type RiskLimits } from '../../../src/domain/risk/risk-limits.ts'
import { minorUnits } from '../../../src/domain/units/units.ts'
import { START, stateOf } from '../../support/risk.ts'

const limits = (change: Partial<RiskLimits>): RiskLimits => ({ ...NO_LIMITS, ...change })
const usedAt = (equity: number, change: Partial<RiskLimits>) => lossUsed(stateOf(), equity, limits(change))

const DAILY = { maxDailyLossMinor: minorUnits(100_000), dailyLossCounts: 'open-from-equity' } as const
const DRAWDOWN = { trailingDrawdownMinor: minorUnits(400_000), drawdownMark: 'static' } as const

describe('how much of a limit on losses is used', () => {
  it('is nothing to tell where an account has no such limit', () => {
    expect(usedAt(START - 50_000, {})).toBeUndefined()
  })

  it('is the loss of the day', () => {
    expect(usedAt(START - 25_000, DAILY)).toEqual({ rule: 'daily-loss', usedMinor: 25_000, limitMinor: 100_000 })
  })

  it('is nothing on a day that gains', () => {
    expect(usedAt(START + 25_000, DAILY)).toMatchObject({ usedMinor: 0 })
  })

  it('is that of the nearest limit where there are several', () => {
    expect(usedAt(START - 50_000, { ...DAILY, ...DRAWDOWN })).toMatchObject({ rule: 'daily-loss', usedMinor: 50_000 })
    const late = stateOf({ dayStartEquityMinor: minorUnits(START - 390_000) })
    expect(lossUsed(late, START - 390_000, limits({ ...DAILY, ...DRAWDOWN }))).toEqual({
      rule: 'trailing-drawdown',
      usedMinor: 390_000,
      limitMinor: 400_000,
    })
  })
})
