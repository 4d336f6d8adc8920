import type { PricingAnswer, PricingQuestion } from '../../contracts/pricing-protocol.ts'
import { Refused, refusal, type Refusal } from '../../domain/failure/refusal.ts'
import { MOST_LEGS, type ShapeAnswer, type ShapeQuestion } from '../../domain/options/assess-shape.ts'
import { checkOptionQuestion } from '../../domain/options/check-option-question.ts'
import type { ImpliedVolatility } from '../../domain/options/implied-volatility.ts'
import { isPlausibleReport, isPlausibleValue, isPlausibleVolatility } from '../../domain/options/judge-answer.ts'
import type { OptionQuestion, OptionValue } from '../../domain/options/option-pricing.ts'
import {
  MOST_PRICED_TOGETHER,
  type EachPricing,
  type ImpliedVolatilityQuestion,
} from '../../domain/options/pricing-port.ts'
import { legViolation } from '../../domain/options/shape-leg.ts'

/** One kind of question: how it is put, and what of an answer is believed. */
export type Topic<Asked, Value> = Readonly<{
  /** @returns undefined where the service need not be asked */
  question: (asked: Asked, id: number) => PricingQuestion | undefined
  /** The answer, where the service need not be asked. */
  answerAlone: (asked: Asked) => Value
  /** @returns undefined where the answer cannot be one to this question */
  valueOf: (asked: Asked, answer: PricingAnswer) => Value | undefined
}>

/** Several questions of which some can be refused without asking: those do not reach the service. */
function batch<Item, Value, Ask extends PricingQuestion['ask']>(
  parts: Readonly<{
    ask: Ask
    refuse: (item: Item) => Refusal | undefined
    question: (items: readonly Item[], id: number) => PricingQuestion
    answersOf: (answer: PricingAnswer) => readonly EachPricing<Value>[] | undefined
    isPlausible: (item: Item, value: Value) => boolean
  }>,
): Topic<readonly Item[], readonly EachPricing<Value>[]> {
  const allowed = (items: readonly Item[]) => items.filter((item) => !parts.refuse(item))
  const merge = (items: readonly Item[], told: readonly EachPricing<Value>[]) => {
    let next = 0
    return items.map((item): EachPricing<Value> => {
      const refused = parts.refuse(item)
      return refused ? { kind: 'refused', refusal: refused } : told[next++]!
    })
  }
  return {
    question: (items, id) => {
      if (items.length > MOST_PRICED_TOGETHER) throw new RangeError(`${items.length} options in one question`)
      const asked = allowed(items)
      return asked.length === 0 ? undefined : parts.question(asked, id)
    },
    answerAlone: (items) => merge(items, []),
    valueOf: (items, answer) => {
      const asked = allowed(items)
      const told = parts.answersOf(answer)
      const isBelieved = (each: EachPricing<Value>, at: number) =>
        each.kind === 'refused' || parts.isPlausible(asked[at]!, each.value)
      return told?.length === asked.length && told.every(isBelieved) ? merge(items, told) : undefined
    },
  }
}

export const PRICES = batch<OptionQuestion, OptionValue, 'price'>({
  ask: 'price',
  refuse: refusalOf,
  question: (options, id) => ({ ask: 'price', id, options: [...options] }),
  answersOf: (answer) => (answer.to === 'price' ? answer.answers : undefined),
  isPlausible: isPlausibleValue,
})

export const VOLATILITIES = batch<ImpliedVolatilityQuestion, ImpliedVolatility, 'implied-volatility'>({
  ask: 'implied-volatility',
  refuse: ({ option, price }) =>
    refusalOf(withoutVolatility(option)) ??
    (Number.isFinite(price)
      ? undefined
      : refusal('setting-invalid', `The price of an option cannot be ${price}.`, 'Give a price as a number.')),
  question: (options, id) => ({
    ask: 'implied-volatility',
    id,
    options: options.map(({ option, price }) => ({ option: withoutVolatility(option), price })),
  }),
  answersOf: (answer) => (answer.to === 'implied-volatility' ? answer.answers : undefined),
  isPlausible: isPlausibleVolatility,
})

/** A question that JSON cannot carry, or with a leg that is none, is answered here. */
export const SHAPES: Topic<ShapeQuestion, ShapeAnswer> = {
  question: (asked, id) => {
    if (refusalsOf(asked).length > 0) return undefined
    const { legs, shape, underlyingPx, market } = asked
    return { ask: 'check-shape', id, legs: [...legs], shape, underlyingPx, market }
  },
  answerAlone: (asked) => ({ kind: 'refused', refusals: refusalsOf(asked) }),
  valueOf: (asked, answer) => {
    if (answer.to !== 'check-shape') return undefined
    const told = answer.answer
    return told.kind === 'refused' || isPlausibleReport(asked, told.report) ? told : undefined
  },
}

function refusalsOf({ legs, underlyingPx, market }: ShapeQuestion): readonly Refusal[] {
  if (legs.length > MOST_LEGS)
    return [refusal('trade-invalid', `${legs.length} is no number of legs.`, `Give 1 to ${MOST_LEGS}.`)]
  const broken = legs.map(legViolation).filter((violation) => violation !== undefined)
  if (broken.length > 0) return broken
  if (!Number.isFinite(underlyingPx))
    return [refusal('trade-invalid', `${underlyingPx} is no price of the underlying.`, 'Give a price above 0.')]
  const odd = Object.entries(market ?? {}).find(([, value]) => typeof value === 'number' && !Number.isFinite(value))
  return odd ? [refusal('setting-invalid', `The ${odd[0]} cannot be ${odd[1]}.`, 'Give it as a number per year.')] : []
}

/** What is looked for is not told; whatever stood there need not be a number. */
const withoutVolatility = (option: OptionQuestion): OptionQuestion => ({ ...option, volatility: 0 })

function refusalOf(question: OptionQuestion): Refusal | undefined {
  try {
    checkOptionQuestion(question)
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
}

const SURE: OptionQuestion = {
  model: 'bsm',
  type: 'call',
  style: 'european',
  spot: 100,
  dividend: 0,
  strike: 60,
  years: 1,
  rate: 0,
  volatility: 0,
}

/** Asked of every process before anything else: without volatility and rate an option is worth the difference. */
export const PROBE = {
  question: (id: number): PricingQuestion => ({ ask: 'price', id, options: [SURE] }),
  isRight: (answer: PricingAnswer): boolean => {
    const [told] = PRICES.valueOf([SURE], answer) ?? []
    return (
      told?.kind === 'priced' &&
      Math.abs(told.value.price - (SURE.model === 'bsm' ? SURE.spot - SURE.strike : 0)) < 1e-9
    )
  },
}
