import fc from 'fast-check'
import type { OptionQuestion } from '../../src/domain/options/option-pricing.ts'

export type SpotQuestion = Extract<OptionQuestion, { model: 'bsm' }>

/** A call at the money: the example of most textbooks. */
export function questionOf(changes: Partial<SpotQuestion> = {}): SpotQuestion {
  const example = { type: 'call', style: 'european', model: 'bsm', spot: 100, strike: 100, years: 1 } as const
  return { ...example, rate: 0.05, dividend: 0.02, volatility: 0.2, ...changes }
}

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true })

/** European options as they are traded, and somewhat beyond. */
export const anyQuestion: fc.Arbitrary<SpotQuestion> = fc.record({
  type: fc.constantFrom('call', 'put'),
  style: fc.constant('european' as const),
  model: fc.constant('bsm' as const),
  spot: between(20, 300),
  strike: between(20, 300),
  years: between(0.003, 10),
  rate: between(-0.05, 0.2),
  dividend: between(-0.05, 0.2),
  volatility: between(0.02, 2),
})

/** American options with one exercise boundary. */
export const anyAmerican: fc.Arbitrary<SpotQuestion> = fc.record({
  type: fc.constantFrom('call', 'put'),
  style: fc.constant('american' as const),
  model: fc.constant('bsm' as const),
  spot: between(60, 160),
  strike: fc.constant(100),
  years: between(0.01, 5),
  rate: between(0, 0.15),
  dividend: between(0, 0.15),
  volatility: between(0.05, 1),
})
