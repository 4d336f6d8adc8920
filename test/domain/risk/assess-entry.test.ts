import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assessEntry, type Exposure, type RiskLimits } from '../../../src/domain/risk/assess-entry.ts'
import { lots, minorUnits } from '../../../src/domain/units/units.ts'

const limits: RiskLimits = {
  maxPositionLots: 10,
  maxOrderLots: 6,
  maxTradesPerDay: 5,
  maxDailyLossMinor: minorUnits(100_000),
}
const flat: Exposure = {
  position: lots(0),
  workingEntryLots: lots(0),
  tradesToday: 0,
  realizedTodayMinor: minorUnits(0),
}
const codes = (verdict: ReturnType<typeof assessEntry>) => verdict.reasons.map((reason) => reason.code)

describe('an entry', () => {
  it('passes whole when no limit is near', () => {
    expect(assessEntry(lots(4), flat, limits)).toEqual({ kind: 'allowed', quantity: 4, reasons: [] })
  })

  it('shrinks to the largest order', () => {
    const verdict = assessEntry(lots(9), flat, limits)
    expect(verdict).toMatchObject({ kind: 'allowed', quantity: 6 })
    expect(codes(verdict)).toEqual(['max-order'])
  })

  it('shrinks to the room that position and working orders leave', () => {
    const verdict = assessEntry(lots(5), { ...flat, position: lots(-5), workingEntryLots: lots(3) }, limits)
    expect(verdict).toMatchObject({ kind: 'allowed', quantity: 2 })
    expect(codes(verdict)).toEqual(['max-position'])
  })

  it('is denied at the daily loss, to the cent', () => {
    expect(assessEntry(lots(1), { ...flat, realizedTodayMinor: minorUnits(-99_999) }, limits).kind).toBe('allowed')
    expect(assessEntry(lots(1), { ...flat, realizedTodayMinor: minorUnits(-100_000) }, limits).kind).toBe('denied')
  })

  it('tells every reason it is denied for', () => {
    const worst = {
      position: lots(10),
      workingEntryLots: lots(0),
      tradesToday: 5,
      realizedTodayMinor: minorUnits(-200_000),
    }
    expect(codes(assessEntry(lots(0), worst, limits)).sort()).toEqual([
      'daily-loss',
      'max-position',
      'max-trades',
      'size-zero',
    ])
  })

  it('never takes the account over a limit', () => {
    const anyExposure = fc.record({
      position: fc.integer({ min: -12, max: 12 }).map(lots),
      workingEntryLots: fc.nat(12).map(lots),
      tradesToday: fc.nat(7),
      realizedTodayMinor: fc.integer({ min: -200_000, max: 200_000 }).map(minorUnits),
    })
    fc.assert(
      fc.property(fc.nat(30), anyExposure, (wanted, exposure) => {
        const verdict = assessEntry(lots(wanted), exposure, limits)
        if (verdict.kind === 'denied') return verdict.reasons.length > 0
        const after = Math.abs(exposure.position) + exposure.workingEntryLots + verdict.quantity
        return (
          verdict.quantity > 0 &&
          verdict.quantity <= wanted &&
          verdict.quantity <= limits.maxOrderLots &&
          after <= limits.maxPositionLots &&
          exposure.tradesToday < limits.maxTradesPerDay &&
          exposure.realizedTodayMinor > -limits.maxDailyLossMinor
        )
      }),
    )
  })
})
