import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { americanPriceBySpot, americanValue } from '../../../src/domain/options/american.ts'
import { priceOption } from '../../../src/domain/options/price-option.ts'
import { slopeOf } from '../../../src/domain/options/slope.ts'
import { anyAmerican, questionOf, type SpotQuestion } from '../../support/option-questions.ts'
import { quantLibCases } from '../../support/quantlib-table.ts'

const american = (changes: Partial<SpotQuestion> = {}) => questionOf({ style: 'american', ...changes })
const priceOf = (question: SpotQuestion) => priceOption(question).price
const FEW = { numRuns: 40 }
/** What an American price may be off, in strikes of 100. */
const OFF = 1e-6

describe("QuantLib's American table", () => {
  const priced = quantLibCases('american').map((one) => ({ ...one, ours: priceOption(one.question) }))

  it.each([
    ['price', 1e-8],
    ['delta', 2e-7],
    ['vega', 2e-7],
    ['rho', 2e-7],
  ] as const)('agrees on %s to %d of the strike', (figure, tolerance) => {
    for (const { question, answer, ours } of priced) {
      const size = figure === 'delta' ? 1 : question.strike
      if (Math.abs(ours[figure] - answer[figure]!) > tolerance * size)
        expect.fail(`${figure} of ${JSON.stringify(question)} is ${ours[figure]}, QuantLib says ${answer[figure]}`)
    }
  })
})

describe('an American option', () => {
  it('is worth at least the European one and at least what exercising it brings', () => {
    fc.assert(
      fc.property(anyAmerican, (question) => {
        const price = priceOf(question)
        const sign = question.type === 'call' ? 1 : -1
        expect(price).toBeGreaterThanOrEqual(priceOf({ ...question, style: 'european' }) - OFF)
        expect(price).toBeGreaterThanOrEqual(Math.max(0, sign * (question.spot - question.strike)) - OFF)
        expect(price).toBeLessThanOrEqual(question.type === 'call' ? question.spot : question.strike)
      }),
      FEW,
    )
  })

  it('is worth more with more time and more volatility', () => {
    fc.assert(
      fc.property(anyAmerican, (question) => {
        const price = priceOf(question)
        expect(priceOf({ ...question, years: question.years * 1.2 })).toBeGreaterThanOrEqual(price - OFF)
        expect(priceOf({ ...question, volatility: question.volatility * 1.2 })).toBeGreaterThanOrEqual(price - OFF)
      }),
      FEW,
    )
  })

  it('keeps its bounds of put-call parity', () => {
    fc.assert(
      fc.property(anyAmerican, (question) => {
        const { spot, strike, years, rate, dividend } = question
        const difference = priceOf({ ...question, type: 'call' }) - priceOf({ ...question, type: 'put' })
        expect(difference).toBeGreaterThanOrEqual(spot * Math.exp(-dividend * years) - strike - OFF)
        expect(difference).toBeLessThanOrEqual(spot - strike * Math.exp(-rate * years) + OFF)
      }),
      FEW,
    )
  })

  it('has a delta and a gamma that are the slopes of the price, and a theta that is the slope in time', () => {
    for (const question of [
      american({ type: 'put' }),
      american({ type: 'put', spot: 90, rate: 0.08, dividend: 0 }),
      american({ type: 'call', spot: 110, dividend: 0.07 }),
      american({ type: 'put', rate: 0, dividend: -0.02 }),
    ]) {
      const value = priceOption(question)
      const { spot, years } = question
      expect(value.delta).toBeCloseTo(
        slopeOf((at) => priceOf({ ...question, spot: at }), spot, 0.5),
        5,
      )
      expect(value.gamma).toBeCloseTo(
        slopeOf((at) => priceOption({ ...question, spot: at }).delta, spot, 0.5),
        5,
      )
      expect(value.theta).toBeCloseTo(-slopeOf((at) => priceOf({ ...question, years: at }), years, 0.01), 4)
    }
  })

  it('is the European one where waiting costs nothing', () => {
    for (const question of [
      american({ type: 'call', dividend: 0 }),
      american({ type: 'put', rate: 0 }),
      american({ type: 'put', rate: -0.02, dividend: 0.01 }),
      american({ type: 'call', dividend: -0.02, rate: 0.01 }),
    ])
      expect(priceOption(question)).toEqual(priceOption({ ...question, style: 'european' }))
  })

  it('nears the perpetual option, whose price is known in closed form', () => {
    // McKean 1965: the put is exercised below B = K λ/(λ - 1), and worth (K - B)(S/B)^λ above it.
    const [rate, volatility] = [0.06, 0.3]
    const power = (-2 * rate) / volatility ** 2
    const boundary = (100 * power) / (power - 1)
    const perpetual = (100 - boundary) * (100 / boundary) ** power
    expect(priceOf(american({ type: 'put', rate, volatility, dividend: 0, years: 100 }))).toBeCloseTo(perpetual, 1)
    const above = american({ type: 'put', spot: boundary * 0.999, rate, volatility, dividend: 0, years: 100 })
    expect(priceOption(above)).toMatchObject({
      price: 100 - above.spot,
      delta: -1,
      gamma: 0,
      vega: 0,
      theta: 0,
      rho: 0,
    })
  })

  it('agrees with a binomial tree, which knows nothing of boundaries', () => {
    for (const question of [
      american({ type: 'put', rate: 0.1, dividend: 0, spot: 95 }),
      american({ type: 'call', rate: 0.03, dividend: 0.07, years: 3, volatility: 0.35 }),
      american({ type: 'put', rate: 0.02, dividend: 0.06, volatility: 0.5 }),
      american({ type: 'put', rate: 0, dividend: -0.03 }),
    ])
      expect(Math.abs(priceOf(question) - binomialPrice(question, 1_500))).toBeLessThan(6e-3)
  })

  it('on a forward is worth more than the European one on either side', () => {
    for (const type of ['call', 'put'] as const) {
      const forward = {
        type,
        model: 'black76',
        forward: 100,
        strike: 100,
        years: 1,
        rate: 0.08,
        volatility: 0.2,
      } as const
      const early = priceOption({ ...forward, style: 'american' })
      expect(early.price).toBeGreaterThan(priceOption({ ...forward, style: 'european' }).price + 0.01)
      const rho = slopeOf((rate) => priceOption({ ...forward, rate, style: 'american' }).price, 0.08, 1e-3)
      expect(early.rho).toBeCloseTo(rho, 4)
    }
  })

  it('without volatility is exercised at the best of all times', () => {
    expect(priceOption(american({ type: 'put', spot: 90, volatility: 0 }))).toMatchObject({ price: 10, delta: -1 })
    const late = priceOption(american({ volatility: 0 }))
    expect(late).toEqual(priceOption(questionOf({ volatility: 0 })))
    // Interest on 100 exceeds the dividends of the first years only: the best time lies between now and expiry.
    const between = american({ spot: 150, rate: 0.02, dividend: 0.01, years: 80, volatility: 0 })
    const best = Math.log((0.02 * 100) / (0.01 * 150)) / 0.01
    const { price, delta, gamma, rho, theta } = priceOption(between)
    expect(price).toBeCloseTo(150 * Math.exp(-0.01 * best) - 100 * Math.exp(-0.02 * best), 10)
    expect(delta).toBeCloseTo(
      slopeOf((spot) => priceOf({ ...between, spot }), 150, 0.1),
      7,
    )
    expect(gamma).toBeCloseTo(
      slopeOf((spot) => priceOption({ ...between, spot }).delta, 150, 0.1),
      7,
    )
    expect(rho).toBeCloseTo(
      slopeOf((rate) => priceOf({ ...between, rate }), 0.02, 1e-5),
      3,
    )
    expect(theta).toBe(0)
  })

  it('at expiry is worth what exercising it brings', () => {
    const figures = { delta: -1, gamma: 0, vega: 0, theta: 0, rho: 0 }
    expect(priceOption(american({ type: 'put', spot: 90, years: 0 }))).toEqual({ price: 10, ...figures })
    expect(priceOption(american({ spot: 90, years: 0 })).price).toBe(0)
  })

  it.each([
    ['put', { rate: -0.01, dividend: -0.03 }, 'An American put cannot be priced while dividend is below rate'],
    ['call', { rate: -0.03, dividend: -0.01 }, 'An American call cannot be priced while rate is below dividend'],
  ] as const)('is refused where a %s would have two boundaries', (type, rates, said) => {
    expect(() => priceOption(american({ type, ...rates }))).toThrow(said)
  })

  it('has finite figures or a refusal, never less, all over what may be asked', () => {
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
    const [size, time, wild] = [number(-12, 12), number(-9, 2), number(-6, 1)]
    const power = (x: number) => 10 ** x
    const wide = fc.record({ spot: size.map(power), strike: size.map(power), years: time.map(power) })
    const rates = fc.record({ rate: number(-1, 5), dividend: number(-1, 5), volatility: wild.map(power) })
    fc.assert(
      fc.property(fc.constantFrom('call', 'put'), wide, rates, (type, terms, more) => {
        try {
          const value = priceOption(american({ type, ...terms, ...more }))
          expect(Object.values(value).every(Number.isFinite)).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ refusal: { code: 'setting-invalid' } })
        }
      }),
      { numRuns: 150 },
    )
  })
})

/** Cox, Ross and Rubinstein 1979. */
function binomialPrice({ type, spot, strike, years, rate, dividend, volatility }: SpotQuestion, steps: number): number {
  const sign = type === 'call' ? 1 : -1
  const span = years / steps
  const up = Math.exp(volatility * Math.sqrt(span))
  const chance = (Math.exp((rate - dividend) * span) - 1 / up) / (up - 1 / up)
  const discount = Math.exp(-rate * span)
  const worth = (step: number, ups: number) => Math.max(0, sign * (spot * up ** (2 * ups - step) - strike))
  const values = Float64Array.from({ length: steps + 1 }, (_, ups) => worth(steps, ups))
  for (let step = steps - 1; step >= 0; step--)
    for (let ups = 0; ups <= step; ups++)
      values[ups] = Math.max(worth(step, ups), discount * (chance * values[ups + 1]! + (1 - chance) * values[ups]!))
  return values[0]!
}

describe('American prices at many spots', () => {
  it('are the prices asked for one by one', () => {
    fc.assert(
      fc.property(anyAmerican, ({ type, strike, years, rate, dividend, volatility }) => {
        const priceAt = americanPriceBySpot(type, strike, years, rate, dividend, volatility)
        for (const spot of [strike / 2, strike, strike * 1.3])
          expect(priceAt(spot)).toBeCloseTo(
            americanValue(type, spot, strike, years, rate, dividend, volatility).price,
            9,
          )
      }),
      { numRuns: 15 },
    )
  })
})
