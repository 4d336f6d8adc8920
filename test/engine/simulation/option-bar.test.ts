import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochMs, ticks } from '../../../src/domain/units/units.ts'
import { priceOption } from '../../../src/domain/options/price-option.ts'
import { optionBar, optionPx } from '../../../src/engine/simulation/option-bar.ts'
import { FUTURE } from '../../support/simulation.ts'
import { barAt, INDEX, optionOf } from '../../support/simulated-venue.ts'

const TERMS = { volatility: 0.2, rate: 0.06, spreadTicks: 0 }
const NOON = epochMs(Date.UTC(2025, 9, 28, 6, 30))
const UNTIL = epochMs(NOON + 7 * 86_400_000)

const anyPrice = fc.integer({ min: 10_000, max: 30_000 })

describe('the bar of an option', () => {
  it('is priced from the underlying at its open, high, low and close', () => {
    const call = optionOf('call', 20_000)
    const bar = optionBar(call, INDEX, barAt(NOON, [20_000, 20_100, 19_900, 20_050]), UNTIL, TERMS)
    const price = (spot: number) =>
      Math.round(
        priceOption({
          ...{ type: 'call', style: 'european', strike: 20_000, years: 7 / 365, rate: 0.06, volatility: 0.2 },
          ...{ model: 'bsm', spot, dividend: 0 },
        }).price / 0.05,
      )
    expect(bar).toEqual({
      time: NOON,
      open: price(20_000),
      high: price(20_100),
      low: price(19_900),
      close: price(20_050),
      volume: 0,
    })
  })

  it('of a put is at its high where the underlying is at its low', () => {
    const put = optionOf('put', 20_000)
    const bar = optionBar(put, INDEX, barAt(NOON, [20_000, 20_100, 19_900, 20_050]), UNTIL, TERMS)
    expect(bar.high).toBeGreaterThan(bar.open)
    expect(bar.close).toBeLessThan(bar.open)
    expect(bar.low).toBeLessThan(bar.close)
  })

  it('on a future is priced from the forward', () => {
    const future = { ...FUTURE, options: INDEX.options! }
    const call = {
      ...optionOf('call', 5_000),
      option: { ...optionOf('call', 5_000).option!, underlying: FUTURE.symbol },
    }
    const years = 7 / 365
    const black = priceOption({
      ...{ type: 'call', style: 'european', strike: 5_000, years, rate: 0.06, volatility: 0.2 },
      ...{ model: 'black76', forward: 5_000 },
    })
    expect(optionPx(call, future, ticks(20_000), years, TERMS)).toBe(Math.round(black.price / 0.05))
  })

  it('is worth its intrinsic value at expiry', () => {
    expect(optionPx(optionOf('call', 20_000), INDEX, ticks(20_123), 0, TERMS)).toBe(123 / 0.05)
    expect(optionPx(optionOf('put', 20_000), INDEX, ticks(20_123), 0, TERMS)).toBe(0)
  })

  it('is a bar whatever the underlying does: its high the highest, its low the lowest, nothing below 0', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('call' as const, 'put' as const),
        fc.integer({ min: 150, max: 250 }),
        fc.tuple(anyPrice, anyPrice, anyPrice, anyPrice),
        fc.integer({ min: 0, max: 400 }),
        (type, strike, [open, close, a, b], hours) => {
          const prices = [open, Math.max(open, close, a, b), Math.min(open, close, a, b), close] as const
          const until = epochMs(NOON + hours * 3_600_000)
          const bar = optionBar(optionOf(type, strike * 100), INDEX, barAt(NOON, prices), until, TERMS)
          for (const px of [bar.open, bar.close]) {
            expect(px).toBeGreaterThanOrEqual(bar.low)
            expect(px).toBeLessThanOrEqual(bar.high)
          }
          expect(bar.low).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
})
