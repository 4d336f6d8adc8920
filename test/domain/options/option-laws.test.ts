import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { priceOption } from '../../../src/domain/options/price-option.ts'
import { slopeOf } from '../../../src/domain/options/slope.ts'
import { anyQuestion, type SpotQuestion } from '../../support/option-questions.ts'

const priceOf = (question: SpotQuestion, changes: Partial<SpotQuestion> = {}) =>
  priceOption({ ...question, ...changes }).price
const TINY = 1e-11

describe('European options', () => {
  it('keep put-call parity', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { spot, strike, years, rate, dividend } = question
        const forward = spot * Math.exp(-dividend * years) - strike * Math.exp(-rate * years)
        const difference = priceOf(question, { type: 'call' }) - priceOf(question, { type: 'put' })
        expect(Math.abs(difference - forward)).toBeLessThan(1e-10)
      }),
    )
  })

  it('stay between what is certain and what cannot be exceeded', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { type, spot, strike, years, rate, dividend } = question
        const [stock, cash] = [spot * Math.exp(-dividend * years), strike * Math.exp(-rate * years)]
        const price = priceOf(question)
        expect(price).toBeGreaterThanOrEqual(Math.max(0, type === 'call' ? stock - cash : cash - stock) - TINY)
        expect(price).toBeLessThanOrEqual((type === 'call' ? stock : cash) + TINY)
      }),
    )
  })

  it('are monotone and convex in the spot and the strike, and grow with volatility', () => {
    const share = fc.double({ min: 0.001, max: 0.5, noNaN: true })
    fc.assert(
      fc.property(anyQuestion, share, (question, part) => {
        const sign = question.type === 'call' ? 1 : -1
        const { spot, strike, volatility } = question
        const at = priceOf(question)
        const [less, more] = [
          priceOf(question, { spot: spot * (1 - part) }),
          priceOf(question, { spot: spot * (1 + part) }),
        ]
        expect(sign * (more - at)).toBeGreaterThanOrEqual(-TINY)
        expect(less + more - 2 * at).toBeGreaterThanOrEqual(-4 * TINY)
        expect(sign * (at - priceOf(question, { strike: strike * (1 + part) }))).toBeGreaterThanOrEqual(-TINY)
        expect(priceOf(question, { volatility: volatility * (1 + part) })).toBeGreaterThanOrEqual(at - TINY)
      }),
    )
  })

  it('grow with time where waiting costs nothing: a call without dividends, a put without interest', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const free: SpotQuestion =
          question.type === 'call'
            ? { ...question, dividend: 0, rate: Math.abs(question.rate) }
            : { ...question, rate: 0, dividend: Math.abs(question.dividend) }
        expect(priceOf(free, { years: free.years * 1.1 })).toBeGreaterThanOrEqual(priceOf(free) - TINY)
      }),
    )
  })

  it('are worth the same in another currency', () => {
    fc.assert(
      fc.property(anyQuestion, fc.double({ min: 0.01, max: 100, noNaN: true }), (question, rate) => {
        const { spot, strike } = question
        const converted = priceOf(question, { spot: spot * rate, strike: strike * rate }) / rate
        expect(converted).toBeCloseTo(priceOf(question), 9)
      }),
    )
  })

  it('have Greeks that are the slopes of the price', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { spot, strike, years, rate, dividend, volatility } = question
        const { delta, gamma, vega, theta, rho } = priceOption(question)
        const deviation = volatility * Math.sqrt(years)
        const step = Math.min(0.02, deviation / 20)
        // Time and volatility move d1 by this much per relative change of theirs: a step must keep d1 nearly still.
        const pull = (Math.abs(Math.log(spot / strike)) + Math.abs(rate - dividend) * years) / deviation
        const scale = Math.min(0.02, 0.05 / pull)
        const tolerance = (of: number) => 1e-5 * Math.max(1, spot, strike, Math.abs(of))
        const expectSlope = (greek: number, slope: number) =>
          expect(Math.abs(greek - slope)).toBeLessThan(tolerance(greek))
        expectSlope(
          delta,
          slopeOf((at) => priceOf(question, { spot: at }), spot, spot * step),
        )
        expectSlope(
          gamma,
          slopeOf((at) => priceOption({ ...question, spot: at }).delta, spot, spot * step),
        )
        expectSlope(
          vega,
          slopeOf((at) => priceOf(question, { volatility: at }), volatility, volatility * scale),
        )
        expectSlope(
          -theta,
          slopeOf((at) => priceOf(question, { years: at }), years, years * scale),
        )
        expectSlope(
          rho,
          slopeOf((at) => priceOf(question, { rate: at }), rate, 1e-3 * Math.min(1, deviation)),
        )
      }),
    )
  })
})
