/**
 * The exact sum of decimal strings; nothing is turned into a float.
 *
 * @returns with as many decimals as the longest of them has; text that is no number counts as nothing
 */
export function sumMoney(amounts: readonly string[]): string {
  const parts = amounts.flatMap((amount) => {
    const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(amount)
    return match ? [{ sign: match[1] === '-' ? -1n : 1n, whole: match[2]!, fraction: match[3] ?? '' }] : []
  })
  const digits = Math.max(0, ...parts.map(({ fraction }) => fraction.length))
  let sum = 0n
  for (const { sign, whole, fraction } of parts) sum += sign * BigInt(whole + fraction.padEnd(digits, '0'))
  const text = String(sum < 0n ? -sum : sum).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  return `${sum < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${text.slice(text.length - digits)}`}`
}
