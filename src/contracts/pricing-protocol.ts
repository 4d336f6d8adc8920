import { z } from 'zod'
import { MOST_PRICED_TOGETHER } from '../domain/options/pricing-port.ts'

/**
 * What passes between a bot and its pricing service, over the service's standard input and output: one JSON value a
 * line. The bot asks, the service answers each question once, with the `id` of the question.
 */
export const LONGEST_PRICING_LINE = 1_048_576

const terms = {
  type: z.enum(['call', 'put']),
  style: z.enum(['european', 'american']),
  strike: z.number(),
  years: z.number(),
  rate: z.number(),
  volatility: z.number(),
}

/** See `OptionQuestion` for units; ranges are checked where it is priced. */
export const OptionTermsAsked = z.discriminatedUnion('model', [
  z.object({ ...terms, model: z.literal('bsm'), spot: z.number(), dividend: z.number() }),
  z.object({ ...terms, model: z.literal('black76'), forward: z.number() }),
])

const id = z.int().nonnegative()

export const PricingQuestion = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('price'), id, options: z.array(OptionTermsAsked).max(MOST_PRICED_TOGETHER) }),
  z.object({
    ask: z.literal('implied-volatility'),
    id,
    options: z.array(z.object({ option: OptionTermsAsked, price: z.number() })).max(MOST_PRICED_TOGETHER),
  }),
])
export type PricingQuestion = z.output<typeof PricingQuestion>

/** The service refuses only what no mathematics it has can answer; anything else it says is garbage. */
const refusedItem = z.object({
  kind: z.literal('refused'),
  refusal: z.object({
    code: z.literal('setting-invalid'),
    message: z.string().max(500),
    nextStep: z.string().max(500),
  }),
})

const answers = <Value extends z.ZodType>(value: Value) =>
  z.array(z.discriminatedUnion('kind', [z.object({ kind: z.literal('priced'), value }), refusedItem]))

/** A number JSON can hold is finite. */
const OptionValueTold = z.object({
  price: z.number(),
  delta: z.number(),
  gamma: z.number(),
  vega: z.number(),
  theta: z.number(),
  rho: z.number(),
})

const ImpliedVolatilityTold = z.union([
  z.object({ kind: z.literal('found'), volatility: z.number() }),
  z.object({ kind: z.literal('none'), reason: z.literal('expired') }),
  z.object({ kind: z.literal('none'), reason: z.enum(['below-bounds', 'above-bounds']), bound: z.number() }),
])

export const PricingAnswer = z.discriminatedUnion('to', [
  z.object({ to: z.literal('price'), id, answers: answers(OptionValueTold) }),
  z.object({ to: z.literal('implied-volatility'), id, answers: answers(ImpliedVolatilityTold) }),
])
export type PricingAnswer = z.output<typeof PricingAnswer>
