import { Button, Group, Loader, Text } from '@mantine/core'
import { useCallback, useMemo } from 'react'
import { useRemembered } from '../remembered/use-remembered.ts'
import { AccountCards } from './account-cards.tsx'
import { AccountsTable } from './accounts-table.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { COLUMNS } from './columns.tsx'
import { FirstRun } from './first-run.tsx'
import { FleetBar } from './fleet-bar.tsx'
import { useFleet } from './fleet-context.tsx'
import { pickAccounts } from './pick-accounts.ts'
import { PickerTools } from './picker-tools.tsx'
import { DEFAULT_VIEW, PickerView, type ColumnId } from './picker-view.ts'
import { useSelection } from './use-selection.ts'

/** The home page: all accounts. */
export function AccountsPage() {
  const { connection, accounts } = useFleet()
  const isOnline = connection.kind === 'online'
  if (!accounts)
    return connection.kind === 'stale' ? null : (
      <Group p="xl" justify="center">
        <Loader size="sm" />
        <Text>Asking the launcher for your accounts …</Text>
      </Group>
    )
  return accounts.length === 0 ? <FirstRun isOnline={isOnline} /> : <Picker accounts={accounts} isOnline={isOnline} />
}

type PickerProps = Readonly<{ accounts: NonNullable<ReturnType<typeof useFleet>['accounts']>; isOnline: boolean }>

function Picker({ accounts, isOnline }: PickerProps) {
  const [view, setView] = useRemembered('accounts.view', PickerView, DEFAULT_VIEW)
  const change = useCallback((some: Partial<PickerView>) => setView((before) => ({ ...before, ...some })), [setView])
  const groups = useMemo(() => pickAccounts(accounts, view), [accounts, view])
  const shownIds = groups.flatMap((group) => group.accounts.map(({ accountId }) => accountId))
  const order = shownIds.join('\n')
  // The order changes less often than the figures.
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the text stands for the list
  const shown = useMemo(() => shownIds, [order])
  const columns = useMemo(() => COLUMNS.filter(({ id }) => !view.hidden.includes(id)), [view.hidden])
  const selection = useSelection(shown)
  const chosen = accounts.filter(({ accountId }) => selection.chosen.has(accountId))
  const onSort = (column: ColumnId) =>
    change({ sort: { column, down: view.sort.column === column ? !view.sort.down : false } })
  const common = { groups, selection, isOnline }
  return (
    <div className="fleet">
      <FleetBar
        accounts={accounts}
        isOnline={isOnline}
        states={view.states}
        onStates={(states) => change({ states: [...states] })}
      />
      <PickerTools view={view} shown={shown.length} all={accounts.length} onChange={change} />
      {shown.length === 0 ? (
        <div className="noneShown">
          <Text>No account is like that.</Text>
          <Button size="xs" variant="light" onClick={() => change({ search: '', states: [], mode: 'all' })}>
            Show all {accounts.length}
          </Button>
        </div>
      ) : view.layout === 'table' ? (
        <AccountsTable {...common} columns={columns} sort={view.sort} onSort={onSort} />
      ) : (
        <AccountCards {...common} />
      )}
      {chosen.length > 0 && <BulkBar chosen={chosen} isOnline={isOnline} onClear={selection.clear} />}
    </div>
  )
}
