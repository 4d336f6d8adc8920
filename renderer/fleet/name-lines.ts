/** Letters that surely stand side by side in the narrowest column of accounts. */
const SURE_LETTERS = 11

/**
 * Whether a name stands on two short lines when it is broken after its dashes only. Where it does not, it is broken
 * anywhere: a word in two parts is still better than an end that nobody sees.
 */
export function breaksAtDashes(name: string): boolean {
  let lines = 1
  let used = 0
  for (const { length } of name.split(/(?<=-)/)) {
    if (length > SURE_LETTERS) return false
    if (used + length > SURE_LETTERS) {
      lines += 1
      used = 0
    }
    used += length
  }
  return lines <= 2
}
