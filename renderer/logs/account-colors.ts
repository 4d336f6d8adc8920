/** Colours that can be told apart beside each other, in both themes; the name always stands beside its colour. */
const COLORS = ['cyan', 'grape', 'orange', 'lime', 'pink', 'indigo', 'yellow', 'teal', 'red', 'violet'] as const

/** The colour of each account: the same as long as the accounts are. */
export function accountColors(accountIds: readonly string[]): ReadonlyMap<string, string> {
  return new Map(accountIds.toSorted().map((id, at) => [id, `var(--mantine-color-${COLORS[at % COLORS.length]}-6)`]))
}

/** Longer names are cut, letters: the lines matter more. */
const WIDEST_NAME = 24

/** Letters that the names of accounts need beside their lines: names often differ in their last ones only. */
export function nameLetters(accountIds: Iterable<string>): number {
  let longest = 0
  for (const { length } of accountIds) longest = Math.max(longest, length)
  return Math.min(longest, WIDEST_NAME)
}
