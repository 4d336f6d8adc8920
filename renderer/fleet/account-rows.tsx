import { Table, Text, UnstyledButton } from '@mantine/core'
import { memo } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { formatPosition } from '../format/money.ts'
import { MoneyText } from '../format/money-text.tsx'
import { utcMinute } from '../format/times.ts'
import { BotButtons } from './bot-buttons.tsx'
import { ModeBadge, StateBadge } from './state-badge.tsx'

type AccountRowsProps = Readonly<{
  account: AccountStatus
  isSelected: boolean
  isOnline: boolean
  onSelect: (accountId: string) => void
}>

export const ACCOUNT_COLUMNS = 11

const NOTHING = '\u2013'

/** One account: its figures, and below them its last error when there is one. Drawn again only when it changed. */
export const AccountRows = memo(function AccountRows({ account, isSelected, isOnline, onSelect }: AccountRowsProps) {
  const { accountId, currency, lastError, state } = account
  // Nothing but the id is known of an account whose settings can't be read; its mode would be a guess.
  const isReadable = account.userId !== ''
  return (
    <Table.Tbody
      className="account"
      data-selected={isSelected || undefined}
      data-account={accountId}
      onClick={() => onSelect(accountId)}
    >
      <Table.Tr>
        <Table.Th scope="row">
          <UnstyledButton
            className="accountId"
            aria-pressed={isSelected}
            title={`Show log and trades of ${accountId}`}
            onClick={() => onSelect(accountId)}
          >
            {accountId}
          </UnstyledButton>
          <Text size="xs" c="dimmed" ff="monospace">
            {account.userId || NOTHING}
          </Text>
        </Table.Th>
        <Table.Td>
          <ModeBadge mode={isReadable ? account.mode : undefined} />
        </Table.Td>
        <Table.Td className="stateCell">
          <StateBadge state={state} />
          {account.stateReason && (
            <Text size="xs" c="dimmed" mt={2} lineClamp={2} title={account.stateReason}>
              {account.stateReason}
            </Text>
          )}
        </Table.Td>
        <Table.Td className="market">
          <Text inherit fw={500}>
            {account.symbol || NOTHING}
          </Text>
          <Text size="xs" c="dimmed">
            {account.strategy || NOTHING}
          </Text>
        </Table.Td>
        <Table.Td className="number lots">
          <Holdings account={account} />
        </Table.Td>
        <Table.Td className="number money">
          <MoneyText amount={account.realizedPnl} currency={currency} />
        </Table.Td>
        <Table.Td className="number money">
          <MoneyText amount={account.unrealizedPnl} currency={currency} />
        </Table.Td>
        <Table.Td className="number">{account.tradesToday}</Table.Td>
        <Table.Td className="figure">{account.lastBarAt ? utcMinute(account.lastBarAt) : NOTHING}</Table.Td>
        <Table.Td className="number lots">{account.pid ?? NOTHING}</Table.Td>
        <Table.Td className="actions">
          <BotButtons accountId={accountId} state={state} isOnline={isOnline} />
        </Table.Td>
      </Table.Tr>
      {lastError && (
        <Table.Tr className="errorRow">
          <Table.Td colSpan={ACCOUNT_COLUMNS}>
            <Text size="xs" c={state === 'crashed' || state === 'blocked' ? 'var(--loss)' : 'dimmed'}>
              <b>Last error:</b> {lastError}
            </Text>
          </Table.Td>
        </Table.Tr>
      )}
    </Table.Tbody>
  )
})

/** Lots of the first symbol, and under it whatever else is held: an option is no less a position. */
function Holdings({ account }: { account: AccountStatus }) {
  const { position, holdings = [], symbol } = account
  const first = symbol.split(',')[0]
  const others = holdings.filter((held) => held.symbol !== first)
  return (
    <>
      {(position !== 0 || others.length === 0) && formatPosition(position)}
      {others.map((held) => (
        <Text size="xs" key={held.symbol}>
          {formatPosition(held.quantity)} {held.symbol}
        </Text>
      ))}
    </>
  )
}
