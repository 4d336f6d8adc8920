import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { formatPosition } from '../format/money.ts'
import { hashOf } from '../place/place.ts'
import { BarAge, Uptime } from './ages.tsx'
import { HolderText, Issues, LossUsed, PlainMoney, SignedMoney } from './figures.tsx'
import type { ColumnId } from './picker-view.ts'
import { ModeBadge, StateBadge } from './state-badge.tsx'

/** One column of the table of accounts. */
export type Column = Readonly<{
  id: ColumnId
  /** In the table's head, short. */
  title: string
  /** In the choice of columns. */
  label: string
  isNumber?: boolean
  /** Width, pixels. */
  width: number
  cell: (account: AccountStatus) => ReactNode
}>

export const NOTHING = '\u2013'

/** Two lines of a cell: what counts, and what it belongs to. */
function Lines({ first, second, hint }: { first: ReactNode; second?: ReactNode; hint?: string | undefined }) {
  return (
    <div className="lines" title={hint}>
      <div>{first}</div>
      {second !== undefined && <div className="second">{second}</div>}
    </div>
  )
}

export const COLUMNS: readonly Column[] = [
  {
    ...{ id: 'account', title: 'Account', label: 'Account', width: 104 },
    cell: ({ accountId, broker }) => (
      <Lines
        first={
          <a className="accountId" href={hashOf({ page: 'account', accountId, tab: undefined })} title={accountId}>
            {accountId}
          </a>
        }
        second={broker || NOTHING}
      />
    ),
  },
  {
    ...{ id: 'mode', title: 'Mode', label: 'Mode', width: 70 },
    // Nothing but the id is known of an account whose settings can't be read; its mode would be a guess.
    cell: ({ mode, userId }) => <ModeBadge mode={userId === '' ? undefined : mode} />,
  },
  {
    ...{ id: 'state', title: 'State', label: 'State', width: 112 },
    cell: ({ state, stateReason, lastError }) => {
      const why = stateReason ?? lastError
      return (
        <Lines first={<StateBadge state={state} />} second={why ?? undefined} hint={whyText(stateReason, lastError)} />
      )
    },
  },
  {
    ...{ id: 'symbol', title: 'Symbol', label: 'Symbol and strategy', width: 86 },
    cell: ({ symbol, strategy }) => (
      <Lines first={symbol || NOTHING} second={strategy || NOTHING} hint={`${symbol} ${strategy}`} />
    ),
  },
  {
    ...{ id: 'strategy', title: 'Strategy', label: 'Strategy', width: 100 },
    cell: ({ strategy }) => strategy || NOTHING,
  },
  {
    ...{ id: 'user', title: 'User', label: 'User', width: 104 },
    cell: ({ userId }) => <span className="code">{userId || NOTHING}</span>,
  },
  { ...{ id: 'broker', title: 'Broker', label: 'Broker', width: 80 }, cell: ({ broker }) => broker || NOTHING },
  {
    ...{ id: 'position', title: 'Position', label: 'Position', width: 58, isNumber: true },
    cell: (account) => <Holdings account={account} />,
  },
  {
    ...{ id: 'today', title: 'P&L today', label: 'Profit and loss of today', width: 82, isNumber: true },
    cell: ({ todayPnl, currency }) => <SignedMoney amount={todayPnl} currency={currency} />,
  },
  {
    ...{ id: 'open', title: 'Open P&L', label: 'Open profit and loss', width: 82, isNumber: true },
    cell: ({ unrealizedPnl, currency }) => <SignedMoney amount={unrealizedPnl} currency={currency} />,
  },
  {
    ...{ id: 'realized', title: 'Realised', label: 'Realised since the beginning', width: 88, isNumber: true },
    cell: ({ realizedPnl, currency }) => <SignedMoney amount={realizedPnl} currency={currency} />,
  },
  {
    ...{ id: 'equity', title: 'Equity', label: 'Equity', width: 92, isNumber: true },
    cell: ({ equity, currency }) => <PlainMoney amount={equity} currency={currency} />,
  },
  {
    ...{ id: 'trades', title: 'Trades', label: 'Trades today', width: 46, isNumber: true },
    cell: ({ tradesToday }) => tradesToday,
  },
  {
    ...{ id: 'loss', title: 'Loss limit', label: 'Loss limit used', width: 74, isNumber: true },
    cell: ({ lossLimitUsed, currency }) => <LossUsed used={lossLimitUsed} currency={currency} />,
  },
  {
    ...{ id: 'bar', title: 'Last bar', label: 'Last bar', width: 74 },
    cell: (account) => <BarAge account={account} />,
  },
  {
    ...{ id: 'issues', title: 'Issues', label: 'Warnings and errors since the start', width: 54 },
    cell: ({ warnings, errors, lastError }) => <Issues warnings={warnings} errors={errors} lastError={lastError} />,
  },
  {
    ...{ id: 'uptime', title: 'Uptime', label: 'Uptime', width: 66 },
    cell: ({ startedAt, pid }) => <Uptime startedAt={startedAt} isUp={pid !== null} />,
  },
  {
    ...{ id: 'holder', title: 'Lock', label: 'Who holds the lock', width: 64 },
    cell: ({ holder, pid }) => <HolderText holder={holder} pid={pid} />,
  },
  { ...{ id: 'pid', title: 'PID', label: 'Process', width: 58, isNumber: true }, cell: ({ pid }) => pid ?? NOTHING },
]

function whyText(reason: string | null, error: string | null): string | undefined {
  const said = [reason, error && error !== reason ? `Last error: ${error}` : null].filter((text) => text !== null)
  return said.length === 0 ? undefined : said.join('\n')
}

/** Lots of the first symbol, and under it whatever else is held: an option is no less a position. */
export function Holdings({ account }: { account: AccountStatus }) {
  const { position, holdings = [], symbol } = account
  const first = symbol.split(',')[0]
  const others = holdings.filter((held) => held.symbol !== first)
  const hint = others.map((held) => `${formatPosition(held.quantity)} ${held.symbol}`).join('\n')
  return (
    <div className="lines" title={hint || undefined}>
      {(position !== 0 || others.length === 0) && <div>{formatPosition(position)}</div>}
      {others.slice(0, 1).map((held) => (
        <Text span size="xs" key={held.symbol}>
          {`${formatPosition(held.quantity)} ${held.symbol}`}
        </Text>
      ))}
      {others.length > 1 && <span className="second">{` and ${others.length - 1} more`}</span>}
    </div>
  )
}
