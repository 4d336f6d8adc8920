import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { europeanValue } from '../../../src/domain/options/european.ts'
import { priceOption } from '../../../src/domain/options/price-option.ts'
import { quickAmerican } from '../../../src/engine/simulation/quick-american.ts'

const STRIKE = 100

describe('the quick price of an American option', () => {
  it.each([
    ['a put on a stock, a week', 'put', 98, 7 / 365, 0.2, 0],
    ['a put on a stock, a month', 'put', 102, 30 / 365, 0.3, 0],
    ['a put on a stock, a quarter', 'put', 90, 0.25, 0.2, 0],
    ['a call on a future, a month', 'call', 105, 30 / 365, 0.2, 0.06],
    ['a put on a future, a quarter', 'put', 100, 0.25, 0.5, 0.06],
  ] as const)('is near the exact one: %s', (_, type, price, years, volatility, dividend) => {
    const common = { type, style: 'american', strike: STRIKE, years, rate: 0.06, volatility } as const
    const exact = priceOption(
      dividend === 0
        ? { ...common, model: 'bsm', spot: price, dividend }
        : { ...common, model: 'black76', forward: price },
    ).price
    const quick = quickAmerican(type, price, STRIKE, years, 0.06, dividend, volatility)
    expect(Math.abs(quick - exact)).toBeLessThan(0.001 * STRIKE)
  })

  it('is never below what waiting or exercising brings, and moves with its underlying', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('call' as const, 'put' as const),
        fc.double({ min: 20, max: 300, noNaN: true }),
        fc.double({ min: 1 / 3_650, max: 2, noNaN: true }),
        fc.double({ min: 0.001, max: 0.3, noNaN: true }),
        fc.boolean(),
        fc.double({ min: 0.02, max: 1.5, noNaN: true }),
        (type, spot, years, rate, forward, volatility) => {
          const dividend = forward ? rate : 0
          const price = (at: number) => quickAmerican(type, at, STRIKE, years, rate, dividend, volatility)
          const sign = type === 'call' ? 1 : -1
          const european = europeanValue(type, spot, STRIKE, years, rate, dividend, volatility).price
          expect(price(spot)).toBeGreaterThanOrEqual(Math.max(0, sign * (spot - STRIKE)))
          expect(price(spot)).toBeGreaterThanOrEqual(european - 1e-9)
          expect(sign * (price(spot * 1.01) - price(spot))).toBeGreaterThanOrEqual(-1e-6)
        },
      ),
    )
  })
})
