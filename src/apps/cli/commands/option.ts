import { impliedVolatility } from '../../../domain/options/implied-volatility.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { priceOption } from '../../../domain/options/price-option.ts'
import type { Cli } from '../cli.ts'
import { numberOf, optionQuestion, type OptionTermOptions } from './option-arguments.ts'

export type OptionPriceOptions = OptionTermOptions & Readonly<{ vol: string }>
export type OptionIvOptions = OptionTermOptions & Readonly<{ price: string }>

/** `slipway option price`: what an option is worth, and how that moves. */
export function optionPrice(cli: Cli, options: OptionPriceOptions): number {
  const question = optionQuestion(options, numberOf(options.vol, '--vol'))
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

/** `slipway option iv`: the volatility at which a European option has a price. */
export function optionIv(cli: Cli, options: OptionIvOptions): number {
  const found = impliedVolatility(optionQuestion(options, 0), numberOf(options.price, '--price'))
  if (found.kind === 'none')
    return refuse(
      'setting-invalid',
      found.reason === 'expired'
        ? 'An option at its expiry has the same price at every volatility.'
        : `The option is always worth ${found.reason === 'below-bounds' ? 'more' : 'less'} than ${found.bound}.`,
      found.reason === 'expired' ? 'Give --years above 0.' : 'Check the price, and that all figures are of one moment.',
    )
  const { volatility } = found
  cli.out.answer({ volatility }, () =>
    cli.out.line(`${Number((volatility * 100).toPrecision(10))} % a year (${volatility})`),
  )
  return 0
}
