import { daysFromCivil } from './civil-time.ts'

/** What a time text said. One object is reused from row to row. */
export type TimeReading = {
  /** UTC milliseconds when `absolute`, else wall time as if it were UTC. */
  ms: number
  /** The text itself says which instant it means: an epoch count, a Z, an offset. */
  absolute: boolean
  /** The text holds a date and no time of day. */
  dateOnly: boolean
}

/**
 * Order of day and month in dates like 03/04/2024. `unknown` reads only those that can mean one date (13/04/2024).
 */
export type DateOrder = 'dmy' | 'mdy' | 'unknown'

const DAY_MS = 86_400_000
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const ISO_FAST = 16
const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:[ T]?(\d{1,2}):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?(Z)?)?$/
const EPOCH = /^(\d{9,19})(?:\.(\d{1,9}))?$/
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T,]+(.+))?$/
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[ T,]+(.+))?$/
const DAY_NAME_MONTH = /^(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})(?:[ T,]+(.+))?$/
const NAME_MONTH_DAY = /^([A-Za-z]{3})[a-z]* (\d{1,2}),? (\d{4})(?:[ T,]+(.+))?$/
const CLOCK =
  /^(\d{1,2})(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?(?: ?([AaPp])\.?[Mm]\.?)?(?: ?(Z|UTC|GMT|(?:UTC|GMT)?[+-]\d\d(?::?\d\d)?))?$/

/**
 * Reads a bar's time: ISO with or without zone, YYYYMMDD HHMMSS, YYYY.MM.DD HH:MM, day and month by `order`, month
 * names, epoch seconds, milli-, micro- or nanoseconds (told apart by their number of digits).
 *
 * @returns false when the text is none of these, or can mean two dates; `into` is then undefined
 */
export function readTime(text: string, order: DateOrder, into: TimeReading): boolean {
  if (readIsoFast(text, into)) return true
  return /^\d{8}/.test(text) ? readDigits(text, into) : readSlowly(text, order, into)
}

/** `YYYY-MM-DD HH:MM`, then nothing, `Z`, or `:SS` and nothing or `Z`: what nearly every file has. */
function readIsoFast(text: string, into: TimeReading): boolean {
  const length = text.length
  if (length < ISO_FAST || length > ISO_FAST + 4 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false
  const gap = text.charCodeAt(10)
  if ((gap !== 32 && gap !== 84) || text.charCodeAt(13) !== 58) return false
  const utc = text.charCodeAt(length - 1) === 90
  const end = utc ? length - 1 : length
  let second = 0
  if (end === ISO_FAST + 3) {
    if (text.charCodeAt(16) !== 58) return false
    second = twoDigits(text, 17)
  } else if (end !== ISO_FAST) return false
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  return setTime(
    into,
    year,
    twoDigits(text, 5),
    twoDigits(text, 8),
    twoDigits(text, 11),
    twoDigits(text, 14),
    second,
    utc,
  )
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}

function readDigits(text: string, into: TimeReading): boolean {
  const compact = COMPACT.exec(text)
  if (compact) {
    const [, year, month, day, hour, minute, second, fraction, zone] = compact
    // Without separators only 8, 12 and 14 digits are a date; 10 or 13 are an epoch count.
    const isDate = [8, 12, 14].includes(text.length) || !/^\d+$/.test(text)
    const absolute = zone !== undefined
    if (isDate && setTime(into, num(year), num(month), num(day), num(hour), num(minute), num(second), absolute)) {
      into.ms += fractionMs(fraction)
      into.dateOnly = hour === undefined
      return true
    }
  }
  const epoch = EPOCH.exec(text)
  return epoch !== null && readEpoch(epoch[1] ?? '', epoch[2] ?? '', into)
}

/** 9–10 digits are seconds, 12–13 milli-, 15–16 micro-, 18–19 nanoseconds: every instant from 1973 to 2286. */
function readEpoch(whole: string, fraction: string, into: TimeReading): boolean {
  const places = [10, 13, 16, 19].indexOf(whole.length + (whole.length % 3 === 0 ? 1 : 0)) * 3
  if (places < 0) return false
  const nanos = (whole + fraction).padEnd(whole.length + 9 - places, '0')
  // Finer than a nanosecond, or not on a whole millisecond: no bar starts there, and a float could not hold it.
  const beyondMs = nanos.slice(whole.length + 3 - places)
  if (nanos.length !== whole.length + 9 - places || /[^0]/.test(beyondMs)) return false
  into.ms = Number(nanos.slice(0, whole.length + 3 - places))
  into.absolute = true
  into.dateOnly = false
  return true
}

function readSlowly(text: string, order: DateOrder, into: TimeReading): boolean {
  let match = YEAR_FIRST.exec(text)
  if (match) return withClock(into, num(match[1]), num(match[3]), num(match[4]), match[5])
  match = YEAR_LAST.exec(text)
  if (match) {
    const [, a = '', , b = '', year, clock] = match
    const found = dateOrderOf(num(a), num(b))
    if (found !== 'same' && found !== 'either' && order !== 'unknown' && found !== order) return false
    const use = found === 'either' ? order : found
    if (use === 'unknown') return false
    const [day, month] = use === 'mdy' ? [b, a] : [a, b]
    return withClock(into, num(year), num(month), num(day), clock)
  }
  match = DAY_NAME_MONTH.exec(text)
  if (match) return withClock(into, num(match[3]), monthOf(match[2]), num(match[1]), match[4])
  match = NAME_MONTH_DAY.exec(text)
  return match !== null && withClock(into, num(match[3]), monthOf(match[1]), num(match[2]), match[4])
}

function dateOrderOf(a: number, b: number): 'dmy' | 'mdy' | 'same' | 'either' {
  if (a === b) return 'same'
  if (a > 12) return 'dmy'
  return b > 12 ? 'mdy' : 'either'
}

/**
 * What one date tells about the order of day and month in its file.
 *
 * @returns 'either' for 03/04/2024; undefined when the text is no date with the year last, or both orders give the same
 */
export function dateOrderIn(text: string): 'dmy' | 'mdy' | 'either' | undefined {
  const match = YEAR_LAST.exec(text)
  const found = match ? dateOrderOf(num(match[1]), num(match[3])) : 'same'
  return found === 'same' ? undefined : found
}

function withClock(into: TimeReading, year: number, month: number, day: number, clock: string | undefined): boolean {
  if (clock === undefined) {
    if (!setTime(into, year, month, day, 0, 0, 0, false)) return false
    into.dateOnly = true
    return true
  }
  const match = CLOCK.exec(clock.trim())
  if (!match) return false
  const [, hourText, minute, second = '0', fraction, half, zone] = match
  if (minute === undefined && half === undefined) return false
  const hour = half === undefined ? num(hourText) : hourOfHalf(num(hourText), half.toLowerCase())
  if (!setTime(into, year, month, day, hour, num(minute ?? '0'), num(second), zone !== undefined)) return false
  into.ms += fractionMs(fraction) - offsetMs(zone)
  return true
}

function hourOfHalf(hour: number, half: string): number {
  if (hour < 1 || hour > 12) return NaN
  return (hour % 12) + (half === 'p' ? 12 : 0)
}

function setTime(
  into: TimeReading,
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  absolute: boolean,
): boolean {
  if (!(year >= 1900 && year < 2200 && hour <= 23 && minute <= 59 && second <= 59)) return false
  const days = daysFromCivil(year, month, day)
  if (days === undefined || Number.isNaN(days)) return false
  into.ms = days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1_000
  into.absolute = absolute
  into.dateOnly = false
  return true
}

/** Milliseconds; a finer rest is kept as a fraction, which no bar's start has. */
function fractionMs(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(`0.${digits}`) * 1_000
}

function offsetMs(zone: string | undefined): number {
  const match = zone === undefined ? null : /([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (!match) return 0
  const minutes = num(match[2]) * 60 + num(match[3] ?? '0')
  return (match[1] === '-' ? -minutes : minutes) * 60_000
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').toLowerCase()) + 1
}

/** Undefined counts as 0: an absent hour or minute. */
function num(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits)
}
