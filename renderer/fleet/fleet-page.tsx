import { Group, Loader, Text } from '@mantine/core'
import { useEffect } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { AccountPanel } from '../account/account-panel.tsx'
import { utcTimeOfDay } from '../format/times.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { PageHeader } from '../page/page-header.tsx'
import { useSelectedAccount } from '../page/use-selected-account.ts'
import { AccountsTable } from './accounts-table.tsx'
import { countStates } from './bot-looks.ts'
import { FleetButtons } from './fleet-buttons.tsx'
import { FleetSummary } from './fleet-summary.tsx'
import type { Connection } from './fleet-view.ts'
import { NoAccounts } from './no-accounts.tsx'
import { StateAnnouncer } from './state-announcer.tsx'
import { useFleet } from './use-fleet.ts'

/** The page: all accounts, and the one that was chosen. */
export function FleetPage() {
  const { connection, accounts } = useFleet()
  return (
    <div className="page">
      <PageHeader connection={connection} />
      {connection.kind === 'stale' && <StaleNotice connection={connection} />}
      {accounts ? <Fleet accounts={accounts} connection={connection} /> : <NoFleetYet connection={connection} />}
    </div>
  )
}

function Fleet({ accounts, connection }: { accounts: readonly AccountStatus[]; connection: Connection }) {
  const [chosen, select] = useSelectedAccount()
  const isOnline = connection.kind === 'online'
  const { crashed } = countStates(accounts)
  useEffect(() => {
    document.title = crashed === 0 ? 'Slipway' : `${crashed} crashed \u2013 Slipway`
  }, [crashed])

  const selected = accounts.find(({ accountId }) => accountId === chosen) ?? (chosen ? undefined : accounts[0])
  return (
    <>
      <StateAnnouncer accounts={accounts} connection={connection} />
      {accounts.length === 0 ? (
        <main>
          <NoAccounts />
        </main>
      ) : (
        <main className="fleet">
          <Group justify="space-between" className="fleetBar">
            <FleetSummary accounts={accounts} />
            <FleetButtons accounts={accounts} isOnline={isOnline} />
          </Group>
          <AccountsTable accounts={accounts} selected={selected?.accountId} isOnline={isOnline} onSelect={select} />
          {selected ? (
            <AccountPanel key={selected.accountId} account={selected} />
          ) : (
            <Text c="dimmed" p="md">
              There is no account {chosen} any more. Choose another one in the table.
            </Text>
          )}
        </main>
      )}
    </>
  )
}

function StaleNotice({ connection }: { connection: Connection & { kind: 'stale' } }) {
  const { since, why } = connection
  const title =
    since === undefined
      ? 'Not connected to the launcher. Trying again by itself.'
      : `What you see is as of ${utcTimeOfDay(since)} UTC. Connecting again by itself.`
  return (
    <div className="staleNotice">
      <NoticePanel title={title} why={why} color="orange" />
    </div>
  )
}

function NoFleetYet({ connection }: { connection: Connection }) {
  if (connection.kind === 'stale') return <main />
  return (
    <main>
      <Group p="xl" justify="center">
        <Loader size="sm" />
        <Text>Asking the launcher for your accounts …</Text>
      </Group>
    </main>
  )
}
