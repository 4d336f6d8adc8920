import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import { sessionsBetween } from '../../domain/calendar/session-clock.ts'
import { wallClock } from '../../domain/calendar/wall-time.ts'
import { tickSize, type Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { OptionQuestion } from '../../domain/options/option-pricing.ts'
import { priceOption } from '../../domain/options/price-option.ts'
import { epochMs, ticks, type EpochMs, type Ticks } from '../../domain/units/units.ts'

/** What the simulated venue makes option prices from. Fractions per year; 0.15 is 15 %. */
export type OptionTerms = Readonly<{
  volatility: number
  rate: number
  /** Between bid and ask, ticks of the option. */
  spreadTicks: number
}>

const YEAR_MS = 365 * 86_400_000
const DAY_MS = 86_400_000

/**
 * The bar of an option, from a bar of its underlying: Black–Scholes–Merton without dividends on a spot, Black 1976 on a
 * future, by the option's own style of exercise; each price rounded to the nearest tick. Volume is 0, which does not
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
  until: number,
  terms: OptionTerms,
): Bar {
  const px = (at: Ticks) => optionPx(option, underlying, at, until - bar.time, terms)
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
 * @param leftMs time to expiry; at or below 0 the answer is the intrinsic value
 */
export function optionPx(
  option: Instrument,
  underlying: Instrument,
  at: Ticks,
  leftMs: number,
  { volatility, rate }: OptionTerms,
): Ticks {
  if (leftMs <= 0 || at <= 0) return intrinsicPx(option, underlying, at)
  const { type, style, strike } = optionTermsOf(option)
  const price = at * tickSize(underlying)
  const common = { type, style, strike: Number(strike), years: leftMs / YEAR_MS, rate, volatility }
  const question: OptionQuestion = isForward(underlying)
    ? { ...common, model: 'black76', forward: price }
    : { ...common, model: 'bsm', spot: price, dividend: 0 }
  return ticks(Math.round(priceOption(question).price / tickSize(option)))
}

/** What an option is worth when it is exercised, in its ticks. */
export function intrinsicPx(option: Instrument, underlying: Instrument, at: Ticks): Ticks {
  const { type, strike } = optionTermsOf(option)
  const inMoney = (at * tickSize(underlying) - Number(strike)) * (type === 'call' ? 1 : -1)
  return ticks(Math.max(0, Math.round(inMoney / tickSize(option))))
}

/** When an option expires: at the end of the session of its expiry date. */
export function expiresAt(option: Instrument, facts: CalendarFacts | undefined): EpochMs {
  const { expiry } = optionTermsOf(option)
  const { zone, closeMinute, changes } = option.session
  const regular = wallClock(zone).toEpoch(
    expiry,
    changes?.findLast(({ from }) => from <= expiry)?.closeMinute ?? closeMinute,
  )
  if (!facts) return regular
  const near = sessionsBetween(option, facts, epochMs(regular - DAY_MS), epochMs(regular + DAY_MS))
  return near.find(({ date }) => date === expiry)?.close ?? regular
}

function isForward({ kind }: Instrument): boolean {
  return kind === 'future' || kind === 'perpetual'
}

function optionTermsOf({ symbol, option }: Instrument) {
  if (!option) throw new RangeError(`${symbol} is no option`)
  return option
}
