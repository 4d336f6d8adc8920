/** Longest address that SMTP carries: RFC 5321 §4.5.3.1.3, the angle brackets left out. */
const LONGEST = 254
/** The dot-atom of RFC 5321 at a host name with at least one dot; no quoted names, no comments, no address literals. */
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$/

/**
 * One address of a person, or undefined. Narrower than the standard on purpose: what passes holds no blank, no line
 * end, no comma and no bracket, so that it can neither add a header nor a second recipient.
 */
export function mailAddress(text: string): string | undefined {
  const trimmed = text.trim()
  if (trimmed.length > LONGEST || trimmed.indexOf('@') > 64) return undefined
  return ADDRESS.test(trimmed) ? trimmed : undefined
}
