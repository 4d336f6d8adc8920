import { americanValue } from './american.ts'
import { checkOptionQuestion } from './check-option-question.ts'
import { europeanForwardValue, europeanValue } from './european.ts'
import type { OptionQuestion, OptionValue } from './option-pricing.ts'

/**
 * Price and Greeks of one option; all finite.
 *
 * @throws {Refused} setting-invalid: a number is out of its range, or an American option cannot be priced with them
 */
export function priceOption(question: OptionQuestion): OptionValue {
  checkOptionQuestion(question)
  const { type, style, strike, years, rate, volatility } = question
  if (question.model === 'black76')
    return style === 'american'
      ? americanValue(type, question.forward, strike, years, rate, rate, volatility, 'forward')
      : europeanForwardValue(type, question.forward, strike, years, rate, volatility)
  const price = style === 'american' ? americanValue : europeanValue
  return price(type, question.spot, strike, years, rate, question.dividend, volatility)
}
