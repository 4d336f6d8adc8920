/** Colours that can be told apart beside each other, in both themes; the name always stands beside its colour. */
const COLORS = ['cyan', 'grape', 'orange', 'lime', 'pink', 'indigo', 'yellow', 'teal', 'red', 'violet'] as const

/** The colour of each account: the same as long as the accounts are. */
export function accountColors(accountIds: readonly string[]): ReadonlyMap<string, string> {
  return new Map(accountIds.toSorted().map((id, at) => [id, `var(--mantine-color-${COLORS[at % COLORS.length]}-6)`]))
}
