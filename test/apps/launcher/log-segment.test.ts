import { describe, expect, it } from 'vitest'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { logSegment } from '../../../src/apps/launcher/log-segment.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { tempHome } from '../../support/temp-home.ts'

describe('the log that is meant of an account', () => {
  const several = { symbol: 'NIFTY50', alsoSymbols: ['BANKNIFTY', '6EH4', '6EM4'] }

  it('is all there is where it follows one market', () => {
    expect(logSegment(openHome(tempHome()), { symbol: 'MES', alsoSymbols: [] }, undefined)).toBeUndefined()
  })

  it('is the first market’s, which also tells of the account, where none is named', () => {
    expect(logSegment(openHome(tempHome()), several, undefined)).toBe('NIFTY')
  })

  it('can be named by symbol or segment, in any case; two months of a future are two', () => {
    expect(logSegment(openHome(tempHome()), several, 'banknifty')).toBe('BANKNIFTY')
    expect(logSegment(openHome(tempHome()), several, 'NIFTY50')).toBe('NIFTY')
    expect(logSegment(openHome(tempHome()), several, '6EH4')).toBe('6E')
    expect(logSegment(openHome(tempHome()), several, '6EM4')).toBe('6EM4')
  })

  it('is refused where the account has no such market, with those it has', () => {
    expect(() => logSegment(openHome(tempHome()), several, 'SENSEX')).toThrow(Refused)
    try {
      logSegment(openHome(tempHome()), several, 'SENSEX')
    } catch (error) {
      expect((error as Refused).refusal.nextStep).toContain('NIFTY, BANKNIFTY, 6E, 6EM4')
    }
  })
})
