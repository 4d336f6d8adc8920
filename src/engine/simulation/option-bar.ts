import { tickSize, type Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { intrinsicTicks, premiumStep, yearsTo } from '../../domain/options/option-instrument.ts'
import type { OptionQuestion } from '../../domain/options/option-pricing.ts'
import { priceOption } from '../../domain/options/price-option.ts'
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
 * future, by the option's own style of exercise; each price rounded to the nearest tick that it may be quoted at. Volume is 0, which does not
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
  { volatility, rate }: OptionTerms,
): Ticks {
  if (years === 0 || at <= 0) return intrinsicTicks(option, underlying, at)
  const { type, style, strike } = optionTermsOf(option)
  const price = at * tickSize(underlying)
  const common = { type, style, strike: Number(strike), years, rate, volatility }
  const question: OptionQuestion = isForward(underlying)
    ? { ...common, model: 'black76', forward: price }
    : { ...common, model: 'bsm', spot: price, dividend: 0 }
  const premium = priceOption(question).price / tickSize(option)
  const step = premiumStep(option, underlying, ticks(Math.round(premium)))
  return ticks(Math.round(premium / step) * step)
}

function isForward({ kind }: Instrument): boolean {
  return kind === 'future' || kind === 'perpetual'
}

function optionTermsOf({ symbol, option }: Instrument) {
  if (!option) throw new RangeError(`${symbol} is no option`)
  return option
}
