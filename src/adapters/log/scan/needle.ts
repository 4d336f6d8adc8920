/** Text that is looked for, as bytes. */
export type Needle = Readonly<{
  /** UTF-8; its letters in lower case where case does not matter. */
  bytes: Uint8Array
  /** For each byte what is or-ed to a byte of the log before they are compared: 32 for a letter without case, else 0. */
  folds: Uint8Array
  /** Places of the two bytes that are rarest in logs. */
  rarest: readonly [number, number]
}>

/** Most bytes a needle may have. */
export const LONGEST_NEEDLE = 4_000

/** Bytes of our logs from the most to the less frequent; any other is rarer still. */
const FREQUENT = `"0e:,1atisnor2cdlupm3b4f5-6y.87h9 gkT_vZwx{}S`
const CASE_BIT = 0x20

/**
 * Makes a needle of text.
 *
 * @param ignoreCase also finds it in other case; of ASCII letters only (`hasPlainCase` says whether these are all)
 * @returns undefined where nothing can be looked for: no text, more than `LONGEST_NEEDLE` bytes, or several lines
 */
export function needleOf(text: string, ignoreCase: boolean): Needle | undefined {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length === 0 || bytes.length > LONGEST_NEEDLE || bytes.includes(10)) return undefined
  const folds = new Uint8Array(bytes.length)
  if (ignoreCase)
    for (let at = 0; at < bytes.length; at++) {
      const lower = bytes[at]! | CASE_BIT
      if (lower < 97 || lower > 122) continue
      bytes[at] = lower
      folds[at] = CASE_BIT
    }
  const byRarity = [...bytes.keys()].toSorted((a, b) => rarityOf(bytes[b]!) - rarityOf(bytes[a]!) || a - b)
  return { bytes, folds, rarest: [byRarity[0]!, byRarity[1] ?? byRarity[0]!] }
}

/** Whether ignoring the case of ASCII letters is ignoring case: no other letter of the text has one. */
export function hasPlainCase(text: string): boolean {
  // K (Kelvin sign) and ſ are other cases of k and s; a log in which they stand for these letters is not one of ours.
  const others = text.replace(/\p{ASCII}/gu, '')
  return others.toLowerCase() === others.toUpperCase()
}

function rarityOf(byte: number): number {
  const place = FREQUENT.indexOf(String.fromCharCode(byte))
  return place < 0 ? FREQUENT.length : place
}
