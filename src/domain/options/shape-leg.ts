import { refusal, type Refusal } from '../failure/refusal.ts'
import type { Instrument } from '../instrument/instrument.ts'
import { parseDecimal } from '../units/decimal.ts'
import type { Lots, MinorUnits, Ticks } from '../units/units.ts'
import { isDate, STRIKE_DIGITS } from './option-symbol.ts'
import type { OptionType } from './option-pricing.ts'

/**
 * One leg of a position in options. Everything is counted in ticks of the premium, the strike too, and in whole lots, so
 * that what the position is worth at expiry is an exact number of minor units.
 */
export type OptionLeg = Readonly<{
  underlying: string
  type: OptionType
  /** Trade date, YYYY-MM-DD. */
  expiry: string
  strikePx: Ticks
  /** Positive where bought, negative where sold. */
  quantity: Lots
  /** Paid or received for one unit. */
  premiumPx: Ticks
  /** One tick on one lot. */
  tickValue: MinorUnits
}>

/** Most lots and ticks a leg may have, so that sums stay exact. */
const MOST_LOTS = 1_000_000
const MOST_TICKS = 1_000_000_000

/**
 * A leg of a contract.
 *
 * @param option    an instrument of kind 'option'
 * @param quantity  signed lots
 * @param premiumPx in ticks of the option
 * @returns `trade-invalid` where the strike lies between two ticks of the premium
 */
export function optionLeg(option: Instrument, quantity: Lots, premiumPx: Ticks): OptionLeg | Refusal {
  const { underlying, type, expiry, strike } = option.option!
  const strikePx =
    (parseDecimal(strike, STRIKE_DIGITS)! / 10 ** STRIKE_DIGITS) * (10 ** option.priceDigits / option.tickUnits)
  const whole = Math.round(strikePx)
  if (Math.abs(whole - strikePx) > 1e-6)
    return refusal(
      'trade-invalid',
      `The strike ${strike} of ${option.symbol} lies between two ticks of its premium.`,
      'Correct "tickSize" under "options" of the underlying in instruments.json, so that it divides the strikes.',
    )
  return { underlying, type, expiry, strikePx: whole as Ticks, quantity, premiumPx, tickValue: option.tickValue }
}

export function isLeg(leg: OptionLeg | Refusal): leg is OptionLeg {
  return 'strikePx' in leg
}

/** A price of the underlying in ticks of the premium; may lie between two. */
export function inPremiumTicks(option: Instrument, underlying: Instrument, px: Ticks): number {
  const tick = (instrument: Instrument) => instrument.tickUnits / 10 ** instrument.priceDigits
  return Number(((px * tick(underlying)) / tick(option)).toFixed(9))
}

/** What is wrong with a leg by itself. */
export function legViolation(leg: OptionLeg): Refusal | undefined {
  const isCount = (value: number, most: number) => Number.isInteger(value) && Math.abs(value) <= most
  if (!isCount(leg.quantity, MOST_LOTS) || leg.quantity === 0)
    return legInvalid(`A leg cannot have ${leg.quantity} lots.`, `Give whole lots from 1 to ${MOST_LOTS}.`)
  if (!isCount(leg.strikePx, MOST_TICKS) || leg.strikePx <= 0)
    return legInvalid('A leg has no strike above 0.', 'Give the strike of each leg.')
  if (!isCount(leg.premiumPx, MOST_TICKS) || leg.premiumPx < 0)
    return legInvalid('A premium cannot be below 0.', 'Give what one unit costs, 0 or more.')
  if (!isCount(leg.tickValue, MOST_TICKS) || leg.tickValue <= 0)
    return legInvalid('The worth of a tick must be above 0.', 'Take it from the option as an instrument.')
  if (leg.type !== 'call' && leg.type !== 'put')
    return legInvalid(`${JSON.stringify(leg.type)} is no kind of option.`, 'Give call or put.')
  if (!isDate(leg.expiry)) return legInvalid('A leg has no date of expiry.', 'Give it as YYYY-MM-DD.')
  return undefined
}

function legInvalid(message: string, nextStep: string): Refusal {
  return refusal('trade-invalid', message, nextStep)
}
