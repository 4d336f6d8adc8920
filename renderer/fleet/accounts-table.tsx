import { Table } from '@mantine/core'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { AccountRows } from './account-rows.tsx'

type AccountsTableProps = Readonly<{
  accounts: readonly AccountStatus[]
  selected: string | undefined
  isOnline: boolean
  onSelect: (accountId: string) => void
}>

/** Every account with its bot, one block of rows each. */
export function AccountsTable({ accounts, selected, isOnline, onSelect }: AccountsTableProps) {
  return (
    <div className="accounts" data-stale={!isOnline || undefined} tabIndex={0} role="region" aria-label="Accounts">
      <Table verticalSpacing={6} horizontalSpacing="xs" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Account, user</Table.Th>
            <Table.Th scope="col">Mode</Table.Th>
            <Table.Th scope="col">State</Table.Th>
            <Table.Th scope="col">Symbol, strategy</Table.Th>
            <Table.Th scope="col" className="number">
              Position
            </Table.Th>
            <Table.Th scope="col" className="number">
              Realised P&amp;L
            </Table.Th>
            <Table.Th scope="col" className="number">
              Open P&amp;L
            </Table.Th>
            <Table.Th scope="col" className="number">
              Trades today
            </Table.Th>
            <Table.Th scope="col">Last bar (UTC)</Table.Th>
            <Table.Th scope="col" className="number">
              PID
            </Table.Th>
            <Table.Th scope="col" className="number actions">
              Actions
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        {accounts.map((account) => (
          <AccountRows
            key={account.accountId}
            account={account}
            isSelected={account.accountId === selected}
            isOnline={isOnline}
            onSelect={onSelect}
          />
        ))}
      </Table>
    </div>
  )
}
