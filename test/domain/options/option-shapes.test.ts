import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assessShape, type ShapeReport } from '../../../src/domain/options/assess-shape.ts'
import { priceOption } from '../../../src/domain/options/price-option.ts'
import { recogniseShape, shapeViolations, type ShapeKind } from '../../../src/domain/options/shape-kind.ts'
import type { OptionLeg } from '../../../src/domain/options/shape-leg.ts'
import type { ShapeMarket } from '../../../src/domain/options/shape-near-expiry.ts'
import { cornersOf, payoffAt, payoffOf, type Bound } from '../../../src/domain/options/shape-payoff.ts'
import { lots, minorUnits } from '../../../src/domain/units/units.ts'
import { FAR, NEAR, niftyLeg, rupees, SHAPES } from '../../support/option-legs.ts'

const mirrored = (legs: readonly OptionLeg[]): OptionLeg[] =>
  legs.map((leg) => ({ ...leg, quantity: lots(-leg.quantity) }))
const KINDS = Object.keys(SHAPES) as ShapeKind[]
const MARKET: ShapeMarket = { rate: 0.06, dividend: 0.01, volatility: 0.14, style: 'european' }

function reportOf(legs: readonly OptionLeg[], market?: ShapeMarket): ShapeReport {
  const answer = assessShape({ legs, underlyingPx: rupees(21_700), ...(market ? { market } : {}) })
  if (answer.kind === 'refused') throw new Error(answer.refusals[0]!.message)
  return answer.report
}
const amount = (bound: Bound) => (bound.kind === 'unbounded' ? undefined : bound.amount)

const messages = (kind: ShapeKind, legs: readonly OptionLeg[]) =>
  shapeViolations(kind, legs).map(({ message }) => message)

describe('the shape of a position in options', () => {
  it.each(KINDS)('%s is told from its legs, in any order, on both sides', (kind) => {
    const legs = SHAPES[kind]
    for (const given of [legs, [...legs].reverse(), mirrored(legs)]) {
      expect(recogniseShape(given)).toBe(kind)
      for (const other of KINDS) expect([other, messages(other, given).length === 0]).toEqual([other, other === kind])
    }
  })

  it('has no name where it is none of them', () => {
    expect(recogniseShape([niftyLeg(1, 'call', 21_700, 1), niftyLeg(-2, 'call', 21_800, 1)])).toBeUndefined()
    expect(recogniseShape([])).toBeUndefined()
  })

  it.each<[ShapeKind, string, readonly OptionLeg[]]>([
    ['vertical-spread', 'has two strikes', [niftyLeg(1, 'call', 21_700, 9), niftyLeg(-1, 'call', 21_700, 9)]],
    ['vertical-spread', 'two calls or two puts', [niftyLeg(1, 'call', 21_700, 9), niftyLeg(-1, 'put', 21_800, 9)]],
    ['vertical-spread', 'buys one leg and sells', [niftyLeg(1, 'call', 21_700, 9), niftyLeg(1, 'call', 21_800, 9)]],
    ['vertical-spread', 'equal quantities', [niftyLeg(1, 'call', 21_700, 9), niftyLeg(-2, 'call', 21_800, 9)]],
    ['vertical-spread', 'expire on one day', [niftyLeg(1, 'call', 21_700, 9), niftyLeg(-1, 'call', 21_800, 9, FAR)]],
    ['vertical-spread', 'has 2 legs, not 1', [niftyLeg(1, 'call', 21_700, 9)]],
    ['iron-condor', 'sells its inner legs', [...SHAPES['iron-condor'].slice(0, 3), niftyLeg(-1, 'call', 22_100, 15)]],
    ['iron-condor', 'two puts below two calls', [niftyLeg(1, 'call', 21_300, 9), ...SHAPES['iron-condor'].slice(1)]],
    ['iron-condor', 'four strikes', [niftyLeg(1, 'put', 21_500, 9), ...SHAPES['iron-condor'].slice(1)]],
    ['butterfly-spread', 'equally wide', [...SHAPES['butterfly-spread'].slice(0, 2), niftyLeg(1, 'call', 21_900, 9)]],
    ['butterfly-spread', 'twice', [niftyLeg(2, 'call', 21_600, 9), ...SHAPES['butterfly-spread'].slice(1)]],
    [
      'butterfly-spread',
      'three calls or three puts',
      [niftyLeg(1, 'put', 21_600, 9), ...SHAPES['butterfly-spread'].slice(1)],
    ],
    ['calendar-spread', 'two expiries', [niftyLeg(1, 'call', 21_700, 9), niftyLeg(-1, 'call', 21_700, 9)]],
    ['calendar-spread', 'one strike', [niftyLeg(-1, 'call', 21_700, 9), niftyLeg(1, 'call', 21_800, 9, FAR)]],
    ['straddle', 'one strike', SHAPES.strangle],
    ['straddle', 'buys both legs or sells both', [niftyLeg(1, 'call', 21_700, 9), niftyLeg(-1, 'put', 21_700, 9)]],
    ['straddle', 'a call and a put', [niftyLeg(1, 'call', 21_700, 9), niftyLeg(1, 'call', 21_700, 9)]],
    ['strangle', 'has the lower strike', [niftyLeg(1, 'put', 21_900, 9), niftyLeg(1, 'call', 21_500, 9)]],
    ['strangle', 'has the lower strike', SHAPES.straddle],
  ])('%s is refused where it is not so that it %s, with what to change', (kind, fault, legs) => {
    const found = shapeViolations(kind, legs)
    expect(found.map(({ message }) => message).join('\n')).toContain(fault)
    for (const { code, nextStep } of found) expect([code, nextStep.length > 10]).toEqual(['trade-invalid', true])
  })

  it('is refused with everything that is wrong at once', () => {
    const legs = [niftyLeg(1, 'call', 21_700, 9), { ...niftyLeg(2, 'put', 21_700, 9, FAR), underlying: 'BANKNIFTY' }]
    expect(messages('vertical-spread', legs)).toHaveLength(6)
    const other = { ...niftyLeg(-1, 'call', 21_800, 9), tickValue: minorUnits(125) }
    expect(messages('vertical-spread', [niftyLeg(1, 'call', 21_700, 9), other])).toEqual([
      'The legs of a vertical spread must have lots of one size.',
    ])
  })

  it.each([
    { quantity: lots(0) },
    { quantity: 0.5 },
    { quantity: Number.NaN },
    { quantity: 2e6 },
    { strikePx: 0 },
    { strikePx: -1 },
    { premiumPx: -1 },
    { tickValue: 0 },
    { type: 'calls' },
    { expiry: '2024-02-30' },
  ])('is refused with a leg of %j', (change) => {
    const legs = [{ ...niftyLeg(1, 'call', 21_700, 9), ...change } as OptionLeg]
    expect(assessShape({ legs, underlyingPx: 1 })).toMatchObject({
      kind: 'refused',
      refusals: [{ code: 'trade-invalid' }],
    })
  })
})

describe('the payoff at expiry', () => {
  it('of a bought call spread is known to the paisa', () => {
    const { shape, payoff, margin } = reportOf(SHAPES['vertical-spread'])
    // 120 - 70 = 50 rupees on 50 units is paid; 100 rupees of width come back at most.
    expect(shape).toBe('vertical-spread')
    expect(payoff).toMatchObject({
      netPremium: 250_000,
      maxLoss: { kind: 'exact', amount: 250_000 },
      maxProfit: { kind: 'exact', amount: 250_000 },
      breakEvens: [rupees(21_750)],
    })
    expect(margin).toEqual({ amount: 250_000, rule: 'max-loss' })
  })

  it('of a bought straddle has two break-evens and no highest profit', () => {
    const { payoff, margin } = reportOf(SHAPES.straddle)
    expect(payoff.maxProfit).toEqual({ kind: 'unbounded' })
    expect(payoff.maxLoss).toEqual({ kind: 'exact', amount: 230 * 50 * 100 })
    expect(payoff.breakEvens).toEqual([rupees(21_470), rupees(21_930)])
    expect(margin).toEqual({ amount: 230 * 50 * 100, rule: 'long-premium' })
  })

  it('of a sold call has no largest loss, of a sold put the whole strike', () => {
    expect(reportOf([niftyLeg(-1, 'call', 21_700, 120)]).payoff.maxLoss).toEqual({ kind: 'unbounded' })
    const put = reportOf([niftyLeg(-1, 'put', 21_700, 120)]).payoff
    expect(put.maxLoss).toEqual({ kind: 'exact', amount: (21_700 - 120) * 50 * 100 })
  })

  it('of an iron condor earns the credit between the inner strikes', () => {
    const { payoff, margin } = reportOf(SHAPES['iron-condor'])
    expect(payoff.netPremium).toBe(-60 * 5000)
    expect(payoff.maxProfit).toEqual({ kind: 'exact', amount: 60 * 5000 })
    expect(payoff.maxLoss).toEqual({ kind: 'exact', amount: 140 * 5000 })
    expect(payoff.breakEvens).toEqual([rupees(21_440), rupees(21_960)])
    expect(margin).toEqual({ amount: 140 * 5000, rule: 'max-loss' })
  })

  const anyLeg = fc
    .record({
      quantity: fc.integer({ min: -4, max: 4 }).filter((quantity) => quantity !== 0),
      type: fc.constantFrom('call' as const, 'put' as const),
      strike: fc.integer({ min: 1, max: 60 }),
      premium: fc.integer({ min: 0, max: 200 }),
    })
    .map(({ quantity, type, strike, premium }) => niftyLeg(quantity, type, strike * 50, premium))
  const anyLegs = fc.array(anyLeg, { minLength: 1, maxLength: 5 })
  const HIGHEST = rupees(60 * 50) + 1000

  it('is the sum of the payoffs of its legs, and straight between the strikes', () => {
    fc.assert(
      fc.property(anyLegs, fc.integer({ min: 0, max: HIGHEST }), (legs, px) => {
        const alone = legs.reduce((sum, leg) => sum + payoffAt([leg], px), 0)
        expect(payoffAt(legs, px)).toBe(alone)
        const bends = new Set<number>(legs.map(({ strikePx }) => strikePx))
        if (px > 0 && !bends.has(px))
          expect(payoffAt(legs, px + 1) + payoffAt(legs, px - 1)).toBe(2 * payoffAt(legs, px))
      }),
    )
  })

  it('has the profit, the loss and the break-evens that a walk over every tick finds', () => {
    fc.assert(
      fc.property(anyLegs, (legs) => {
        const { maxProfit, maxLoss, breakEvens, points } = payoffOf(legs)
        let [most, least] = [-Infinity, Infinity]
        let turns = 0
        const at = (px: number) => payoffAt(legs, px)
        for (let px = 0; px <= HIGHEST; px++) {
          const value = at(px)
          most = Math.max(most, value)
          least = Math.min(least, value)
          if (px > 0 && value !== 0 && Math.sign(value) === -Math.sign(at(px - 1))) turns++
          if (px > 0 && value === 0) expect(isBreakEven(px)).toBe(true)
        }
        const slope = at(HIGHEST) - at(HIGHEST - 1)
        expect(maxProfit).toEqual(slope > 0 ? { kind: 'unbounded' } : { kind: 'exact', amount: most })
        expect(maxLoss).toEqual(slope < 0 ? { kind: 'unbounded' } : { kind: 'exact', amount: 0 - least })
        const fractional = breakEvens.filter((px) => !Number.isInteger(px) && px < HIGHEST)
        expect(fractional).toHaveLength(turns)
        for (const px of breakEvens) expect(Math.abs(at(px))).toBeLessThan(1e-4)
        for (const { px, amount: told } of points) expect(told).toBe(at(px))

        function isBreakEven(px: number): boolean {
          // Inside a flat stretch only its ends are told.
          const isFlat = at(px - 1) === 0 && at(px + 1) === 0
          return isFlat || breakEvens.some((found) => Math.abs(found - px) < 1e-6)
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('the payoff of a calendar spread when its near leg expires', () => {
  const legs = SHAPES['calendar-spread']

  it('of puts loses what was paid where the far one can be exercised, and the interest on the strike where it cannot', () => {
    const puts = [niftyLeg(-1, 'put', 21_700, 110), niftyLeg(1, 'put', 21_700, 250, FAR)]
    const paid = 140 * 5000
    const american = amount(reportOf(puts, { ...MARKET, style: 'american' }).payoff.maxLoss)
    expect(american).toBe(paid)
    const interest = 21_700 * (1 - Math.exp((-0.06 * 35) / 365)) * 5000
    const european = amount(reportOf(puts, MARKET).payoff.maxLoss)!
    expect(Math.abs(european - paid - interest)).toBeLessThan(5)
  })

  it('of calls is an estimate whose loss is what was paid', () => {
    const { payoff, margin } = reportOf(legs, MARKET)
    const paid = 210 * 5000
    expect(payoff.netPremium).toBe(paid)
    expect(payoff.maxLoss).toEqual({ kind: 'estimate', amount: paid })
    expect(margin).toEqual({ amount: paid, rule: 'max-loss' })
    // Best at the strike, where the far leg has most of its time value.
    const far = { model: 'bsm', type: 'call', strike: 21_700, years: 35 / 365, spot: 21_700, ...MARKET } as const
    const best = priceOption(far).price - 210
    expect(payoff.maxProfit.kind).toBe('estimate')
    expect(amount(payoff.maxProfit)! / 5000).toBeGreaterThanOrEqual(best - 0.01)
    expect(amount(payoff.maxProfit)! / 5000).toBeLessThan(best * 1.05)
    expect(payoff.breakEvens).toHaveLength(2)
    const [low, high] = payoff.breakEvens as [number, number]
    expect(low).toBeLessThan(rupees(21_700))
    expect(high).toBeGreaterThan(rupees(21_700))
  })

  it('needs a volatility', () => {
    expect(assessShape({ legs, underlyingPx: rupees(21_700) })).toMatchObject({
      kind: 'refused',
      refusals: [{ nextStep: expect.stringContaining('volatility') }],
    })
  })

  it('has no largest loss where the call that goes on was sold', () => {
    const { payoff, margin } = reportOf(mirrored(legs), MARKET)
    expect(payoff.maxLoss).toEqual({ kind: 'unbounded' })
    expect(margin.rule).toBe('mixed')
  })

  it('has no largest loss where a sold call outlives every bought one, at whichever expiry that is', () => {
    const ladder = [
      niftyLeg(1, 'put', 21_700, 110),
      niftyLeg(1, 'call', 21_700, 330, FAR),
      niftyLeg(-1, 'call', 21_700, 450, '2024-03-28'),
    ]
    expect(reportOf(ladder, MARKET).payoff.maxLoss).toEqual({ kind: 'unbounded' })
    expect(amount(reportOf([ladder[0]!, ...mirrored(ladder.slice(1))], MARKET).payoff.maxLoss)).toBeGreaterThan(0)
  })
})

describe('the question about a shape', () => {
  it('and its answer are plain values that survive being written down', () => {
    const question = { legs: SHAPES['calendar-spread'], underlyingPx: rupees(21_700), market: MARKET }
    const answer = assessShape(question)
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer)
    expect(assessShape(JSON.parse(JSON.stringify(question)))).toEqual(answer)
  })

  it('is refused without a price, with too many legs, or of two underlyings', () => {
    const leg = SHAPES.single[0]!
    for (const underlyingPx of [0, -1, Number.NaN, Infinity])
      expect(assessShape({ legs: [leg], underlyingPx })).toMatchObject({ kind: 'refused' })
    expect(assessShape({ legs: Array(21).fill(leg), underlyingPx: 1 })).toMatchObject({ kind: 'refused' })
    expect(assessShape({ legs: [], underlyingPx: 1 })).toMatchObject({ kind: 'refused' })
    expect(assessShape({ legs: [leg, { ...leg, underlying: 'SPY' }], underlyingPx: 1 })).toMatchObject({
      kind: 'refused',
    })
    expect(assessShape({ legs: [leg], shape: 'straddle', underlyingPx: 1 })).toMatchObject({ kind: 'refused' })
  })

  it('is answered for legs without a name too', () => {
    const report = reportOf([niftyLeg(1, 'call', 21_700, 120), niftyLeg(-2, 'call', 21_800, 70)])
    expect(report).not.toHaveProperty('shape')
    expect(report.payoff.maxLoss).toEqual({ kind: 'unbounded' })
    expect(cornersOf(SHAPES.strangle)).toEqual([0, rupees(21_500), rupees(21_900)])
    expect(NEAR < FAR).toBe(true)
  })
})
