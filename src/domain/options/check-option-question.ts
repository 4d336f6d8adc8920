import { refuse } from '../failure/refusal.ts'
import type { OptionQuestion } from './option-pricing.ts'

type NumberName = 'spot' | 'forward' | 'strike' | 'years' | 'rate' | 'dividend' | 'volatility'
type Range = Readonly<{ least: number; most: number; unit: string }>

/** What may be asked; within it every answer is a finite number. */
export const OPTION_RANGES = {
  spot: { least: 1e-12, most: 1e12, unit: 'a price' },
  forward: { least: 1e-12, most: 1e12, unit: 'a price' },
  strike: { least: 1e-12, most: 1e12, unit: 'a price' },
  years: { least: 0, most: 100, unit: 'years to expiry' },
  rate: { least: -1, most: 5, unit: 'a fraction per year, 0.05 is 5 %' },
  dividend: { least: -1, most: 5, unit: 'a fraction per year, 0.05 is 5 %' },
  volatility: { least: 0, most: 10, unit: 'a fraction per year, 0.2 is 20 %' },
} as const satisfies Record<NumberName, Range>

/** @throws {Refused} setting-invalid: a number is out of its range, or is none */
export function checkOptionQuestion(question: OptionQuestion): void {
  if (question.model === 'black76') check('forward', OPTION_RANGES.forward, question.forward)
  else {
    check('spot', OPTION_RANGES.spot, question.spot)
    check('dividend', OPTION_RANGES.dividend, question.dividend)
  }
  check('strike', OPTION_RANGES.strike, question.strike)
  check('years', OPTION_RANGES.years, question.years)
  check('rate', OPTION_RANGES.rate, question.rate)
  check('volatility', OPTION_RANGES.volatility, question.volatility)
}

function check(name: NumberName, range: Range, value: number): void {
  if (!(value >= range.least && value <= range.most)) refuseOutOfRange(name, range, value)
}

function refuseOutOfRange(name: NumberName, { least, most, unit }: Range, value: number): never {
  refuse(
    'setting-invalid',
    `The ${name} of an option cannot be ${value}.`,
    `Give a ${name} from ${least} to ${most} (${unit}).`,
  )
}
