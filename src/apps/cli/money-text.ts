/** Exact sum of decimal texts such as `12.50` and `-3.25`; `0` of none. Text that is no number counts as nothing. */
export function sumDecimals(texts: readonly string[]): string {
  const numbers = texts.map((text) => /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)).filter((match) => match !== null)
  const digits = Math.max(0, ...numbers.map((match) => match[3]?.length ?? 0))
  let sum = 0n
  for (const [, sign, whole = '', fraction = ''] of numbers) {
    const units = BigInt(whole + fraction.padEnd(digits, '0'))
    sum += sign === '-' ? -units : units
  }
  const text = String(sum < 0n ? -sum : sum).padStart(digits + 1, '0')
  const point = text.length - digits
  return `${sum < 0n ? '-' : ''}${text.slice(0, point)}${digits > 0 ? `.${text.slice(point)}` : ''}`
}
