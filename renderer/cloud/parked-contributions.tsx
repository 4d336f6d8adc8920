import { Code, Group, Stack, Text } from '@mantine/core'
import { useRef } from 'react'
import type { RemovedCloud } from '../../src/contracts/launcher/cloud.ts'
import type { ParkedContribution } from '../../src/contracts/launcher/outbox.ts'
import { sentence } from '../format/sentence.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { ActionButton } from '../page/action-button.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { RowTable } from '../page/row-table.tsx'
import { AccountLink } from '../place/account-link.tsx'
import { useTimes } from '../preferences/use-times.ts'
import { useCloudAction } from './use-cloud.ts'

/** `isRemoved`: the account is no more, and its trades are. */
type Parked = ParkedContribution & Readonly<{ accountId: string; isRemoved: boolean }>
type Outbox = Pick<RemovedCloud, 'accountId' | 'parked' | 'parkedRows'>
/** All of an account, or those of one trade. */
type Again = Readonly<{ accountId: string; tradeId?: string }>

/** What the cloud would not take of each account, why, and the way to send it again. */
export function ParkedContributions({
  accounts,
  removed,
}: {
  accounts: readonly Outbox[]
  removed: readonly Outbox[]
}) {
  const said = useRef<HTMLParagraphElement>(null)
  const again = useCloudAction((client, { accountId, tradeId }: Again) =>
    client.outbox.retry({ id: accountId, ...(tradeId === undefined ? {} : { tradeId }) }),
  )
  // What was pressed is gone with its row: whoever uses the keyboard goes on from what came of it.
  const send = (what: Again) => again.mutate(what, { onSuccess: () => said.current?.focus() })
  const isSent = ({ accountId, tradeId }: Again) =>
    again.isPending && again.variables.accountId === accountId && again.variables.tradeId === tradeId
  const some = [...accounts, ...removed].filter(({ parked }) => parked > 0)
  const gone = new Set(removed.map(({ accountId }) => accountId))
  const rows = some.flatMap(({ accountId, parkedRows }) =>
    parkedRows.map((row): Parked => ({ ...row, accountId, isRemoved: gone.has(accountId) })),
  )
  return (
    <section className="panel" aria-labelledby="put-aside">
      <h3 id="put-aside" className="panelTitle">
        Put aside
      </h3>
      <Stack px={12} gap="xs">
        {some.length > 0 && (
          <Text size="sm" c="dimmed">
            Closed trades that the cloud would not take, or that can&apos;t be read. Trading is not touched. Sending
            them again helps once the reason is gone, such as after an update of Slipway or of the cloud; what is
            refused again comes back here.
          </Text>
        )}
        <Text ref={said} size="sm" role="status" tabIndex={-1}>
          {again.data && sentText(again.data)}
        </Text>
        {again.error && <NoticePanel title="They were not sent again." why={describeFailure(again.error)} />}
        {some.length > 0 && (
          <Group gap="xs">
            {some.map(({ accountId, parked }) => (
              <ActionButton
                key={accountId}
                size="compact-sm"
                variant="light"
                icon="restart"
                word={`Try all ${parked} of ${accountId} again`}
                label={`Try all ${parked} of ${accountId} again`}
                isBusy={isSent({ accountId })}
                isOff={again.isPending}
                onClick={() => send({ accountId })}
              />
            ))}
          </Group>
        )}
      </Stack>
      <ParkedRows rows={rows} isOff={again.isPending} isSent={isSent} onSend={send} />
      {some.map(
        ({ accountId, parked, parkedRows }) =>
          parked > parkedRows.length && (
            <Text key={accountId} size="xs" c="dimmed" px={12} py="xs">
              Of {accountId} the newest {parkedRows.length} of {parked} are shown.
            </Text>
          ),
      )}
    </section>
  )
}

type ParkedRowsProps = Readonly<{
  rows: readonly Parked[]
  isOff: boolean
  isSent: (what: Again) => boolean
  onSend: (what: Again) => void
}>

function ParkedRows({ rows, isOff, isSent, onSend }: ParkedRowsProps) {
  const times = useTimes()
  return (
    <RowTable
      rows={rows}
      keyOf={({ accountId, kind, tradeId }) => `${accountId} ${kind} ${tradeId}`}
      empty="Nothing is put aside."
      columns={[
        {
          head: 'Account',
          cell: ({ accountId, isRemoved }) => (isRemoved ? `${accountId} (removed)` : <AccountLink id={accountId} />),
        },
        { head: `Since (${times.zoneName})`, look: 'figure', cell: ({ since }) => times.minute(since) },
        { head: 'Trade', look: 'figure', cell: ({ tradeId }) => tradeId },
        { head: 'Part', cell: ({ kind }) => KINDS[kind] ?? kind },
        { head: 'Why', cell: ({ reason }) => <Reason reason={reason} /> },
        {
          head: 'Action',
          cell: ({ accountId, tradeId }) => (
            <ActionButton
              size="compact-xs"
              variant="default"
              icon="restart"
              word="Try again"
              label={`Try trade ${tradeId} of ${accountId} again`}
              isBusy={isSent({ accountId, tradeId })}
              isOff={isOff}
              onClick={() => onSend({ accountId, tradeId })}
            />
          ),
        },
      ]}
    />
  )
}

const KINDS: Readonly<Record<string, string>> = { signal: 'entry', exit: 'exit' }

/** A cloud's own answer stands behind its code: `key_conflict: Known with other words.` */
const CODED = /^([a-z]+(?:_[a-z]+)*): (.+)$/s

function Reason({ reason }: { reason: string }) {
  const [, code, words = reason] = CODED.exec(reason) ?? []
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      {sentence(words)} {code !== undefined && <Code>{code}</Code>}
    </span>
  )
}

function sentText({ accountId, retried }: Readonly<{ accountId: string; retried: number }>): string {
  if (retried === 0) return `Nothing of ${accountId} was put aside any more.`
  return retried === 1
    ? `1 contribution of ${accountId} waits again, and is sent within seconds.`
    : `${retried} contributions of ${accountId} wait again, and are sent within seconds.`
}
