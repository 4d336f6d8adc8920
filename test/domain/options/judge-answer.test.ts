import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { impliedVolatility } from '../../../src/domain/options/implied-volatility.ts'
import { isPlausibleValue, isPlausibleVolatility, noArbitrageBounds } from '../../../src/domain/options/judge-answer.ts'
import type { OptionQuestion } from '../../../src/domain/options/option-pricing.ts'
import { priceOption } from '../../../src/domain/options/price-option.ts'
import { anyAmerican, anyQuestion, questionOf } from '../../support/option-questions.ts'

const asForward = ({ spot, ...question }: ReturnType<typeof questionOf>): OptionQuestion => {
  const { dividend: _, ...rest } = question
  return { ...rest, model: 'black76', forward: spot }
}
const any: fc.Arbitrary<OptionQuestion> = fc.oneof(
  anyQuestion,
  anyQuestion.map(asForward),
  anyAmerican,
  anyAmerican.map(asForward),
)

describe('an answer about an option', () => {
  it('is believed when it is right', () => {
    fc.assert(
      fc.property(any, (question) => {
        expect(isPlausibleValue(question, priceOption(question))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('is believed at expiry, without volatility, and at the ends of what may be asked', () => {
    for (const changes of [
      { years: 0 },
      { volatility: 0 },
      { years: 0, spot: 100, strike: 100 },
      { spot: 1e-12 },
      { strike: 1e12 },
      { years: 100, rate: 5 },
      { years: 100, rate: -1, dividend: -1 },
      { volatility: 10, years: 100 },
    ])
      for (const type of ['call', 'put'] as const) {
        const question = questionOf({ ...changes, type })
        expect([question, isPlausibleValue(question, priceOption(question))]).toEqual([question, true])
      }
  })

  it('is garbage when a number in it is none, whichever it is', () => {
    const question = questionOf()
    const value = priceOption(question)
    for (const name of Object.keys(value))
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        expect(isPlausibleValue(question, { ...value, [name]: wrong })).toBe(false)
  })

  it('is garbage when the price is beyond its bounds', () => {
    fc.assert(
      fc.property(any, fc.double({ min: 0.001, max: 10, noNaN: true }), (question, share) => {
        const { least, most } = noArbitrageBounds(question)
        const value = priceOption(question)
        const beyond = share * ((question.model === 'bsm' ? question.spot : question.forward) + question.strike)
        expect(isPlausibleValue(question, { ...value, price: least - beyond })).toBe(false)
        expect(isPlausibleValue(question, { ...value, price: most + beyond })).toBe(false)
      }),
    )
  })

  it('is garbage when a Greek has the wrong sign or the size of another option', () => {
    const question = questionOf()
    const value = priceOption(question)
    for (const wrong of [{ delta: -0.4 }, { delta: 1.7 }, { vega: -30 }, { gamma: -0.01 }])
      expect(isPlausibleValue(question, { ...value, ...wrong })).toBe(false)
    const put = questionOf({ type: 'put' })
    expect(isPlausibleValue(put, { ...priceOption(put), delta: 0.4 })).toBe(false)
  })
})

describe('an implied volatility', () => {
  it('is believed when it is right, found or not', () => {
    fc.assert(
      fc.property(anyQuestion, fc.double({ min: 0, max: 400, noNaN: true }), (option, price) => {
        expect(isPlausibleVolatility({ option, price }, impliedVolatility(option, price))).toBe(true)
      }),
      { numRuns: 300 },
    )
    const option = questionOf({ years: 0 })
    expect(isPlausibleVolatility({ option, price: 3 }, impliedVolatility(option, 3))).toBe(true)
  })

  it('is garbage when there can be none, or is denied where there is one', () => {
    const option = questionOf()
    const found = { kind: 'found', volatility: 0.2 } as const
    const asked = (price: number) => ({ option, price })
    expect(isPlausibleVolatility(asked(150), found)).toBe(false)
    expect(isPlausibleVolatility(asked(0.0001), found)).toBe(false)
    expect(isPlausibleVolatility(asked(10), { ...found, volatility: Number.NaN })).toBe(false)
    expect(isPlausibleVolatility(asked(10), { ...found, volatility: -0.2 })).toBe(false)
    expect(isPlausibleVolatility(asked(10), { kind: 'none', reason: 'expired' })).toBe(false)
    expect(isPlausibleVolatility(asked(10), { kind: 'none', reason: 'above-bounds', bound: 1 })).toBe(false)
    expect(isPlausibleVolatility(asked(10), { kind: 'none', reason: 'below-bounds', bound: 50 })).toBe(false)
    expect(isPlausibleVolatility({ option: questionOf({ years: 0 }), price: 1 }, found)).toBe(false)
  })
})
