/** What there is to see of one account, in the order of the tabs. The first is shown where the address names none. */
export const ACCOUNT_TABS = [
  { name: 'chart', title: 'Chart' },
  { name: 'balance', title: 'Balance' },
  { name: 'positions', title: 'Positions' },
  { name: 'orders', title: 'Orders' },
  { name: 'fills', title: 'Fills' },
  { name: 'trades', title: 'Trades' },
  { name: 'decisions', title: 'Decisions' },
  { name: 'reconciliation', title: 'Reconciliation' },
  { name: 'risk', title: 'Risk' },
  { name: 'lock', title: 'Lock' },
  { name: 'settings', title: 'Settings' },
  { name: 'log', title: 'Log' },
] as const

export type AccountTab = (typeof ACCOUNT_TABS)[number]['name']

/** @param asked as the address has it; anything unknown is the first tab */
export function accountTab(asked: string | undefined): AccountTab {
  return ACCOUNT_TABS.find(({ name }) => name === asked)?.name ?? 'chart'
}
