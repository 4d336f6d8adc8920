/**
 * Writes an integer count of 10^-digits as a decimal string, exactly.
 *
 * @param units  whole number of 10^-digits, e.g. cents
 * @param digits decimal places, 0..12
 * @example formatDecimal(-1205, 2) === '-12.05'
 */
export function formatDecimal(units: number, digits: number): string {
  const sign = units < 0 ? '-' : ''
  const text = String(Math.abs(units)).padStart(digits + 1, '0')
  if (digits === 0) return sign + text
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/**
 * Reads a plain decimal number as a whole count of 10^-digits, exactly.
 *
 * @returns undefined when the text is no plain decimal, has more places than `digits` can hold, or is too large
 * @example parseDecimal('12.05', 2) === 1205
 */
export function parseDecimal(text: string, digits: number): number | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text.trim())
  if (!match) return undefined
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > digits) return undefined
  const units = Number(match[2] + fraction.padEnd(digits, '0'))
  if (!Number.isSafeInteger(units)) return undefined
  return match[1] === '-' && units !== 0 ? -units : units
}
