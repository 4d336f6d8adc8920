import { tickSize, type Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { europeanValue } from '../../domain/options/european.ts'
import { intrinsicTicks, yearsTo } from '../../domain/options/option-instrument.ts'
import { premiumStep } from '../../domain/options/option-rules-of.ts'
import { quickAmerican } from './quick-american.ts'
import { ticks, type EpochMs, type Ticks } from '../../domain/units/units.ts'

/** What the simulated venue makes option prices from. Fractions per year; 0.15 is 15 %. */
export type OptionTerms = Readonly<{
  volatility: number
  rate: number
  /** Between bid and ask, ticks of the option. */
  spreadTicks: number
}>

/**
 * The bar of an option, from a bar of its underlying: Black–Scholes–Merton without dividends on a spot, Black 1976 on a
 * future; where an American option may pay to be exercised early, a quick approximation of its price. Each price rounded to the nearest tick that it may be quoted at. Volume is 0, which does not
 * limit: a model has no depth.
 *
 * A call is at its high where the underlying is, a put where the underlying is at its low. All four prices are of the
 * bar's start, so that time value falls from bar to bar and never inside one.
 *
 * @param until when the option expires
 */
export function optionBar(
  option: Instrument,
  underlying: Instrument,
  bar: Readonly<Bar>,
  until: EpochMs,
  terms: OptionTerms,
): Bar {
  const px = (at: Ticks) => optionPx(option, underlying, at, yearsTo(until, bar.time), terms)
  const one = px(bar.high)
  const other = px(bar.low)
  return {
    time: bar.time,
    open: px(bar.open),
    high: ticks(Math.max(one, other)),
    low: ticks(Math.min(one, other)),
    close: px(bar.close),
    volume: 0,
  }
}

/**
 * Price of an option in its ticks, when its underlying is at `at` ticks of its own.
 *
 * @param years to expiry; at 0 the answer is the intrinsic value
 */
export function optionPx(
  option: Instrument,
  underlying: Instrument,
  at: Ticks,
  years: number,
  terms: OptionTerms,
): Ticks {
  if (years === 0 || at <= 0) return intrinsicTicks(option, underlying, at)
  const premium = valueOf(optionTermsOf(option), at * tickSize(underlying), isForward(underlying), years, terms)
  const quoted = premium / tickSize(option)
  const step = premiumStep(underlying, ticks(Math.round(quoted)))
  return ticks(Math.round(quoted / step) * step)
}

/**
 * Nobody exercises early a call on what pays no dividend, nor anything where money earns nothing: such an American
 * option has the price of a European one. For any other the exact price costs forty milliseconds, and a bar has four.
 * On a forward the formula is that of a spot which pays the rate.
 */
function valueOf(
  { type, style, strike: text }: NonNullable<Instrument['option']>,
  price: number,
  forward: boolean,
  years: number,
  { volatility, rate }: OptionTerms,
): number {
  const strike = Number(text)
  const early = style === 'american' && rate > 0 && (type === 'put' || forward)
  if (early) return quickAmerican(type, price, strike, years, rate, forward ? rate : 0, volatility)
  const value = europeanValue(type, price, strike, years, rate, forward ? rate : 0, volatility)
  return value.price
}

function isForward({ kind }: Instrument): boolean {
  return kind === 'future' || kind === 'perpetual'
}

function optionTermsOf({ symbol, option }: Instrument) {
  if (!option) throw new RangeError(`${symbol} is no option`)
  return option
}
