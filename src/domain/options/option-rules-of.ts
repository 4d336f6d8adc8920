import { refusal, type Refusal } from '../failure/refusal.ts'
import type { Instrument } from '../instrument/instrument.ts'
import { CME_OPTIONS, usEquityOptions } from './american-options.ts'
import { INDIA_OPTIONS } from './india-options.ts'
import type { OptionRules } from './option-rules.ts'
import type { Ticks } from '../units/units.ts'

/** How the options of an instrument are listed, the user's description first; a refusal where we know of none. */
export function optionRulesOf(underlying: Instrument): OptionRules | Refusal {
  if (underlying.options) return underlying.options
  const known = listedByUs(underlying)
  if (known) return known
  return refusal(
    'trade-invalid',
    `We know of no options on ${underlying.symbol}.`,
    'Describe them under "options" of that instrument in instruments.json, or choose NIFTY, BANKNIFTY, SENSEX, ES, NQ or a US ticker.',
  )
}

function listedByUs({ kind, root, calendar, symbol }: Instrument): OptionRules | undefined {
  if (kind === 'index') return Object.hasOwn(INDIA_OPTIONS, root) ? INDIA_OPTIONS[root] : undefined
  if (kind === 'future') return Object.hasOwn(CME_OPTIONS, root) ? CME_OPTIONS[root] : undefined
  return kind === 'equity' && calendar === 'nyse' ? usEquityOptions(symbol) : undefined
}

/** A premium as people read it. @param px ticks of the option; an average may lie between two */
export function premiumText(underlying: Instrument, px: number): string {
  const rules = optionRulesOf(underlying)
  if (!hasOptionRules(rules)) return `${px} ticks`
  const digits = (rules.tickSize.split('.')[1] ?? '').length
  return (px * Number(rules.tickSize)).toFixed(Number.isInteger(px) ? digits : digits + 2)
}

/** Ticks a premium moves by at a price: larger steps apply from the premiums the exchange names. 1 where we know of none. */
export function premiumStep(underlying: Instrument, premium: Ticks): number {
  const rules = optionRulesOf(underlying)
  if (!hasOptionRules(rules)) return 1
  const inTicks = (text: string) => Math.round(Number(text) / Number(rules.tickSize))
  const step = rules.tickSteps?.findLast(({ from }) => premium >= inTicks(from))
  return step ? inTicks(step.tickSize) : 1
}

export function hasOptionRules(found: OptionRules | Refusal): found is OptionRules {
  return 'cycles' in found
}
