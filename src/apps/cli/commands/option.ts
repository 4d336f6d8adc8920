import { refuse } from '../../../domain/failure/refusal.ts'
import type { ExerciseStyle, OptionQuestion, OptionType, PricingModel } from '../../../domain/options/option-pricing.ts'
import { priceOption } from '../../../domain/options/price-option.ts'
import type { Cli } from '../cli.ts'

export type OptionPriceOptions = Readonly<{
  type: string
  spot?: string
  forward?: string
  strike: string
  years: string
  rate: string
  dividend?: string
  vol: string
  style: string
  model: string
}>

const TYPES: readonly OptionType[] = ['call', 'put']
const STYLES: readonly ExerciseStyle[] = ['european', 'american']
const MODELS: readonly PricingModel[] = ['bsm', 'black76']

/** `slipway option price`: what an option is worth, and how that moves. */
export function optionPrice(cli: Cli, options: OptionPriceOptions): number {
  const question = questionOf(options)
  const { price, delta, gamma, vega, theta, rho } = priceOption(question)
  cli.out.answer({ price, delta, gamma, vega, theta, rho }, () => {
    const underlying = question.model === 'black76' ? 'forward' : 'spot'
    const rows: readonly (readonly [string, number, string])[] = [
      ['price', price, 'in the unit of the strike'],
      ['delta', delta, `price per 1 of the ${underlying}`],
      ['gamma', gamma, `delta per 1 of the ${underlying}`],
      ['vega', vega, 'price per 1.00 of volatility (100 points)'],
      ['theta', theta, 'price per year that passes'],
      ['rho', rho, 'price per 1.00 of the rate (100 points)'],
    ]
    cli.out.table(
      [
        { title: 'FIGURE', text: ([name]) => name },
        { title: 'VALUE', text: ([, value]) => Number(value.toPrecision(10)), align: 'right' },
        { title: 'UNIT', text: ([, , unit]) => unit, flexible: true },
      ],
      rows,
    )
  })
  return 0
}

function questionOf(options: OptionPriceOptions): OptionQuestion {
  const model = oneOf(MODELS, options.model, '--model')
  const terms = {
    type: oneOf(TYPES, options.type, '--type'),
    style: oneOf(STYLES, options.style, '--style'),
    strike: numberOf(options.strike, '--strike'),
    years: numberOf(options.years, '--years'),
    rate: numberOf(options.rate, '--rate'),
    volatility: numberOf(options.vol, '--vol'),
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

function oneOf<Name extends string>(names: readonly Name[], text: string, option: string): Name {
  const found = names.find((name) => name === text)
  return (
    found ?? refuse('bad-usage', `${JSON.stringify(text)} is no value for ${option}.`, `Give ${names.join(' or ')}.`)
  )
}

function numberOf(text: string, option: string): number {
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
