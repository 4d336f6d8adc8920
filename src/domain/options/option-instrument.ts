import { dayVerdict, type CalendarFacts } from '../calendar/facts.ts'
import { wallToEpoch } from '../calendar/wall-time.ts'
import { refusal, type Refusal } from '../failure/refusal.ts'
import { contractShareOf, FULL_CONTRACT_MILLI } from '../instrument/contract-share.ts'
import type { Instrument } from '../instrument/instrument.ts'
import type { OptionTerms } from './option-terms.ts'
import { parseDecimal } from '../units/decimal.ts'
import { epochMs, minorUnits, ticks, type EpochMs, type Ticks } from '../units/units.ts'
import { expiryOn, monthlyExpiry } from './expiries.ts'
import { hasOptionRules, optionRulesOf } from './option-rules-of.ts'
import type { OptionRules } from './option-rules.ts'
import { canonicalStrike, formatOptionSymbol, isDate, type OptionSymbolParts } from './option-symbol.ts'

/**
 * An option as an instrument: its premium's tick, what a tick is worth on one lot, its lot, its currency and hours.
 *
 * The lot is the one of its expiry: NIFTY24JAN21700CE counts 50 units, NIFTY26JAN24000CE 65.
 *
 * @returns `trade-invalid` where no options on the underlying are known or the terms are not theirs
 */
export function optionInstrument(
  terms: OptionTerms,
  underlying: Instrument,
  facts?: CalendarFacts,
): Instrument | Refusal {
  const rules = optionRulesOf(underlying)
  if (!hasOptionRules(rules)) return rules
  const strike = canonicalStrike(terms.strike)
  if (strike === undefined || (rules.symbols === 'occ' && !isOccStrike(strike)))
    return termsInvalid(`${JSON.stringify(terms.strike)} is no strike.`, 'Give a price above 0, such as 21700.')
  if (!isDate(terms.expiry))
    return termsInvalid(`${JSON.stringify(terms.expiry)} is no date.`, 'Give the expiry as YYYY-MM-DD.')
  const option: OptionTerms = { ...terms, strike, style: rules.style, settlement: rules.settlement }
  const priceDigits = (rules.tickSize.split('.')[1] ?? '').length
  const tickUnits = parseDecimal(rules.tickSize, priceDigits)!
  const lotSize = lotSizeOf(rules, underlying, terms.expiry)
  const isMonths = rules.symbols === 'india' && isMonthly(rules, underlying, terms.expiry, facts)
  const symbol = formatOptionSymbol(option, rules.symbols, isMonths)
  const share = contractShareOf(underlying)
  return {
    symbol,
    root: underlying.root,
    name: `${underlying.symbol} ${terms.expiry} ${strike} ${terms.type}`,
    kind: 'option',
    exchange: underlying.exchange,
    currency: underlying.currency,
    tickUnits,
    priceDigits,
    tickValue: minorUnits(worthOfTick(rules.tickSize, lotSize, underlying)),
    lotSize,
    // An option counts as what it is written on.
    ...(share === FULL_CONTRACT_MILLI ? {} : { contractMilli: share }),
    session: underlying.session,
    calendar: underlying.calendar,
    option,
  }
}

/**
 * The option that a name means, once its underlying is known. A name that tells only the month needs the holidays to
 * tell the day.
 *
 * @param facts the calendar; without it the closures known by heart serve, which end with 2026 (NSE) and 2027 (NYSE)
 */
export function optionOfParts(
  parts: OptionSymbolParts,
  underlying: Instrument,
  facts?: CalendarFacts,
): Instrument | Refusal {
  const rules = optionRulesOf(underlying)
  if (!hasOptionRules(rules)) return rules
  const expiry = 'expiry' in parts ? parts.expiry : monthlyExpiry(rules, underlying.calendar, parts.month, facts)?.date
  if (expiry === undefined)
    return termsInvalid(
      `No options on ${underlying.symbol} expire in ${'month' in parts ? parts.month : ''}.`,
      'Ask for the chain to see the expiries there are.',
    )
  const { type, strike } = parts
  const { style, settlement } = rules
  return optionInstrument({ underlying: underlying.symbol, type, strike, expiry, style, settlement }, underlying, facts)
}

/**
 * The moment the option ends: the close of its last session, or earlier where its rule says so.
 *
 * @param facts where given, an early close of the last day is seen
 */
export function expiresAt(terms: OptionTerms, underlying: Instrument, facts?: CalendarFacts): EpochMs {
  const { zone, closeMinute, changes } = underlying.session
  const rules = optionRulesOf(underlying)
  const rule = hasOptionRules(rules) ? expiryOn(rules, underlying.calendar, terms.expiry, facts) : undefined
  if (rule?.expiryMinute !== undefined) return wallToEpoch(terms.expiry, rule.expiryMinute, zone)
  const regular = changes?.findLast((change) => change.from <= terms.expiry)?.closeMinute ?? closeMinute
  const close = wallToEpoch(terms.expiry, regular, zone)
  const verdict = facts ? dayVerdict(facts, underlying.calendar, terms.expiry) : undefined
  if (verdict?.kind !== 'early-close') return close
  const factsZone = facts!.calendars[underlying.calendar]?.zone ?? zone
  return epochMs(Math.min(close, wallToEpoch(terms.expiry, verdict.closeMinute, factsZone)))
}

const YEAR_MS = 365 * 86_400_000

/** Time to expiry as pricing wants it: years of 365 days, 0 when it has passed. */
export function yearsTo(expiry: EpochMs, at: EpochMs): number {
  return Math.max(0, expiry - at) / YEAR_MS
}

/** What exercising brings at a price of the underlying, as ticks of the option, rounded to the nearest. */
export function intrinsicTicks(option: Instrument, underlying: Instrument, px: Ticks): Ticks {
  const digits = Math.max(underlying.priceDigits, option.priceDigits, STRIKE_PLACES)
  const price = px * underlying.tickUnits * 10 ** (digits - underlying.priceDigits)
  const strike = parseDecimal(option.option!.strike, digits)!
  const tick = option.tickUnits * 10 ** (digits - option.priceDigits)
  const inside = option.option!.type === 'call' ? price - strike : strike - price
  return ticks(Math.max(0, Math.round(inside / tick)))
}

const STRIKE_PLACES = 6

/** Units of the underlying in one lot of the contracts of an expiry. */
export function lotSizeOf(rules: OptionRules, underlying: Instrument, expiry: string): string {
  const index = rules.lots.findLastIndex(({ from, except }) => from <= expiry && !except?.includes(expiry))
  return (rules.lots[index] ?? rules.lots[0])?.lotSize ?? underlying.lotSize
}

/** Worth of one premium tick on one lot, in minor units of the underlying's currency. */
function worthOfTick(tickSize: string, lotSize: string, { currency }: Instrument): number {
  const [, tickPlaces = ''] = tickSize.split('.')
  const [, lotPlaces = ''] = lotSize.split('.')
  const worth = parseDecimal(tickSize, tickPlaces.length)! * parseDecimal(lotSize, lotPlaces.length)!
  return Math.round(worth * 10 ** (currency.digits - tickPlaces.length - lotPlaces.length))
}

function isMonthly(rules: OptionRules, underlying: Instrument, expiry: string, facts?: CalendarFacts): boolean {
  const own = monthlyExpiry(rules, underlying.calendar, expiry.slice(0, 7), facts)
  return own?.date === expiry
}

function isOccStrike(strike: string): boolean {
  const thousandths = parseDecimal(strike, 3)
  return thousandths !== undefined && thousandths < 1e8
}

function termsInvalid(message: string, nextStep: string): Refusal {
  return refusal('trade-invalid', message, nextStep)
}
