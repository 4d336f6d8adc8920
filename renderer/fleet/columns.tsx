import { memo, type ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { formatPosition } from '../format/money.ts'
import { hashOf } from '../place/place.ts'
import { BarAge, Uptime } from './ages.tsx'
import { HolderText, Issues, LossUsed, PlainMoney, SignedMoney } from './figures.tsx'
import { breaksAtDashes } from './name-lines.ts'
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
  /** What the cell is made of; it is drawn again when one of these is another. */
  fields: readonly (keyof AccountStatus)[]
  cell: (account: AccountStatus) => ReactNode
}>

/** What one account has in a column. */
export const Cell = memo(
  function Cell({ column, account }: { column: Column; account: AccountStatus }) {
    return column.cell(account)
  },
  (before, after) =>
    before.column === after.column && after.column.fields.every((key) => before.account[key] === after.account[key]),
)

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
    fields: ['accountId', 'broker'],
    ...{ id: 'account', title: 'Account', label: 'Account', width: 100 },
    cell: ({ accountId, broker }) => (
      <Lines
        first={
          <a
            className="accountId"
            data-anywhere={!breaksAtDashes(accountId) || undefined}
            href={hashOf({ page: 'account', accountId, tab: undefined })}
            title={accountId}
          >
            {accountId}
          </a>
        }
        second={broker || NOTHING}
      />
    ),
  },
  {
    fields: ['mode', 'userId'],
    ...{ id: 'mode', title: 'Mode', label: 'Mode', width: 74 },
    // Nothing but the id is known of an account whose settings can't be read; its mode would be a guess.
    cell: ({ mode, userId }) => <ModeBadge mode={userId === '' ? undefined : mode} />,
  },
  {
    fields: ['state', 'stateReason', 'lastError'],
    ...{ id: 'state', title: 'State', label: 'State', width: 108 },
    cell: ({ state, stateReason, lastError }) => {
      const why = stateReason ?? lastError
      return (
        <Lines first={<StateBadge state={state} />} second={why ?? undefined} hint={whyText(stateReason, lastError)} />
      )
    },
  },
  {
    fields: ['symbol', 'strategy'],
    ...{ id: 'symbol', title: 'Symbol', label: 'Symbol and strategy', width: 80 },
    cell: ({ symbol, strategy }) => (
      <Lines first={symbol || NOTHING} second={strategy || NOTHING} hint={`${symbol} ${strategy}`} />
    ),
  },
  {
    fields: ['strategy'],
    ...{ id: 'strategy', title: 'Strategy', label: 'Strategy', width: 100 },
    cell: ({ strategy }) => strategy || NOTHING,
  },
  {
    fields: ['userId'],
    ...{ id: 'user', title: 'User', label: 'User', width: 104 },
    cell: ({ userId }) => <span className="code">{userId || NOTHING}</span>,
  },
  {
    fields: ['broker'],
    ...{ id: 'broker', title: 'Broker', label: 'Broker', width: 80 },
    cell: ({ broker }) => broker || NOTHING,
  },
  {
    fields: ['position', 'holdings', 'symbol'],
    ...{ id: 'position', title: 'Position', label: 'Position', width: 60, isNumber: true },
    cell: (account) => <Holdings account={account} />,
  },
  {
    fields: ['todayPnl', 'currency'],
    ...{ id: 'today', title: 'P&L today', label: 'Profit and loss of today', width: 88, isNumber: true },
    cell: ({ todayPnl, currency }) => <SignedMoney amount={todayPnl} currency={currency} />,
  },
  {
    fields: ['unrealizedPnl', 'currency'],
    ...{ id: 'open', title: 'Open P&L', label: 'Open profit and loss', width: 88, isNumber: true },
    cell: ({ unrealizedPnl, currency }) => <SignedMoney amount={unrealizedPnl} currency={currency} />,
  },
  {
    fields: ['realizedPnl', 'currency'],
    ...{ id: 'realized', title: 'Realised', label: 'Realised since the beginning', width: 88, isNumber: true },
    cell: ({ realizedPnl, currency }) => <SignedMoney amount={realizedPnl} currency={currency} />,
  },
  {
    fields: ['equity', 'currency'],
    ...{ id: 'equity', title: 'Equity', label: 'Equity', width: 92, isNumber: true },
    cell: ({ equity, currency }) => <PlainMoney amount={equity} currency={currency} />,
  },
  {
    fields: ['tradesToday'],
    ...{ id: 'trades', title: 'Trades', label: 'Trades today', width: 50, isNumber: true },
    cell: ({ tradesToday }) => tradesToday,
  },
  {
    fields: ['lossLimitUsed', 'currency'],
    ...{ id: 'loss', title: 'Loss limit', label: 'Loss limit used', width: 72, isNumber: true },
    cell: ({ lossLimitUsed, currency }) => <LossUsed used={lossLimitUsed} currency={currency} />,
  },
  {
    fields: ['lastBarAt', 'feed', 'symbol'],
    ...{ id: 'bar', title: 'Last bar', label: 'Last bar', width: 78 },
    cell: (account) => <BarAge account={account} />,
  },
  {
    fields: ['warnings', 'errors', 'lastError'],
    ...{ id: 'issues', title: 'Issues', label: 'Warnings and errors since the start', width: 60 },
    cell: ({ warnings, errors, lastError }) => <Issues warnings={warnings} errors={errors} lastError={lastError} />,
  },
  {
    fields: ['startedAt', 'pid'],
    ...{ id: 'uptime', title: 'Uptime', label: 'Uptime', width: 60 },
    cell: ({ startedAt, pid }) => <Uptime startedAt={startedAt} isUp={pid !== null} />,
  },
  {
    fields: ['holder', 'pid'],
    ...{ id: 'holder', title: 'Lock', label: 'Who holds the lock', width: 56 },
    cell: ({ holder, pid }) => <HolderText holder={holder} pid={pid} />,
  },
  {
    fields: ['pid'],
    ...{ id: 'pid', title: 'PID', label: 'Process', width: 58, isNumber: true },
    cell: ({ pid }) => pid ?? NOTHING,
  },
]

function whyText(reason: string | null, error: string | null): string | undefined {
  const said = [reason, error && error !== reason ? `Last error: ${error}` : null].filter((text) => text !== null)
  return said.length === 0 ? undefined : said.join('\n')
}

/** Lots of the first symbol, and whatever else is held: an option is no less a position. */
export function Holdings({ account }: { account: AccountStatus }) {
  const { position, holdings = [], symbol } = account
  const first = symbol.split(',')[0]
  const others = holdings.filter((held) => held.symbol !== first)
  const hint = others.map((held) => `${formatPosition(held.quantity)} ${held.symbol}`).join('\n')
  const [only] = others.length === 1 ? others : []
  if (others.length === 0) return <div className="lines">{formatPosition(position)}</div>
  if (position !== 0)
    return (
      <Lines
        first={formatPosition(position)}
        second={only ? `${formatPosition(only.quantity)} ${only.symbol}` : `and ${others.length} more`}
        hint={hint}
      />
    )
  return (
    <Lines
      first={only ? formatPosition(only.quantity) : `${others.length} held`}
      second={others.map((held) => held.symbol).join(' ')}
      hint={hint}
    />
  )
}
