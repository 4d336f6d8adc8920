import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { impliedVolatility } from '../../../src/domain/options/implied-volatility.ts'
import { priceOption } from '../../../src/domain/options/price-option.ts'
import { anyQuestion, questionOf } from '../../support/option-questions.ts'
import { quantLibCases } from '../../support/quantlib-table.ts'

/** How far a volatility moves when a price moves by one unit in the last place of the numbers it is made of. */
function graininess(largest: number, vega: number): number {
  return (2 ** -52 * largest) / vega
}

describe('implied volatility', () => {
  it.each(['european', 'black76'] as const)('is the one QuantLib priced the %s table with, to 1e-10', (table) => {
    let compared = 0
    for (const { question, answer } of quantLibCases(table)) {
      const underlying = question.model === 'bsm' ? question.spot : question.forward
      const grain = graininess(Math.max(underlying, question.strike, answer.price!), answer.vega!)
      if (grain > 1e-11) continue
      const found = impliedVolatility(question, answer.price!)
      if (found.kind === 'none' || Math.abs(found.volatility - question.volatility) > 1e-10)
        expect.fail(`${JSON.stringify(question)} at ${answer.price}: ${JSON.stringify(found)}`)
      compared++
    }
    expect(compared).toBeGreaterThan(550)
  })

  it('gives the price back, wherever there is a volatility', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { price } = priceOption(question)
        const found = impliedVolatility(question, price)
        if (found.kind === 'none') return
        const again = priceOption({ ...question, volatility: found.volatility }).price
        expect(Math.abs(again - price)).toBeLessThan(1e-12 * Math.max(question.spot, question.strike))
      }),
    )
  })

  it('gives the volatility back from the far end of a tail, and from next to the highest price', () => {
    for (const [strike, volatility] of [
      [1e6, 0.25],
      [300, 0.05],
      [100, 1e-9],
      [100, 9],
      [20, 5],
    ] as const) {
      const question = questionOf({ strike, volatility, rate: 0, dividend: 0 })
      const found = impliedVolatility(question, priceOption(question).price)
      expect(found.kind === 'found' && found.volatility / volatility).toBeCloseTo(1, 6)
    }
  })

  it.each([
    ['is worth less than what is certain', questionOf({ spot: 120, rate: 0, dividend: 0 }), 19, 'below-bounds', 20],
    ['is worth just what is certain', questionOf({ spot: 120, rate: 0, dividend: 0 }), 20, 'below-bounds', 20],
    ['is worth nothing', questionOf({ spot: 80 }), 0, 'below-bounds', 0],
    ['is a call worth as much as the underlying', questionOf({ dividend: 0 }), 100, 'above-bounds', 100],
    ['is a put worth more than its strike', questionOf({ type: 'put', rate: 0 }), 101, 'above-bounds', 100],
    ['has a price that is no number', questionOf({ spot: 80 }), Number.NaN, 'below-bounds', 0],
  ] as const)('is not there for an option that %s', (_, question, price, reason, bound) => {
    expect(impliedVolatility(question, price)).toEqual({ kind: 'none', reason, bound })
  })

  it('is not there at expiry', () => {
    expect(impliedVolatility(questionOf({ years: 0 }), 5)).toEqual({ kind: 'none', reason: 'expired' })
  })
})
