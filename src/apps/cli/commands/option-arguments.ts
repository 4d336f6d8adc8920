import { refuse } from '../../../domain/failure/refusal.ts'
import type { ExerciseStyle, OptionQuestion, OptionType, PricingModel } from '../../../domain/options/option-pricing.ts'

/** The market and the terms of one option, as they are typed. */
export type OptionTermOptions = Readonly<{
  type: string
  spot?: string
  forward?: string
  strike: string
  years: string
  rate: string
  dividend?: string
  style?: string
  model: string
}>

const TYPES: readonly OptionType[] = ['call', 'put']
const STYLES: readonly ExerciseStyle[] = ['european', 'american']
const MODELS: readonly PricingModel[] = ['bsm', 'black76']

/**
 * @param volatility what it is priced with
 * @throws {Refused} bad-usage
 */
export function optionQuestion(options: OptionTermOptions, volatility: number): OptionQuestion {
  const model = oneOf(MODELS, options.model, '--model')
  const terms = {
    type: oneOf(TYPES, options.type, '--type'),
    style: oneOf(STYLES, options.style ?? 'european', '--style'),
    strike: numberOf(options.strike, '--strike'),
    years: numberOf(options.years, '--years'),
    rate: numberOf(options.rate, '--rate'),
    volatility,
  }
  if (model === 'black76') {
    refuseGiven(options.spot, '--spot', model, 'Give --forward instead.')
    refuseGiven(options.dividend, '--dividend', model, 'Leave it out: the forward has dividends in it.')
    const forward = needed(options.forward, '--forward', model)
    return { ...terms, model, forward: numberOf(forward, '--forward') }
  }
  refuseGiven(options.forward, '--forward', model, 'Give --spot instead, or --model black76.')
  const spot = numberOf(needed(options.spot, '--spot', model), '--spot')
  return { ...terms, model, spot, dividend: numberOf(options.dividend ?? '0', '--dividend') }
}

/** @throws {Refused} bad-usage */
export function oneOf<Name extends string>(names: readonly Name[], text: string, option: string): Name {
  const found = names.find((name) => name === text)
  return (
    found ?? refuse('bad-usage', `${JSON.stringify(text)} is no value for ${option}.`, `Give ${names.join(' or ')}.`)
  )
}

/** @throws {Refused} bad-usage */
export function numberOf(text: string, option: string): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  return refuse('bad-usage', `${JSON.stringify(text)} is no value for ${option}.`, 'Give a number, such as 0.05.')
}

function needed(text: string | undefined, option: string, model: PricingModel): string {
  return text ?? refuse('bad-usage', `The model ${model} needs ${option}.`, 'See: slipway option price --help')
}

function refuseGiven(text: string | undefined, option: string, model: PricingModel, nextStep: string): void {
  if (text !== undefined) refuse('bad-usage', `The model ${model} has no ${option}.`, nextStep)
}
