import { Anchor, Button, Text } from '@mantine/core'
import { useState } from 'react'
import type { AccountCloud } from '../../src/contracts/launcher/cloud.ts'
import { ConfirmDialog } from '../account/confirm-dialog.tsx'
import { ModeBadge } from '../fleet/state-badge.tsx'
import { describeFailure } from '../launcher/describe-failure.ts'
import { Icon } from '../page/icon.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { RowTable } from '../page/row-table.tsx'
import { AccountLink } from '../place/account-link.tsx'
import { hashOf } from '../place/place.ts'
import { useTimes } from '../preferences/use-times.ts'
import { useCloudAction } from './use-cloud.ts'

/** Where each account stands with its licence, and what of it waits to be contributed. */
export function CloudAccounts({ accounts }: { accounts: readonly AccountCloud[] }) {
  const times = useTimes()
  return (
    <RowTable
      rows={accounts}
      keyOf={({ accountId }) => accountId}
      empty={
        <>
          There are no accounts yet. <Anchor href={hashOf({ page: 'add', from: undefined })}>Add one</Anchor>
        </>
      }
      columns={[
        { head: 'Account', cell: ({ accountId }) => <AccountLink id={accountId} /> },
        { head: 'Mode', cell: ({ mode }) => <ModeBadge mode={mode ?? undefined} /> },
        { head: 'Entries', cell: (account) => <Licence account={account} /> },
        { head: 'Waiting to be contributed', look: 'number', cell: ({ waiting }) => waiting },
        {
          head: `Oldest (${times.zoneName})`,
          look: 'figure',
          cell: ({ oldestWaitingAt }) => (oldestWaitingAt ? times.minute(oldestWaitingAt) : '\u2013'),
        },
        { head: 'Delivered today', look: 'number', cell: ({ deliveredToday }) => deliveredToday },
        { head: 'Put aside', look: 'number', cell: ({ parked }) => parked },
      ]}
    />
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
