import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PRICES, SHAPES } from '../../../src/adapters/pricing/topics.ts'
import { answerQuestion } from '../../../src/apps/pricing/answer-question.ts'
import { boundedBy } from '../../../src/apps/pricing/bounded-by.ts'
import { PricingAnswer, PricingQuestion } from '../../../src/contracts/pricing-protocol.ts'
import { assessShape, type ShapeAnswer, type ShapeQuestion } from '../../../src/domain/options/assess-shape.ts'
import { lots, minorUnits, ticks, type Ticks } from '../../../src/domain/units/units.ts'
import { questionOf } from '../../support/option-questions.ts'

/** A question and its answer as they pass through both pipes. */
function overTheWire(question: ShapeQuestion): { answer: PricingAnswer; believed: ShapeAnswer | undefined } {
  const asked = PricingQuestion.parse(JSON.parse(JSON.stringify(SHAPES.question(question, 1))))
  const answer = PricingAnswer.parse(JSON.parse(JSON.stringify(answerQuestion(asked))))
  return { answer, believed: SHAPES.valueOf(question, answer) }
}

const leg = fc.record({
  underlying: fc.constant('NIFTY'),
  type: fc.constantFrom('call' as const, 'put' as const),
  expiry: fc.constantFrom('2026-01-27', '2026-01-27', '2026-02-24'),
  strikePx: fc.integer({ min: 1, max: 40 }).map((steps) => ticks(steps * 1_000)),
  quantity: fc.integer({ min: -5, max: 5 }).map(lots),
  premiumPx: fc.integer({ min: 0, max: 9_000 }).map(ticks),
  tickValue: fc.constant(minorUnits(375)),
})
const anyShape: fc.Arbitrary<ShapeQuestion> = fc.record({
  legs: fc.array(leg, { minLength: 1, maxLength: 5 }),
  underlyingPx: fc.integer({ min: 1_000, max: 40_000 }),
  market: fc.constant({ rate: 0.06, dividend: 0.01, volatility: 0.2, style: 'european' as const }),
})

const CONDOR: ShapeQuestion = {
  shape: 'iron-condor',
  underlyingPx: 20_000,
  legs: [
    [18_000, 1, 'put', 40],
    [19_000, -1, 'put', 90],
    [21_000, -1, 'call', 95],
    [22_000, 1, 'call', 45],
  ].map(([strike, quantity, type, premium]) => ({
    underlying: 'NIFTY',
    type: type as 'call' | 'put',
    expiry: '2026-01-27',
    strikePx: ticks(strike as number),
    quantity: lots(quantity as number),
    premiumPx: ticks(premium as number),
    tickValue: minorUnits(375),
  })),
}

describe('a position in options, checked by the service', () => {
  it('gets the same answer as from the formulas themselves, and that is believed', () => {
    fc.assert(
      fc.property(anyShape, (question) => {
        if (SHAPES.question(question, 1) === undefined) {
          expect(SHAPES.answerAlone(question)).toMatchObject({ kind: 'refused' })
          return
        }
        expect(overTheWire(question).believed).toEqual(JSON.parse(JSON.stringify(assessShape(question))))
      }),
    )
    expect(overTheWire(CONDOR).believed).toMatchObject({ kind: 'report', report: { shape: 'iron-condor' } })
  })

  it('is not believed when a sum, a corner, a bound or the shape is another one’s', () => {
    const { answer } = overTheWire(CONDOR)
    if (answer.to !== 'check-shape' || answer.answer.kind !== 'report') throw new Error('no report')
    const { report } = answer.answer
    const { payoff } = report
    const told = (wrong: object) =>
      SHAPES.valueOf(CONDOR, { ...answer, answer: { kind: 'report', report: { ...report, ...wrong } } })
    expect(told({})).toBeDefined()
    const less = { kind: 'exact', amount: 1 }
    for (const wrong of [
      { shape: 'strangle' },
      { payoff: { ...payoff, netPremium: 1 } },
      { payoff: { ...payoff, maxLoss: less } },
      { payoff: { ...payoff, maxLoss: { kind: 'unbounded' } } },
      { payoff: { ...payoff, maxProfit: less } },
      { payoff: { ...payoff, points: [{ px: 18_000, amount: 5 }] } },
      { margin: { ...report.margin, amount: -1 } },
    ])
      expect([wrong, told(wrong)]).toEqual([wrong, undefined])
  })

  it('is refused here where the pipe could not carry it', () => {
    for (const wrong of [
      { underlyingPx: Number.NaN },
      { legs: [{ ...CONDOR.legs[0]!, strikePx: Number.NaN as Ticks }] },
      { market: { rate: Number.POSITIVE_INFINITY, dividend: 0, volatility: 0.2, style: 'european' as const } },
      { legs: Array.from({ length: 200 }, () => CONDOR.legs[0]!) },
    ]) {
      const question = { ...CONDOR, ...wrong }
      expect(SHAPES.question(question, 1)).toBeUndefined()
      expect(SHAPES.answerAlone(question)).toMatchObject({
        kind: 'refused',
        refusals: [{ nextStep: expect.any(String) }],
      })
    }
  })

  it('is refused by the service where its market is out of range', () => {
    const [near, far] = [CONDOR.legs[2]!, { ...CONDOR.legs[2]!, expiry: '2026-02-24', quantity: lots(1) }]
    const market = { rate: 9, dividend: 0, volatility: 0.2, style: 'european' as const }
    const { believed } = overTheWire({ legs: [near, far], underlyingPx: 20_000, market })
    expect(believed).toMatchObject({ kind: 'refused', refusals: [{ code: 'setting-invalid' }] })
  })
})

describe('a line on the way to the service', () => {
  it('is short enough for as many options as may be asked about at once', () => {
    const options = Array.from({ length: 1_000 }, (_, i) =>
      questionOf({ strike: 100 / 3 + i, rate: 1 / 30, dividend: 1 / 70, volatility: 1 / 7, style: 'american' }),
    )
    const question = PRICES.question(options, 1)!
    expect(JSON.stringify(question).length).toBeLessThan(400_000)
    const european = options.map((option) => ({ ...option, style: 'european' as const }))
    expect(JSON.stringify(answerQuestion(PRICES.question(european, 1)!)).length).toBeLessThan(400_000)
    expect(() => PRICES.question([...options, questionOf()], 1)).toThrow(RangeError)
  })

  it('is not worked at for ever', () => {
    const forever = boundedBy(20, () => {
      for (;;);
    })
    expect(() => forever('line')).toThrow(/timed out/)
    let seen = ''
    boundedBy(10_000, (line: string) => (seen = line))('line')
    expect(seen).toBe('line')
  })
})
