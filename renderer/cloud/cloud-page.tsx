import { Anchor, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AccountCloud, CloudState } from '../../src/contracts/launcher/cloud.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { Icon } from '../page/icon.tsx'
import { PageTitle } from '../page/page-title.tsx'
import { QueryStates } from '../page/query-states.tsx'
import { hashOf } from '../place/place.ts'
import { useTimes } from '../preferences/use-times.ts'

const AGAIN_MS = 15_000

/** Licence, shared learning and calendar: what trading here owes to others, which is never an exit. */
export function CloudPage() {
  const { client } = useLauncher()
  const query = useQuery({
    queryKey: ['cloud'],
    queryFn: ({ signal }) => client.cloud(undefined, { signal }),
    refetchInterval: AGAIN_MS,
  })
  return (
    <div className="plainPage">
      <PageTitle title="Licence and cloud">
        What lies outside this computer can keep an account from entering. It can never hold up an exit, a stop or a
        cancel.
      </PageTitle>
      <QueryStates query={query} what="the state of licence and cloud">
        {(state) => <State state={state} />}
      </QueryStates>
    </div>
  )
}

function State({ state: { accounts, calendarAsOf, deviceId } }: { state: CloudState }) {
  const waiting = accounts.reduce((sum, account) => sum + account.waiting, 0)
  const live = accounts.filter(({ mode }) => mode === 'live').length
  const rows = [
    [
      'Licence',
      live === 0
        ? 'None on this computer, and none needed: all accounts trade paper.'
        : `None on this computer: ${live === 1 ? 'the live account makes' : `the ${live} live accounts make`} no entries.`,
    ],
    [
      'Shared learning',
      `No pool is connected: every decision counts with neutral confidence. ${waiting === 0 ? 'Nothing waits' : `${waiting.toLocaleString('en')} closed trades wait`} to be contributed.`,
    ],
    ['Calendar', `Bundled with this version, as of ${calendarAsOf}.`],
    ['Device', deviceId ?? 'not known yet'],
  ] as const
  return (
    <>
      <section className="panel" aria-labelledby="state">
        <h3 id="state" className="panelTitle">
          This computer
        </h3>
        <Table verticalSpacing={6}>
          <Table.Tbody>
            {rows.map(([name, text]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" w={160}>
                  {name}
                </Table.Th>
                <Table.Td>{text}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <section className="panel" aria-labelledby="accounts">
        <h3 id="accounts" className="panelTitle">
          Your accounts
        </h3>
        {accounts.length === 0 ? (
          <Text p="md" c="dimmed">
            There are no accounts yet. <Anchor href={hashOf({ page: 'add', from: undefined })}>Add one</Anchor>
          </Text>
        ) : (
          <AccountsTable accounts={accounts} />
        )}
      </section>
    </>
  )
}

function AccountsTable({ accounts }: { accounts: readonly AccountCloud[] }) {
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
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {accounts.map(({ accountId, licence, waiting, oldestWaitingAt, problem }) => (
          <Table.Tr key={accountId}>
            <Table.Th scope="row">
              <Anchor href={hashOf({ page: 'account', accountId, tab: undefined })}>{accountId}</Anchor>
            </Table.Th>
            <Table.Td>
              {licence && (
                <span className="withIcon" style={licence.entries === 'refused' ? { color: 'var(--warn)' } : {}}>
                  <Icon name={licence.entries === 'allowed' ? 'online' : 'blocked'} /> {licence.message}
                </span>
              )}
              {problem && (
                <Text size="sm">
                  {problem.message} {problem.nextStep}
                </Text>
              )}
            </Table.Td>
            <Table.Td className="number">{waiting}</Table.Td>
            <Table.Td className="figure">{oldestWaitingAt ? times.minute(oldestWaitingAt) : '\u2013'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
