import type { OptionTerms } from './option-terms.ts'
import { formatDecimal, parseDecimal } from '../units/decimal.ts'
import type { OptionRules } from './option-rules.ts'

/** Strikes are exact to this many decimal places. */
export const STRIKE_DIGITS = 6
const OCC_DIGITS = 3

/** What a symbol says by itself: the day it expires, or only the month, whose day the listing rules know. */
export type OptionSymbolParts = Readonly<{
  symbols: OptionRules['symbols']
  underlying: string
  type: OptionTerms['type']
  /** In canonical form. */
  strike: string
}> &
  (Readonly<{ expiry: string }> | Readonly<{ month: string }>)

const MONTH_NAMES = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')
/** Month of a weekly contract in India: 1 to 9, then the first letters of October, November and December. */
const INDIA_MONTHS = '123456789OND'
/** Months of a future: F is January, Z December. */
const FUTURES_MONTHS = 'FGHJKMNQUVXZ'

const OCC = /^([A-Z]{1,5}(?:\.[A-Z])?)(\d{6})([CP])(\d{8})$/
const INDIA = /^([A-Z][A-Z0-9&.-]*)(CE|PE)$/
const INDIA_MONTHLY = /^([A-Z][A-Z0-9&-]*)(\d{2})([A-Z]{3})(\d+(?:\.\d+)?)(CE|PE)$/
/** Year, month, day and strike, after the underlying. */
const INDIA_WEEKLY = /^(\d{2})([1-9OND])(\d{2})(\d+(?:\.\d+)?)$/
const DATED = /^([A-Z0-9][A-Z0-9._-]*)-(\d{6})-([CP])-(\d+(?:\.\d+)?)$/
const CME = /^([A-Z0-9]{1,4})([FGHJKMNQUVXZ])(\d{2})([CP])(\d+(?:\.\d+)?)$/

/**
 * The name of a contract.
 *
 * `occ`: SPY240119C00475000. `india`: NIFTY24JAN21700CE for the month's contract, NIFTY2411121700CE (year, month,
 * day) for any other. `dated`: ES-240315-C-4800.
 *
 * @param isMonthly whether it expires on its month's own day; only `india` names it otherwise
 */
export function formatOptionSymbol(terms: OptionTerms, symbols: OptionRules['symbols'], isMonthly: boolean): string {
  const { underlying, expiry, type } = terms
  const [year, month, day] = [expiry.slice(2, 4), expiry.slice(5, 7), expiry.slice(8, 10)]
  const letter = type === 'call' ? 'C' : 'P'
  if (symbols === 'dated') return `${underlying}-${year}${month}${day}-${letter}-${terms.strike}`
  if (symbols === 'occ') {
    const thousandths = parseDecimal(terms.strike, OCC_DIGITS)
    return `${underlying}${year}${month}${day}${letter}${String(thousandths).padStart(8, '0')}`
  }
  const when = isMonthly ? MONTH_NAMES[Number(month) - 1]! : INDIA_MONTHS[Number(month) - 1]! + day
  return `${underlying}${year}${when}${terms.strike}${letter}E`
}

/**
 * What a name can mean, likeliest first; empty where it is no contract's name. Only the underlyings that exist tell the
 * readings apart: NIFTY50 and a year are the letters of NIFTY and another year. Capitals, no blanks.
 *
 * CME's own way of writing, ESH24C4800, is read too: the option of that month.
 */
export function readOptionSymbol(symbol: string): readonly OptionSymbolParts[] {
  return [...readings(symbol)].filter((reading) => reading !== undefined)
}

function* readings(symbol: string): Generator<OptionSymbolParts | undefined> {
  const occ = OCC.exec(symbol)
  if (occ) yield onDay('occ', occ[1]!, occ[2]!, occ[3]!, formatDecimal(Number(occ[4]), OCC_DIGITS))

  const monthly = INDIA_MONTHLY.exec(symbol)
  const named = monthly ? MONTH_NAMES.indexOf(monthly[3]!) : -1
  if (monthly && named >= 0)
    yield parts('india', monthly[1]!, { month: `20${monthly[2]}-${twoDigits(named + 1)}` }, monthly[5]!, monthly[4]!)

  const india = INDIA.exec(symbol)
  const head = india?.[1] ?? ''
  for (let length = head.length - 1; length > 0; length--) {
    const weekly = INDIA_WEEKLY.exec(head.slice(length))
    if (!weekly) continue
    const month = twoDigits(INDIA_MONTHS.indexOf(weekly[2]!) + 1)
    yield onDay('india', head.slice(0, length), `${weekly[1]}${month}${weekly[3]}`, india![2]!, weekly[4]!)
  }

  const plain = DATED.exec(symbol)
  if (plain) yield onDay('dated', plain[1]!, plain[2]!, plain[3]!, plain[4]!)

  const cme = CME.exec(symbol)
  if (cme) {
    const month = FUTURES_MONTHS.indexOf(cme[2]!)
    // The months between are written on the future of the quarter's end.
    const future = FUTURES_MONTHS[month - (month % 3) + 2]
    yield parts(
      'dated',
      `${cme[1]}${future}${cme[3]}`,
      { month: `20${cme[3]}-${twoDigits(month + 1)}` },
      cme[4]!,
      cme[5]!,
    )
  }
}

/** A strike without needless zeros; undefined when it is no plain number above 0 with at most six places. */
export function canonicalStrike(text: string): string | undefined {
  const units = parseDecimal(text, STRIKE_DIGITS)
  return units === undefined || units <= 0 ? undefined : strikeText(units)
}

export function strikeUnits(strike: string): number {
  return parseDecimal(strike, STRIKE_DIGITS)!
}

export function strikeText(units: number): string {
  const text = formatDecimal(units, STRIKE_DIGITS)
  return text.replace(/\.?0+$/, '')
}

function onDay(
  symbols: OptionRules['symbols'],
  underlying: string,
  digits: string,
  letter: string,
  strike: string,
): OptionSymbolParts | undefined {
  const expiry = `20${digits.slice(0, 2)}-${digits.slice(2, 4)}-${digits.slice(4)}`
  return isDate(expiry) ? parts(symbols, underlying, { expiry }, letter, strike) : undefined
}

function parts(
  symbols: OptionRules['symbols'],
  underlying: string,
  when: Readonly<{ expiry: string }> | Readonly<{ month: string }>,
  letter: string,
  given: string,
): OptionSymbolParts | undefined {
  const strike = canonicalStrike(given)
  const type = letter.startsWith('C') ? 'call' : 'put'
  return strike === undefined ? undefined : { symbols, underlying, type, strike, ...when }
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** A day that exists, written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text)
}
