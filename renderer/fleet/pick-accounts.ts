import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { BOT_LOOKS, LASTING_STATES } from './bot-looks.ts'
import type { ColumnId, Grouping, PickerView } from './picker-view.ts'

/** Accounts that stand together under one title; without one where nothing is grouped. */
export type PickedGroup = Readonly<{ key: string; title: string | undefined; accounts: readonly AccountStatus[] }>

/** What needs a person comes first. */
const STATE_ORDER = [
  ...(['crashed', 'blind', 'blocked', 'backing-off', 'stopping', 'starting', 'reconciling'] as const),
  ...(['trading', 'stopped'] as const),
]

/** The accounts somebody wants to see, in the order and the groups they want. */
export function pickAccounts(accounts: readonly AccountStatus[], view: PickerView): readonly PickedGroup[] {
  const sorted = accounts.filter((account) => isWanted(account, view)).toSorted(compareBy(view.sort))
  if (view.group === 'none') return [{ key: 'all', title: undefined, accounts: sorted }]
  const groups = Map.groupBy(sorted, (account) => groupOf(account, view.group))
  const keys = [...groups.keys()].toSorted(
    view.group === 'state' ? (a, b) => stateRank(a) - stateRank(b) : (a, b) => collator.compare(a, b),
  )
  return keys.map((key) => ({ key, title: titleOf(key, view.group), accounts: groups.get(key)! }))
}

/** Which count of the fleet bar an account is part of. */
export function stateGroup(state: AccountStatus['state']): string {
  return LASTING_STATES.find((it) => it === state) ?? 'changing'
}

function isWanted(account: AccountStatus, { states, mode, search }: PickerView): boolean {
  if (states.length > 0 && !states.includes(stateGroup(account.state))) return false
  if (mode !== 'all' && (account.userId === '' || account.mode !== mode)) return false
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const { accountId, userId, broker, symbol, strategy, state, stateReason, lastError, holdings = [] } = account
  const text = [
    ...[accountId, userId, broker, symbol, strategy, account.mode, BOT_LOOKS[state].word, stateReason, lastError],
    ...holdings.map((held) => held.symbol),
  ]
    .join('\n')
    .toLowerCase()
  return words.every((word) => text.includes(word))
}

function groupOf(account: AccountStatus, group: Grouping): string {
  if (group === 'state') return account.state
  return group === 'user' ? account.userId : account.broker
}

function titleOf(key: string, group: Grouping): string {
  if (group === 'state') return BOT_LOOKS[key as AccountStatus['state']].word
  return key === '' ? 'Unknown' : `${group === 'user' ? 'User' : 'Broker'} ${key}`
}

function stateRank(state: string): number {
  return STATE_ORDER.indexOf(state as AccountStatus['state'])
}

const collator = new Intl.Collator('en', { numeric: true })

/** What a column sorts by; undefined stands last, whichever way it is sorted. */
const SORT_VALUES: Readonly<Record<ColumnId, (account: AccountStatus) => string | number | undefined>> = {
  account: ({ accountId }) => accountId,
  mode: ({ mode }) => mode,
  state: ({ state }) => stateRank(state),
  symbol: ({ symbol }) => symbol || undefined,
  strategy: ({ strategy }) => strategy || undefined,
  user: ({ userId }) => userId || undefined,
  broker: ({ broker }) => broker || undefined,
  position: ({ position }) => position,
  today: ({ todayPnl }) => numberOf(todayPnl),
  open: ({ unrealizedPnl }) => numberOf(unrealizedPnl),
  realized: ({ realizedPnl }) => numberOf(realizedPnl),
  equity: ({ equity }) => numberOf(equity),
  trades: ({ tradesToday }) => tradesToday,
  loss: ({ lossLimitUsed }) => lossLimitUsed?.share,
  bar: ({ lastBarAt }) => lastBarAt ?? undefined,
  issues: ({ warnings, errors }) =>
    warnings === undefined && errors === undefined ? undefined : (errors ?? 0) * 1e6 + (warnings ?? 0),
  uptime: ({ startedAt }) => (startedAt === null ? undefined : -Date.parse(startedAt)),
  holder: ({ holder }) => holder?.verdict,
  pid: ({ pid }) => pid ?? undefined,
}

/** For ordering alone; sums are made of the digits. */
function numberOf(amount: string | undefined): number | undefined {
  return amount === undefined ? undefined : Number(amount)
}

function compareBy({ column, down }: PickerView['sort']) {
  const valueOf = SORT_VALUES[column]
  return (a: AccountStatus, b: AccountStatus): number => {
    const [x, y] = [valueOf(a), valueOf(b)]
    const order =
      x === undefined || y === undefined
        ? Number(x === undefined) - Number(y === undefined)
        : (down ? -1 : 1) *
          (typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y)))
    return order || collator.compare(a.accountId, b.accountId)
  }
}
