import { Anchor, Code, List, Stack, Text } from '@mantine/core'
import type { HeardSignal, SharingAccount, SignalsState } from '../../src/contracts/launcher/signals.ts'
import { QueryStates } from '../page/query-states.tsx'
import { RowTable } from '../page/row-table.tsx'
import { AccountLink } from '../place/account-link.tsx'
import { hashOf } from '../place/place.ts'
import { useTimes } from '../preferences/use-times.ts'
import { useSignals } from './use-signals.ts'

/** Entries that bots of this cloud share as they decide on them, and which accounts here do. */
export function SignalsPanel({ accountIds }: { accountIds: readonly string[] }) {
  const query = useSignals()
  return (
    <section className="panel" aria-labelledby="signals">
      <h3 id="signals" className="panelTitle">
        Signals
      </h3>
      <Text size="sm" c="dimmed" px={12}>
        Entries that bots have decided on, told by those who want to: the class of the market, side, strategy and
        confidence. Nothing is traded here because of them.
      </Text>
      <QueryStates query={query} what="the signals">
        {(state) => (
          <>
            <Stack px={12} py="xs" gap={4}>
              <Listening state={state} />
              <Sharing sharing={state.sharing} accountIds={accountIds} />
            </Stack>
            <div style={LONGEST} tabIndex={0} role="region" aria-label="Heard so far">
              <Heard state={state} />
            </div>
            {state.listening !== 'none' && <Since state={state} />}
          </>
        )}
      </QueryStates>
    </section>
  )
}

function Listening({ state: { cloud, listening } }: { state: SignalsState }) {
  if (cloud === 'none')
    return (
      <Text size="sm">
        No cloud is used, so none is heard and none is shared. Choose one at the end of this page, under <b>Cloud</b>.
      </Text>
    )
  if (listening === 'none')
    return (
      <Text size="sm">
        Nobody listens before there is an account.{' '}
        <Anchor inherit underline="always" href={hashOf({ page: 'add', from: undefined })}>
          Add one
        </Anchor>
      </Text>
    )
  if (listening === 'no-lease')
    return (
      <Text size="sm">
        A team&apos;s cloud tells signals to those who hold a licence, while a live bot of theirs runs. Keep a key
        below.
      </Text>
    )
  if (listening === 'connecting')
    return (
      <Text size="sm" style={{ color: 'var(--warn)' }}>
        The cloud is not heard just now; it is tried again by itself, and what is told meanwhile comes then. If it stays
        so, ask at the end of this page whether it answers.
      </Text>
    )
  return null
}

function Sharing({ sharing, accountIds }: { sharing: readonly SharingAccount[]; accountIds: readonly string[] }) {
  if (sharing.length > 0)
    return (
      <List size="sm" aria-label="Accounts that share">
        {sharing.map((account) => (
          <List.Item key={account.accountId}>
            <Anchor inherit underline="always" href={hashOf({ page: 'edit', accountId: account.accountId })}>
              {account.accountId}
            </Anchor>{' '}
            {sharingText(account)}
          </List.Item>
        ))}
      </List>
    )
  if (accountIds.length === 0) return null
  return (
    <Text size="sm">
      Sharing is off: no account here tells of its entries. To let one, choose <Code>share</Code> for <i>Signals</i>{' '}
      among its settings:{' '}
      {accountIds.slice(0, MOST_NAMED).map((accountId, at) => (
        <span key={accountId}>
          {at > 0 && ', '}
          <Anchor
            inherit
            underline="always"
            href={hashOf({ page: 'edit', accountId })}
            aria-label={`Settings of ${accountId}`}
          >
            {accountId}
          </Anchor>
        </span>
      ))}
      {accountIds.length > MOST_NAMED && ' …'}
    </Text>
  )
}

const MOST_NAMED = 5
/** What comes after it on the page stays in reach. */
const LONGEST = { maxHeight: 420, overflowY: 'auto' } as const

function sharingText({ state, shared, problem }: SharingAccount): string {
  switch (state) {
    case 'replay':
      return 'shares nothing while it replays history: give it another feed.'
    case 'own-strategy':
      return 'shares nothing: a strategy of your own is told to no team.'
    case 'no-lease':
      return "shares nothing: a team's cloud takes signals of who holds a licence. Keep a key below."
    case 'shares':
      if (problem) return `shares, and the last one was not taken. ${problem.message} ${problem.nextStep}`
      return shared === 0 ? 'shares, from its next entry on.' : `shares: ${shared} since the launcher started.`
  }
}

/** They are news, kept in memory: whoever sees none, or few, must know that there may have been more. */
function Since({ state }: { state: SignalsState }) {
  const times = useTimes()
  // The table says it where it has nothing else to say.
  const from = isSilent(state) ? 'That is' : `These are from ${times.minute(state.since)} ${times.zoneName} on,`
  return (
    <Text size="xs" c="dimmed" px={12} py="xs">
      {from} when the launcher started or this cloud was chosen. Earlier ones are not kept here.
    </Text>
  )
}

/** It is listened, and nothing was heard. */
const isSilent = ({ listening, signals }: SignalsState) => listening === 'hearing' && signals.length === 0

function Heard({ state }: { state: SignalsState }) {
  const { signals, since } = state
  const times = useTimes()
  return (
    <RowTable<HeardSignal>
      rows={signals}
      keyOf={({ id }) => String(id)}
      empty={isSilent(state) ? `None was heard since ${times.minute(since)} ${times.zoneName}.` : 'None.'}
      columns={[
        { head: `Time (${times.zoneName})`, look: 'figure', cell: ({ at }) => times.second(at) },
        { head: 'Market', cell: ({ symbolClass }) => symbolClass },
        { head: 'Side', cell: ({ side }) => side },
        { head: 'Strategy', cell: ({ strategy }) => <span style={{ overflowWrap: 'anywhere' }}>{strategy}</span> },
        { head: 'Confidence', look: 'number', cell: ({ confidence }) => confidence.toFixed(2) },
        { head: 'Prices', cell: ({ source }) => (source === null ? '\u2013' : PRICES[source]) },
        {
          head: 'From',
          cell: ({ accountId }) => (accountId === null ? 'others' : <AccountLink id={accountId} />),
        },
      ]}
    />
  )
}

const PRICES = {
  live: 'live account',
  paper: 'paper account',
  synthetic: 'made-up market',
} as const satisfies Record<NonNullable<HeardSignal['source']>, string>
