/**
 * Market data keeps prices as whole counts of 10^-8.
 *
 * Eight places hold every price an exchange quotes that we know of (futures need 7 at most, crypto 8) and leave
 * room up to 90 million before a 64-bit float loses an integer.
 */
export const PRICE_DIGITS = 8
export const PRICE_SCALE = 100_000_000

/** Why a price was not read; returned in place of a price, which is always positive. */
export const NOT_A_NUMBER = -1
export const NOT_POSITIVE = -2
export const TOO_MANY_DECIMALS = -3
export const TOO_LARGE = -4

const POWERS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000] as const
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/
/** Noise of binary floats written in decimal (1.1076000000000001) is far below this share of the value. */
const NOISE_DENOMINATOR = 1_000_000_000_000n
const LONGEST_NUMBER = 64

/**
 * Reads a price exactly, without going through a float.
 *
 * More than eight decimals are accepted only when they are float noise: within 10^-12 of the value of an eight-place
 * decimal.
 *
 * @param start first character, in `text`
 * @param end   one past the last character
 * @returns the price in units of 10^-8, greater than 0; else NOT_A_NUMBER, NOT_POSITIVE, TOO_MANY_DECIMALS or TOO_LARGE
 * @example readPrice('1.1076', 0, 6) === 110_760_000
 */
export function readPrice(text: string, start: number, end: number): number {
  let mantissa = 0
  let digits = 0
  let point = -1
  for (let at = start; at < end; at++) {
    const char = text.charCodeAt(at)
    if (char >= 48 && char <= 57) {
      mantissa = mantissa * 10 + (char - 48)
      digits++
    } else if (char === 46 && point < 0) point = at
    else return readUnusualPrice(text.slice(start, end))
  }
  const places = point < 0 ? 0 : end - point - 1
  if (digits === 0 || digits > 15 || places > PRICE_DIGITS) return readUnusualPrice(text.slice(start, end))
  const units = mantissa * (POWERS[PRICE_DIGITS - places] ?? 0)
  if (units === 0) return NOT_POSITIVE
  return Number.isSafeInteger(units) ? units : TOO_LARGE
}

/** Signs, exponents, more digits than a float holds. */
function readUnusualPrice(text: string): number {
  if (text.length > LONGEST_NUMBER) return NOT_A_NUMBER
  const match = DECIMAL.exec(text)
  if (!match) return NOT_A_NUMBER
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return NOT_A_NUMBER
  const mantissa = BigInt(whole + fraction)
  if (mantissa === 0n || sign === '-') return NOT_POSITIVE
  const shift = PRICE_DIGITS + Number(exponent) - fraction.length
  if (shift >= 0) return shift > 30 ? TOO_LARGE : withinRange(mantissa * 10n ** BigInt(shift))
  const divisor = 10n ** BigInt(-shift)
  const nearest = (mantissa + divisor / 2n) / divisor
  const off = mantissa - nearest * divisor
  if (nearest === 0n || (off < 0n ? -off : off) * NOISE_DENOMINATOR > mantissa) return TOO_MANY_DECIMALS
  return withinRange(nearest)
}

function withinRange(units: bigint): number {
  return units <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(units) : TOO_LARGE
}

/**
 * Reads a volume: whole or fractional, never negative; sources write large ones as 1.02636e+06.
 *
 * @returns NOT_A_NUMBER when it is none, or negative, or too large to count exactly
 */
export function readVolume(text: string, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return readUnusualVolume(text.slice(start, end))
    value = value * 10 + digit
  }
  return end > start && value <= Number.MAX_SAFE_INTEGER ? value : NOT_A_NUMBER
}

function readUnusualVolume(text: string): number {
  if (text.length > LONGEST_NUMBER || !DECIMAL.test(text) || !/\d/.test(text)) return NOT_A_NUMBER
  const value = Number(text)
  // Adding 0 turns -0 into 0.
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value + 0 : NOT_A_NUMBER
}

/**
 * Writes a stored price as the shortest decimal that means exactly it.
 *
 * @example formatStoredPrice(110_760_000) === '1.1076'
 */
export function formatStoredPrice(units: number): string {
  const whole = Math.floor(units / PRICE_SCALE)
  const rest = units - whole * PRICE_SCALE
  if (rest === 0) return String(whole)
  return `${whole}.${String(rest).padStart(PRICE_DIGITS, '0').replace(/0+$/, '')}`
}
