import { Anchor, Table, Text } from '@mantine/core'
import type { AccountBlackouts } from '../../src/contracts/launcher/calendar.ts'
import { Icon, type IconName } from '../page/icon.tsx'
import { AccountLink } from '../place/account-link.tsx'
import { hashOf } from '../place/place.ts'
import { useTimes } from '../preferences/use-times.ts'

const NOW: Readonly<Record<AccountBlackouts['state'], Readonly<{ word: string; icon: IconName; color: string }>>> = {
  clear: { word: 'May enter', icon: 'online', color: 'inherit' },
  blackout: { word: 'Stays out now', icon: 'blocked', color: 'var(--warn)' },
  unknown: { word: 'Unknown: makes no entries', icon: 'blind', color: 'var(--warn)' },
  emergency: { word: 'Stays out: emergency', icon: 'blocked', color: 'var(--warn)' },
}

const KEEPS_FROM = {
  none: 'nothing',
  high: 'high-impact releases',
  'high,medium': 'high- and medium-impact releases',
} as const

/** What each account keeps away from, and its next window. */
export function AccountBlackoutTable({ accounts, now }: { accounts: readonly AccountBlackouts[]; now: number }) {
  const times = useTimes()
  if (accounts.length === 0)
    return (
      <Text p="md" c="dimmed">
        There are no accounts yet. <Anchor href={hashOf({ page: 'add', from: undefined })}>Add one</Anchor>
      </Text>
    )
  return (
    <Table verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Account</Table.Th>
          <Table.Th scope="col">Keeps away from</Table.Th>
          <Table.Th scope="col">Now</Table.Th>
          <Table.Th scope="col">Next window ({times.zoneName})</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {accounts.map((account) => (
          <BlackoutRow key={account.accountId} account={account} now={now} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function BlackoutRow({ account, now }: { account: AccountBlackouts; now: number }) {
  const times = useTimes()
  const { accountId, level, state, windows, problem } = account
  const next = windows.find(({ until }) => Date.parse(until) > now)
  const { word, icon, color } = NOW[state]
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <AccountLink id={accountId} />
      </Table.Th>
      <Table.Td colSpan={problem ? 3 : 1}>
        {problem ? (
          <Text size="sm">
            {problem.message} {problem.nextStep}
          </Text>
        ) : (
          <>
            {KEEPS_FROM[level]}
            <Text size="xs" c="dimmed">
              {level === 'none' ? (
                <Anchor size="xs" href={hashOf({ page: 'edit', accountId })}>
                  Set a blackout
                </Anchor>
              ) : (
                minutesText(account)
              )}
            </Text>
          </>
        )}
      </Table.Td>
      {!problem && (
        <>
          <Table.Td style={{ color }}>
            <span className="withIcon">
              <Icon name={icon} /> {level === 'none' && state !== 'emergency' ? 'May enter' : word}
            </span>
          </Table.Td>
          <Table.Td className="figure">
            {next
              ? `${next.event}, ${times.minute(next.from)} to ${times.timeOfDay(next.until).slice(0, 5)}`
              : '\u2013'}
          </Table.Td>
        </>
      )}
    </Table.Tr>
  )
}

function minutesText({ beforeMinutes, afterMinutes, ownMinutes, flat }: AccountBlackouts): string {
  const own = ownMinutes === 'none' ? '' : `, but ${ownMinutes.replaceAll(':', ' ').replaceAll(',', ', ')} min`
  return `${beforeMinutes} min before to ${afterMinutes} min after${own}${flat ? ', flat before it' : ''}`
}
