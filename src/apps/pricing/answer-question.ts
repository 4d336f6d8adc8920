import type { PricingAnswer, PricingQuestion } from '../../contracts/pricing-protocol.ts'
import { Refused, type Refusal } from '../../domain/failure/refusal.ts'
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
