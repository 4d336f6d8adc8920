import type { DecisionRow, OrderRow, ReconciliationRow, TradeRow } from '../../src/contracts/account-records.ts'
import { MoneyText } from '../format/money-text.tsx'
import { utcMinute, utcSecond } from '../format/times.ts'
import type { Listing } from './record-table.tsx'

export const TRADES: Listing<TradeRow> = {
  name: 'trades',
  title: 'Trades',
  read: (client, page, options) => client.trades(page, options),
  keyOf: ({ tradeId }) => tradeId,
  empty: 'No trade has been closed yet.',
  columns: [
    { title: 'Closed', kind: 'time', cell: ({ exitTime }) => utcSecond(exitTime) },
    { title: 'Symbol', cell: ({ symbol }) => symbol },
    { title: 'Side', cell: ({ side }) => (side === 'long' ? 'Long' : 'Short') },
    { title: 'Lots', kind: 'figure', cell: ({ quantity }) => quantity },
    { title: 'Entry', kind: 'figure', cell: ({ entryPrice }) => entryPrice },
    { title: 'Exit', kind: 'figure', cell: ({ exitPrice }) => exitPrice },
    {
      title: 'Net P&L',
      kind: 'figure',
      cell: ({ netPnl, currency }) => <MoneyText amount={netPnl} currency={currency} />,
    },
    { title: 'Reason', cell: ({ exitReason }) => exitReason },
  ],
}

export const ORDERS: Listing<OrderRow> = {
  name: 'orders',
  title: 'Orders',
  read: (client, page, options) => client.orders(page, options),
  keyOf: ({ clientOrderId }) => clientOrderId,
  empty: 'No order has been written down yet.',
  columns: [
    { title: 'Created', kind: 'time', cell: ({ createdAt }) => utcSecond(createdAt) },
    { title: 'Symbol', cell: ({ symbol }) => symbol },
    { title: 'Order', cell: (row) => `${row.side === 'buy' ? 'Buy' : 'Sell'} ${row.type}` },
    { title: 'For', cell: ({ purpose }) => purpose },
    { title: 'Filled', kind: 'figure', cell: ({ cumQty, quantity }) => `${cumQty} of ${quantity}` },
    { title: 'Price', kind: 'figure', cell: priceOf },
    { title: 'Status', cell: ({ status }) => <span data-order-status={status}>{status}</span> },
    { title: 'Why', kind: 'sentence', cell: ({ reason }) => reason },
  ],
}

function priceOf({ limitPrice, stopPrice, trail }: OrderRow): string {
  if (trail !== null) return `trails ${trail}`
  if (stopPrice !== null && limitPrice !== null) return `${stopPrice} → ${limitPrice}`
  return stopPrice ?? limitPrice ?? 'market'
}

export const DECISIONS: Listing<DecisionRow> = {
  name: 'decisions',
  title: 'Decisions',
  read: (client, page, options) => client.decisions(page, options),
  keyOf: ({ decisionId }) => decisionId,
  empty: 'Nothing has been decided yet: the strategy has met no setup.',
  columns: [
    { title: 'Decision at bar', kind: 'time', cell: (row) => <DecisionCell row={row} /> },
    { title: 'Every reason', kind: 'sentence', cell: ({ reasons }) => <Reasons reasons={reasons} /> },
  ],
}

/** Stacked, because the reasons need the width. */
function DecisionCell({ row }: { row: DecisionRow }) {
  return (
    <>
      <div data-action={row.action}>{decisionText(row)}</div>
      <div>at {row.price}</div>
      <div className="aside">{utcMinute(row.barTime)}</div>
      <div className="aside">confidence {row.confidence.toFixed(2)}</div>
    </>
  )
}

function decisionText({ action, side, quantity, symbol }: DecisionRow): string {
  const what = { enter: 'Enter', exit: 'Exit', hold: 'Hold' }[action]
  const lots = action === 'hold' ? '' : ` ${quantity}`
  return side === null ? `${what} ${symbol}` : `${what}: ${side}${lots} ${symbol}`
}

function Reasons({ reasons }: { reasons: readonly Readonly<{ code: string; text: string }>[] }) {
  return (
    <ul className="reasons">
      {reasons.map(({ code, text }, n) => (
        <li key={`${n} ${code}`} title={code}>
          {text}
        </li>
      ))}
    </ul>
  )
}

export const RECONCILIATIONS: Listing<ReconciliationRow> = {
  name: 'reconciliations',
  title: 'Reconciliation',
  read: (client, page, options) => client.reconciliations(page, options),
  keyOf: ({ reportId }) => String(reportId),
  empty: "The books have not been compared with the broker's yet: that is the first thing a bot does.",
  columns: [
    { title: 'At', kind: 'time', cell: ({ at }) => utcSecond(at) },
    { title: 'Books', cell: ({ agrees }) => <span data-agrees={agrees}>{agrees ? 'Agree' : 'Differ'}</span> },
    {
      title: 'What was found and done',
      kind: 'sentence',
      cell: (row) => (row.lines.length > 0 ? <Reasons reasons={row.lines} /> : nothingFound(row)),
    },
    { title: 'Times', kind: 'figure', cell: ({ times }) => times },
  ],
}

function nothingFound({ agrees }: ReconciliationRow): string {
  return agrees ? 'Orders, fills, positions and cash were the same.' : 'The broker could not be asked.'
}
