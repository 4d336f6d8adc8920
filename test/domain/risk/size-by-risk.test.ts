import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sizeByRisk } from '../../../src/domain/risk/size-by-risk.ts'
import { minorUnits } from '../../../src/domain/units/units.ts'

describe('a size by risk', () => {
  it('loses the share asked for when the stop is hit', () => {
    // 0.5 % of 50,000.00 is 250.00; 10 ticks of 6.25 are 62.50 a lot.
    expect(sizeByRisk(minorUnits(5_000_000), 50, 10, minorUnits(625))).toBe(4)
  })

  it('is 0 when one lot risks too much, or nothing is left to risk', () => {
    expect(sizeByRisk(minorUnits(5_000_000), 50, 100, minorUnits(625))).toBe(0)
    expect(sizeByRisk(minorUnits(0), 50, 10, minorUnits(625))).toBe(0)
    expect(sizeByRisk(minorUnits(-100), 50, 10, minorUnits(625))).toBe(0)
  })

  it('never risks more than asked, and one lot more always would', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        (equity, bps, stop) => {
          const size = sizeByRisk(minorUnits(equity), bps, stop, minorUnits(625))
          const allowed = (equity * bps) / 10_000
          return size * stop * 625 <= allowed && (size + 1) * stop * 625 > allowed
        },
      ),
    )
  })

  it('refuses a stop at the price: that is a bug of the caller', () => {
    expect(() => sizeByRisk(minorUnits(100), 50, 0, minorUnits(1))).toThrow(RangeError)
  })
})
