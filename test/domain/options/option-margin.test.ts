import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OptionLeg } from '../../../src/domain/options/shape-leg.ts'
import { marginOf } from '../../../src/domain/options/shape-margin.ts'
import { payoffOf, type Bound } from '../../../src/domain/options/shape-payoff.ts'
import { lots } from '../../../src/domain/units/units.ts'
import { FAR, niftyLeg, rupees, SHAPES } from '../../support/option-legs.ts'

const mirrored = (legs: readonly OptionLeg[]): OptionLeg[] =>
  legs.map((leg) => ({ ...leg, quantity: lots(-leg.quantity) }))
const amount = (bound: Bound) => (bound.kind === 'unbounded' ? undefined : bound.amount)

describe('the margin of a position in options', () => {
  const UNIT = 50 * 100
  const spot = rupees(21_700)

  it('of a naked short option is its premium and 15 % of the underlying less what it is out of the money', () => {
    expect(marginOf([niftyLeg(-1, 'call', 21_700, 120)], spot)).toEqual({
      amount: Math.round((120 + 0.15 * 21_700) * UNIT),
      rule: 'naked-short',
    })
    expect(marginOf([niftyLeg(-1, 'put', 21_500, 50)], spot).amount).toBe(Math.round((50 + 0.15 * 21_700 - 200) * UNIT))
    // Far out of the money the floor of 7.5 % counts.
    expect(marginOf([niftyLeg(-2, 'call', 25_000, 1)], spot).amount).toBe(Math.round(2 * (1 + 0.075 * 21_700) * UNIT))
  })

  it('of naked calls and puts together is that of the dearer side and the other’s premium', () => {
    const [put, call] = mirrored(SHAPES.strangle) as [OptionLeg, OptionLeg]
    expect(marginOf([put, call], spot).amount).toBe(Math.round((50 + 45 + 0.15 * 21_700 - 200) * UNIT))
  })

  it('of an empty position is nothing', () => {
    expect(marginOf([], spot)).toEqual({ amount: 0, rule: 'long-premium' })
  })

  it('covers what is covered and no more', () => {
    const ratio = [niftyLeg(1, 'call', 21_700, 120), niftyLeg(-3, 'call', 21_800, 70)]
    const naked = marginOf([niftyLeg(-2, 'call', 21_800, 70)], spot).amount
    expect(marginOf(ratio, spot)).toEqual({ amount: naked + 50 * UNIT, rule: 'mixed' })
    // A put covers no call, and an option that ends earlier covers nothing.
    expect(marginOf([niftyLeg(1, 'put', 21_700, 9), niftyLeg(-1, 'call', 21_800, 9)], spot).rule).toBe('mixed')
    expect(marginOf([niftyLeg(1, 'call', 21_700, 9), niftyLeg(-1, 'call', 21_700, 9, FAR)], spot).rule).toBe('mixed')
  })

  const strikes = fc.uniqueArray(fc.integer({ min: 380, max: 480 }), { minLength: 4, maxLength: 4 })
  const premiums = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 4, maxLength: 4 })
  const anyDefined = fc
    .tuple(
      strikes,
      premiums,
      fc.constantFrom('call' as const, 'put' as const),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([given, premium, type, isCondor, size]) => {
      const [a, b, c, d] = given.sort((x, y) => x - y).map((strike) => strike * 50) as [number, number, number, number]
      const [pa, pb, pc, pd] = premium as [number, number, number, number]
      return isCondor
        ? [
            niftyLeg(size, 'put', a, pa),
            niftyLeg(-size, 'put', b, pb),
            niftyLeg(-size, 'call', c, pc),
            niftyLeg(size, 'call', d, pd),
          ]
        : [niftyLeg(size, type, a, pa), niftyLeg(-size, type, b, pb)]
    })

  it('is at least the largest loss where that is defined, on both sides', () => {
    fc.assert(
      fc.property(anyDefined, fc.boolean(), (given, isMirrored) => {
        const legs = isMirrored ? mirrored(given) : given
        const { maxLoss } = payoffOf(legs)
        const { amount: margin, rule } = marginOf(legs, spot)
        expect(rule).toBe('max-loss')
        expect(margin).toBe(Math.max(0, amount(maxLoss)!))
      }),
    )
  })

  it('never falls when a leg is sold on top, and never needs less than nothing', () => {
    fc.assert(
      fc.property(anyDefined, fc.integer({ min: 380, max: 480 }), (legs, strike) => {
        const more = [...legs, niftyLeg(-1, 'call', strike * 50, 10)]
        expect(marginOf(legs, spot).amount).toBeGreaterThanOrEqual(0)
        expect(marginOf(more, spot).rule).toBe('mixed')
        const premiumIn = 10 * UNIT
        expect(marginOf(more, spot).amount + premiumIn).toBeGreaterThanOrEqual(marginOf(legs, spot).amount)
      }),
    )
  })
})
