import { z } from 'zod'
import { MOST_PRICED_TOGETHER } from '../domain/options/pricing-port.ts'
import { lots, minorUnits, ticks } from '../domain/units/units.ts'

/**
 * What passes between a bot and its pricing service, over the service's standard input and output: one JSON value a
 * line. The bot asks, the service answers each question once, with the `id` of the question.
 */
export const LONGEST_PRICING_LINE = 1_048_576

/** More than any position has; how many a shape may have is checked where the shape is. */
const MOST_LEGS_ASKED = 100

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

/** See `OptionLeg`; what a leg may be is checked where the shape is. */
const LegAsked = z.object({
  underlying: z.string(),
  type: z.enum(['call', 'put']),
  expiry: z.string(),
  strikePx: z.number().transform(ticks),
  quantity: z.number().transform(lots),
  premiumPx: z.number().transform(ticks),
  tickValue: z.number().transform(minorUnits),
})

const ShapeName = z.enum([
  'single',
  'vertical-spread',
  'iron-condor',
  'butterfly-spread',
  'calendar-spread',
  'straddle',
  'strangle',
])

const id = z.int().nonnegative()

export const PricingQuestion = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('price'), id, options: z.array(OptionTermsAsked).max(MOST_PRICED_TOGETHER) }),
  z.object({
    ask: z.literal('implied-volatility'),
    id,
    options: z.array(z.object({ option: OptionTermsAsked, price: z.number() })).max(MOST_PRICED_TOGETHER),
  }),
  z.object({
    ask: z.literal('check-shape'),
    id,
    legs: z.array(LegAsked).max(MOST_LEGS_ASKED),
    shape: ShapeName.optional(),
    underlyingPx: z.number(),
    market: z
      .object({
        rate: z.number(),
        dividend: z.number(),
        volatility: z.number(),
        style: z.enum(['european', 'american']),
      })
      .optional(),
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

const amount = z.int().transform(minorUnits)
const Limit = z.union([
  z.object({ kind: z.enum(['exact', 'estimate']), amount }),
  z.object({ kind: z.literal('unbounded') }),
])

const ShapeTold = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('report'),
    report: z.object({
      shape: ShapeName.exactOptional(),
      payoff: z.object({
        netPremium: amount,
        maxProfit: Limit,
        maxLoss: Limit,
        breakEvens: z.array(z.number()),
        points: z.array(z.object({ px: z.number(), amount })),
      }),
      margin: z.object({ amount, rule: z.enum(['long-premium', 'max-loss', 'naked-short', 'mixed']) }),
    }),
  }),
  z.object({
    kind: z.literal('refused'),
    refusals: z
      .array(
        z.object({
          code: z.enum(['trade-invalid', 'setting-invalid']),
          message: z.string().max(500),
          nextStep: z.string().max(500),
        }),
      )
      .min(1),
  }),
])

export const PricingAnswer = z.discriminatedUnion('to', [
  z.object({ to: z.literal('price'), id, answers: answers(OptionValueTold) }),
  z.object({ to: z.literal('implied-volatility'), id, answers: answers(ImpliedVolatilityTold) }),
  z.object({ to: z.literal('check-shape'), id, answer: ShapeTold }),
])
export type PricingAnswer = z.output<typeof PricingAnswer>
