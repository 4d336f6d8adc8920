import { describe, expect, it } from 'vitest'
import type { OptionQuestion, OptionValue } from '../../../src/domain/options/option-pricing.ts'
import { priceOption } from '../../../src/domain/options/price-option.ts'
import { questionOf } from '../../support/option-questions.ts'
import { quantLibCases } from '../../support/quantlib-table.ts'

const FIGURES = ['price', 'delta', 'gamma', 'vega', 'theta', 'rho'] as const

describe.each(['european', 'black76'] as const)('the %s table of QuantLib', (table) => {
  const cases = quantLibCases(table)

  it('has cases in and out of the money, short and long, calm and wild', () => {
    const deltas = cases.map(({ answer }) => Math.abs(answer.delta!))
    expect(deltas.filter((delta) => delta < 0.01).length).toBeGreaterThan(20)
    expect(deltas.filter((delta) => delta > 0.9).length).toBeGreaterThan(20)
    expect(cases.length).toBeGreaterThanOrEqual(700)
  })

  it.each(FIGURES)('agrees on %s to 1e-10', (figure) => {
    for (const { question, answer } of cases) {
      const ours = priceOption(question)[figure]
      const expected = answer[figure]!
      // A double can hold 1e-10 of numbers up to some 10,000; beyond that the tolerance is relative to the strike.
      const size = figure === 'delta' ? 1 : Math.max(1, question.strike / 100, Math.abs(expected))
      if (Math.abs(ours - expected) > 1e-10 * size)
        expect.fail(`${figure} of ${JSON.stringify(question)} is ${ours}, QuantLib says ${expected}`)
    }
  })
})

describe('a European option', () => {
  it('has the price of the textbook', () => {
    // Hull, "Options, Futures, and Other Derivatives", example 15.6: 4.76 and 0.81.
    const terms = { spot: 42, strike: 40, years: 0.5, rate: 0.1, dividend: 0, volatility: 0.2 }
    expect(priceOption(questionOf(terms)).price).toBeCloseTo(4.759422, 6)
    expect(priceOption(questionOf({ ...terms, type: 'put' })).price).toBeCloseTo(0.8086, 4)
  })

  it('is worth at expiry what exercising it brings', () => {
    expect(priceOption(questionOf({ spot: 110, years: 0 }))).toMatchObject({ price: 10, delta: 1, gamma: 0, vega: 0 })
    expect(priceOption(questionOf({ spot: 90, years: 0 }))).toMatchObject({ price: 0, delta: 0, gamma: 0, vega: 0 })
    expect(priceOption(questionOf({ type: 'put', spot: 90, years: 0 }))).toMatchObject({ price: 10, delta: -1 })
    expect(priceOption(questionOf({ years: 0 }))).toMatchObject({ price: 0, delta: 0.5, gamma: 0 })
  })

  it('is worth without volatility what is certain, which is also the limit of little volatility', () => {
    for (const type of ['call', 'put'] as const)
      for (const spot of [80, 100, 120]) {
        const certain = priceOption(questionOf({ type, spot, volatility: 0 }))
        const nearly = priceOption(questionOf({ type, spot, volatility: 1e-4 }))
        for (const figure of FIGURES) expect(certain[figure]).toBeCloseTo(nearly[figure], 9)
      }
  })

  it('on a forward is worth what it is on a spot whose dividend yield is the rate, but for rho', () => {
    const spot = priceOption(questionOf({ dividend: 0.05 }))
    const { spot: _, dividend: __, ...terms } = questionOf()
    const forward = priceOption({ ...terms, model: 'black76', forward: 100 })
    expect(forward).toEqual({ ...spot, rho: -spot.price })
  })

  it('has finite figures at every edge of what may be asked', () => {
    const edges = { spot: [1e-12, 100, 1e12], strike: [1e-12, 100, 1e12], years: [0, 1e-300, 1e-9, 100] }
    const rates = { rate: [-1, 0, 5], dividend: [-1, 0, 5], volatility: [0, 1e-300, 1e-9, 10] }
    for (const question of combinations({ ...edges, ...rates })) expectFinite(question, priceOption(question))
  })
})

describe('a question about an option', () => {
  it.each([
    ['spot', 0],
    ['spot', Number.NaN],
    ['strike', -1],
    ['strike', Infinity],
    ['years', -0.1],
    ['years', 101],
    ['rate', 5.1],
    ['dividend', -1.1],
    ['volatility', 25],
    ['volatility', -0.2],
  ] as const)('is refused with its name and range when its %s is %d', (name, value) => {
    expect(() => priceOption(questionOf({ [name]: value }))).toThrow(
      expect.objectContaining({
        refusal: {
          code: 'setting-invalid',
          message: `The ${name} of an option cannot be ${value}.`,
          nextStep: expect.stringMatching(new RegExp(`^Give a ${name} from [-\\de]+ to [\\de]+`)) as string,
        },
      }) as Error,
    )
  })
})

function expectFinite(question: OptionQuestion, value: OptionValue): void {
  if (!FIGURES.every((figure) => Number.isFinite(value[figure])))
    expect.fail(`${JSON.stringify(question)} gives ${JSON.stringify(value)}`)
}

function combinations(values: Readonly<Record<string, readonly number[]>>): OptionQuestion[] {
  let found = (['call', 'put'] as const).map((type) => questionOf({ type }))
  for (const [name, options] of Object.entries(values))
    found = found.flatMap((question) => options.map((value) => ({ ...question, [name]: value })))
  return found
}
