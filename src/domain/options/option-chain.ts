import type { CalendarFacts } from '../calendar/facts.ts'
import { addDays, epochToWall } from '../calendar/wall-time.ts'
import { refusal, type Refusal } from '../failure/refusal.ts'
import type { Instrument } from '../instrument/instrument.ts'
import type { OptionTerms } from './option-terms.ts'
import type { ExpiryChoice, StrikeChoice } from '../order/trade-command.ts'
import type { EpochMs, Ticks } from '../units/units.ts'
import { expiryOn, listedExpiries, type Expiry } from './expiries.ts'
import { expiresAt } from './option-instrument.ts'
import { hasOptionRules, optionRulesOf } from './option-rules-of.ts'
import type { OptionType } from './option-pricing.ts'
import type { OptionRules } from './option-rules.ts'
import { canonicalStrike, isDate, STRIKE_DIGITS, strikeText, strikeUnits } from './option-symbol.ts'

/** Strikes shown on each side of the one at the money, where nobody asks for a number. */
export const STRIKES_EACH_SIDE = 10

/** No contract is listed for longer. */
const FARTHEST_DAYS = 1830

/** What to list: so many expiries from the nearest on, or one alone, and so many strikes on each side of the money. */
export type ChainExtent = Readonly<{ expiries?: number; only?: Pick<Expiry, 'date'>; strikesEachSide?: number }>

/**
 * The expiries that have not passed at an instant, nearest first. The one of today counts until the moment it ends.
 *
 * @returns `trade-invalid` where no options on the underlying are known
 */
export function openExpiries(underlying: Instrument, at: EpochMs, facts?: CalendarFacts): readonly Expiry[] | Refusal {
  const rules = optionRulesOf(underlying)
  if (!hasOptionRules(rules)) return rules
  const today = epochToWall(at, underlying.session.zone).date
  const listed = listedExpiries(rules, underlying.calendar, today, facts)
  const first = listed[0]
  const hasEnded = first?.date === today && expiresAt(termsOn(underlying, rules, today), underlying, facts) <= at
  return hasEnded ? listed.slice(1) : listed
}

/**
 * The contracts around the money: every listed expiry (nearest first), at each strike (lowest first) the call and the
 * put.
 *
 * @param referencePx price of the underlying, in its ticks
 */
export function listedContracts(
  underlying: Instrument,
  at: EpochMs,
  referencePx: Ticks,
  extent: ChainExtent = {},
  facts?: CalendarFacts,
): readonly OptionTerms[] | Refusal {
  const expiries = openExpiries(underlying, at, facts)
  if ('code' in expiries) return expiries
  const rules = optionRulesOf(underlying) as OptionRules
  const strikes = strikesAround(rules, priceUnits(underlying, referencePx), extent.strikesEachSide)
  const wanted = extent.only ? [extent.only] : expiries.slice(0, extent.expiries)
  return wanted.flatMap(({ date }) =>
    strikes.flatMap((strike) =>
      (['call', 'put'] as const).map((type) => ({ ...termsOn(underlying, rules, date), type, strike })),
    ),
  )
}

/**
 * The expiry that is meant: a date on which contracts expire, or the n-th that has not passed.
 *
 * @returns `trade-invalid` with the dates there are, where there is no such expiry
 */
export function chooseExpiry(
  underlying: Instrument,
  at: EpochMs,
  choice: ExpiryChoice,
  facts?: CalendarFacts,
): Expiry | Refusal {
  const expiries = openExpiries(underlying, at, facts)
  if ('code' in expiries) return expiries
  const next = expiries.slice(0, 4).map(({ date }) => date)
  if (next.length === 0)
    return refusal(
      'trade-invalid',
      `No options on ${underlying.symbol} are listed at that time, as far as we know.`,
      'Choose a later time, or describe the expiries under "options" in instruments.json.',
    )
  const nextStep = `The next expiries are ${next.join(', ')}.`
  if ('nth' in choice) {
    const found = Number.isInteger(choice.nth) ? expiries[choice.nth] : undefined
    const many = `${underlying.symbol} has ${expiries.length} expiries listed; there is no number ${choice.nth} (0 is the nearest).`
    return found ?? refusal('trade-invalid', many, nextStep)
  }
  const { date } = choice
  const today = epochToWall(at, underlying.session.zone).date
  if (date < today) return refusal('trade-invalid', `The expiry ${date} has passed.`, nextStep)
  const listed = expiries.find((expiry) => expiry.date === date)
  const isNear = isDate(date) && date <= addDays(today, FARTHEST_DAYS)
  const rules = optionRulesOf(underlying) as OptionRules
  const known = listed ?? (isNear ? expiryOn(rules, underlying.calendar, date, facts) : undefined)
  const hasEnded = !listed && date <= expiries[0]!.date
  if (known && !hasEnded) return known
  return refusal('trade-invalid', `No options on ${underlying.symbol} expire on ${date}.`, nextStep)
}

/**
 * The strike that is meant, as a decimal string: a price that is a listed strike, or so many strikes in the money from
 * the one nearest to the underlying (the lower of two equally near).
 *
 * In the money is below for a call, above for a put; a negative offset is out of it.
 *
 * @param referencePx price of the underlying, in its ticks
 * @returns `trade-invalid` with the nearest strikes, where there is no such strike
 */
export function chooseStrike(
  underlying: Instrument,
  type: OptionType,
  choice: StrikeChoice,
  referencePx: Ticks,
): string | Refusal {
  const rules = optionRulesOf(underlying)
  if (!hasOptionRules(rules)) return rules
  if ('price' in choice) return listedStrike(rules, choice.price)
  if (!Number.isInteger(choice.itmOffset) || Math.abs(choice.itmOffset) > MOST_OFFSET)
    return refusal(
      'trade-invalid',
      `${choice.itmOffset} is no number of strikes.`,
      `Give a whole number from -${MOST_OFFSET} to ${MOST_OFFSET}.`,
    )
  const down = type === 'call' ? choice.itmOffset : -choice.itmOffset
  const strike = walk(rules, nearestStrike(rules, priceUnits(underlying, referencePx)), -down)
  if (strike > 0) return strikeText(strike)
  return refusal('trade-invalid', 'There is no strike so far from the price.', 'Choose a smaller offset.')
}

const MOST_OFFSET = 500

function termsOn(underlying: Instrument, rules: OptionRules, expiry: string): OptionTerms {
  const { style, settlement } = rules
  return { underlying: underlying.symbol, type: 'call', style, strike: '1', expiry, settlement }
}

/** A price as a count of 10^-6, as strikes are. */
function priceUnits(underlying: Instrument, px: Ticks): number {
  return px * underlying.tickUnits * 10 ** (STRIKE_DIGITS - underlying.priceDigits)
}

function strikesAround(rules: OptionRules, price: number, eachSide = STRIKES_EACH_SIDE): readonly string[] {
  const middle = nearestStrike(rules, price)
  const strikes: string[] = []
  for (let offset = -eachSide; offset <= eachSide; offset++) {
    const strike = walk(rules, middle, offset)
    if (strike > 0) strikes.push(strikeText(strike))
  }
  return strikes
}

function nearestStrike(rules: OptionRules, price: number): number {
  const step = stepBelow(rules, price + 1)
  const below = Math.floor(price / step) * step
  const above = below + stepAbove(rules, below)
  return price - below <= above - price && below > 0 ? below : above
}

/** The strike so many places away; 0 or less where there is none. */
function walk(rules: OptionRules, from: number, places: number): number {
  let strike = from
  for (let place = 0; place < Math.abs(places) && strike > 0; place++)
    strike = places > 0 ? strike + stepAbove(rules, strike) : strike - stepBelow(rules, strike)
  return strike
}

/** Distance to the next strike above a strike. */
function stepAbove(rules: OptionRules, strike: number): number {
  const found = rules.strikes.find(({ below }) => below === undefined || strike < strikeUnits(below))
  return strikeUnits((found ?? rules.strikes.at(-1)!).step)
}

/** Distance to the next strike below a strike. */
function stepBelow(rules: OptionRules, strike: number): number {
  const found = rules.strikes.find(({ below }) => below === undefined || strike <= strikeUnits(below))
  return strikeUnits((found ?? rules.strikes.at(-1)!).step)
}

function listedStrike(rules: OptionRules, price: string): string | Refusal {
  const strike = canonicalStrike(price)
  if (strike === undefined)
    return refusal('trade-invalid', `${JSON.stringify(price)} is no strike.`, 'Give a price above 0, such as 21700.')
  const units = strikeUnits(strike)
  const nearest = nearestStrike(rules, units)
  if (nearest === units) return strike
  const [low, high] = nearest < units ? [nearest, walk(rules, nearest, 1)] : [walk(rules, nearest, -1), nearest]
  const near = [low, high].filter((near) => near > 0).map(strikeText)
  return refusal('trade-invalid', `There is no strike at ${strike}.`, `The nearest are ${near.join(' and ')}.`)
}
