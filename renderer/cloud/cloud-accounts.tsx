import { Anchor, Button, Table, Text } from '@mantine/core'
import { useState } from 'react'
import type { AccountCloud } from '../../src/contracts/launcher/cloud.ts'
import { ConfirmDialog } from '../account/confirm-dialog.tsx'
import { describeFailure } from '../launcher/describe-failure.ts'
import { Icon } from '../page/icon.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { hashOf } from '../place/place.ts'
import { useTimes } from '../preferences/use-times.ts'
import { useCloudAction } from './use-cloud.ts'

/** Where each account stands with its licence, and what of it waits to be contributed. */
export function CloudAccounts({ accounts }: { accounts: readonly AccountCloud[] }) {
  const times = useTimes()
  return (
    <Table verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Account</Table.Th>
          <Table.Th scope="col">Entries</Table.Th>
          <Table.Th scope="col" className="number">
            Waiting to be contributed
          </Table.Th>
          <Table.Th scope="col">Oldest ({times.zoneName})</Table.Th>
          <Table.Th scope="col" className="number">
            Delivered today
          </Table.Th>
          <Table.Th scope="col" className="number">
            Put aside
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {accounts.map((account) => (
          <Table.Tr key={account.accountId}>
            <Table.Th scope="row">
              <Anchor href={hashOf({ page: 'account', accountId: account.accountId, tab: undefined })}>
                {account.accountId}
              </Anchor>
            </Table.Th>
            <Table.Td>
              <Licence account={account} />
            </Table.Td>
            <Table.Td className="number">{account.waiting}</Table.Td>
            <Table.Td className="figure">
              {account.oldestWaitingAt ? times.minute(account.oldestWaitingAt) : '\u2013'}
            </Table.Td>
            <Table.Td className="number">{account.deliveredToday}</Table.Td>
            <Table.Td className="number">{account.parked}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Licence({ account: { accountId, licence, problem } }: { account: AccountCloud }) {
  const times = useTimes()
  const [isAsking, setAsking] = useState(false)
  const take = useCloudAction((client, id: string) => client.licence.takeOver({ id }))
  const isWarned = licence?.entries === 'refused' || licence?.rung === 'warn'
  return (
    <>
      {licence && (
        <span className="withIcon" style={isWarned ? { color: 'var(--warn)' } : {}}>
          <Icon name={licence.entries === 'refused' ? 'blocked' : licence.rung === 'warn' ? 'warning' : 'online'} />{' '}
          {licence.message}
          {licence.until && ` Next step of the ladder: ${times.minute(licence.until)}.`}
        </span>
      )}
      {problem && (
        <Text size="sm">
          {problem.message} {problem.nextStep}
        </Text>
      )}
      {(licence?.code === 'account_held' || licence?.code === 'lease_lost') && (
        <Button mt={4} size="compact-xs" variant="default" loading={take.isPending} onClick={() => setAsking(true)}>
          Take {accountId} over…
        </Button>
      )}
      {take.error && <NoticePanel title="It was not taken over." why={describeFailure(take.error)} />}
      {isAsking && (
        <ConfirmDialog
          title={`Take ${accountId} over from another device?`}
          typed={accountId}
          action="Take it over"
          color="red"
          onClose={() => setAsking(false)}
          onConfirm={() => take.mutate(accountId)}
        >
          A bot on another device makes no entries from then on; it keeps protecting and closing what it holds. Two bots
          must not manage one position: make sure that the other one is stopped.
        </ConfirmDialog>
      )}
    </>
  )
}
