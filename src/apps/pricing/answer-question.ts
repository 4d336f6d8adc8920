import type { PricingAnswer, PricingQuestion } from '../../contracts/pricing-protocol.ts'
import { Refused, type Refusal } from '../../domain/failure/refusal.ts'
import { assessShape, type ShapeQuestion } from '../../domain/options/assess-shape.ts'
import { impliedVolatility } from '../../domain/options/implied-volatility.ts'
import { priceOption } from '../../domain/options/price-option.ts'

/** The answer to one question. @throws whatever is a bug: the process ends by it, and the bot is told that it did */
export function answerQuestion(question: PricingQuestion): PricingAnswer {
  const { id } = question
  switch (question.ask) {
    case 'price':
      return { to: 'price', id, answers: question.options.map((option) => each(() => priceOption(option))) }
    case 'implied-volatility':
      return {
        to: 'implied-volatility',
        id,
        answers: question.options.map(({ option, price }) => each(() => impliedVolatility(option, price))),
      }
    case 'check-shape': {
      const { legs, shape, underlyingPx, market } = question
      const asked = { legs, underlyingPx, ...(shape && { shape }), ...(market && { market }) }
      return { to: 'check-shape', id, answer: shapeAnswer(asked) }
    }
  }
}

type ShapeTold = Extract<PricingAnswer, { to: 'check-shape' }>['answer']

function shapeAnswer(asked: ShapeQuestion): ShapeTold {
  try {
    const answer = assessShape(asked)
    if (answer.kind === 'report') {
      const { shape, payoff, margin } = answer.report
      const { breakEvens, points } = payoff
      const plain = { ...payoff, breakEvens: [...breakEvens], points: [...points] }
      return { kind: 'report', report: { ...(shape && { shape }), payoff: plain, margin } }
    }
    return { kind: 'refused', refusals: answer.refusals.map((each) => ({ ...each, code: 'trade-invalid' })) }
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'setting-invalid') throw error
    return { kind: 'refused', refusals: [{ ...error.refusal, code: 'setting-invalid' }] }
  }
}

type Each<T> = { kind: 'priced'; value: T } | { kind: 'refused'; refusal: Refusal & { code: 'setting-invalid' } }

function each<T>(work: () => T): Each<T> {
  try {
    return { kind: 'priced', value: work() }
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'setting-invalid') throw error
    return { kind: 'refused', refusal: { ...error.refusal, code: 'setting-invalid' } }
  }
}
