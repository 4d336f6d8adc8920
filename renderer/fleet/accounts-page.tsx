import { Group, Loader, Text } from '@mantine/core'
import { useCallback } from 'react'
import { goTo } from '../place/use-place.ts'
import { AccountsTable } from './accounts-table.tsx'
import { FleetButtons } from './fleet-buttons.tsx'
import { useFleet } from './fleet-context.tsx'
import { FleetSummary } from './fleet-summary.tsx'
import { NoAccounts } from './no-accounts.tsx'

/** The home page: all accounts. */
export function AccountsPage() {
  const { connection, accounts } = useFleet()
  const isOnline = connection.kind === 'online'
  const open = useCallback((accountId: string) => goTo({ page: 'account', accountId, tab: undefined }), [])
  if (!accounts)
    return connection.kind === 'stale' ? null : (
      <Group p="xl" justify="center">
        <Loader size="sm" />
        <Text>Asking the launcher for your accounts …</Text>
      </Group>
    )
  if (accounts.length === 0) return <NoAccounts />
  return (
    <div className="fleet">
      <Group justify="space-between" className="fleetBar">
        <FleetSummary accounts={accounts} />
        <FleetButtons accounts={accounts} isOnline={isOnline} />
      </Group>
      <AccountsTable accounts={accounts} selected={undefined} isOnline={isOnline} onSelect={open} />
    </div>
  )
}
