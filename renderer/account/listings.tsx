import type {
  DecisionRow,
  FillRow,
  OrderRow,
  ReconciliationRow,
  TradeRow,
} from '../../src/contracts/account-records.ts'
import { tradeText } from '../../src/domain/decision/decision.ts'
import { MoneyText } from '../format/money-text.tsx'
import { sentence } from '../format/sentence.ts'
import type { Times } from '../format/zoned-times.ts'
import type { Listing, RecordColumn } from './record-table.tsx'

export const TRADES: Listing<TradeRow> = {
  name: 'trades',
  title: 'Trades',
  read: (client, page, options) => client.trades(page, options),
  keyOf: ({ tradeId }) => tradeId,
  empty: 'No trade has been closed yet.',
  columns: [
    { title: 'Closed', kind: 'time', cell: ({ exitTime }, times) => times.second(exitTime) },
    { title: 'Symbol', cell: ({ symbol }) => symbol },
    { title: 'Side', cell: ({ side }) => (side === 'long' ? 'Long' : 'Short') },
    { title: 'Lots', kind: 'figure', cell: ({ quantity }) => quantity },
    { title: 'Entry', kind: 'figure', cell: ({ entryPrice }) => entryPrice },
    { title: 'Exit', kind: 'figure', cell: ({ exitPrice }) => exitPrice },
    { title: 'Held', kind: 'figure', cell: ({ entryTime, exitTime }) => heldText(entryTime, exitTime) },
    { title: 'Fees', kind: 'figure', cell: ({ fees }) => fees },
    {
      title: 'Net P&L',
      kind: 'figure',
      cell: ({ netPnl, currency }) => <MoneyText amount={netPnl} currency={currency} />,
    },
    { title: 'Confidence', kind: 'figure', cell: ({ confidence }) => confidence.toFixed(2) },
    { title: 'Reason', cell: ({ exitReason }) => exitReason },
  ],
}

const MINUTE_MS = 60_000

/** `7 min`, `3 h 05 min` */
export function heldText(from: string, to: string): string {
  const minutes = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / MINUTE_MS))
  const hours = Math.floor(minutes / 60)
  return hours === 0 ? `${minutes} min` : `${hours} h ${String(minutes % 60).padStart(2, '0')} min`
}

export const ORDER_COLUMNS: readonly RecordColumn<OrderRow>[] = [
  { title: 'Created', kind: 'time', cell: ({ createdAt }, times) => times.second(createdAt) },
  { title: 'Symbol', cell: ({ symbol }) => symbol },
  { title: 'Order', cell: (row) => `${row.side === 'buy' ? 'Buy' : 'Sell'} ${row.type}` },
  { title: 'For', cell: ({ purpose }) => purpose },
  { title: 'Filled', kind: 'figure', cell: ({ cumQty, quantity }) => `${cumQty} of ${quantity}` },
  { title: 'Price', kind: 'figure', cell: priceOf },
  { title: 'Status', cell: ({ status }) => <span data-order-status={status}>{status}</span> },
  { title: 'Why', kind: 'sentence', cell: ({ reason }) => reason },
]

export const ORDERS: Listing<OrderRow> = {
  name: 'orders',
  title: 'Orders',
  read: (client, page, options) => client.orders(page, options),
  keyOf: ({ clientOrderId }) => clientOrderId,
  empty: 'No order has been written down yet.',
  columns: ORDER_COLUMNS,
}

function priceOf({ limitPrice, stopPrice, trail }: OrderRow): string {
  if (trail !== null) return `trails ${trail}`
  if (stopPrice !== null && limitPrice !== null) return `${stopPrice} → ${limitPrice}`
  return stopPrice ?? limitPrice ?? 'market'
}

export const FILLS: Listing<FillRow> = {
  name: 'fills',
  title: 'Fills',
  read: (client, page, options) => client.fills(page, options),
  keyOf: ({ fillId }) => fillId,
  empty: 'Nothing has been filled yet.',
  columns: [
    { title: 'At', kind: 'time', cell: ({ at }, times) => times.second(at) },
    { title: 'Session', kind: 'time', cell: ({ sessionDate }) => sessionDate },
    { title: 'Symbol', cell: ({ symbol }) => symbol },
    { title: 'Side', cell: ({ side }) => (side === 'buy' ? 'Bought' : 'Sold') },
    { title: 'Lots', kind: 'figure', cell: ({ quantity }) => quantity },
    { title: 'Price', kind: 'figure', cell: ({ price }) => price },
    { title: 'Commission', kind: 'figure', cell: ({ commission, currency }) => `${commission} ${currency}` },
    { title: 'Order', kind: 'time', cell: ({ clientOrderId }) => clientOrderId },
    { title: 'Fill', kind: 'time', cell: ({ fillId }) => fillId },
  ],
}

export type DecisionAction = DecisionRow['action']

/** Decisions, HOLDs too. @param only of this kind; all where undefined */
export function decisionsOf(only: DecisionAction | undefined): Listing<DecisionRow> {
  return {
    name: only === undefined ? 'decisions' : `decisions ${only}`,
    title: 'Decisions',
    read: (client, page, options) =>
      client.decisions({ ...page, ...(only === undefined ? {} : { action: only }) }, options),
    keyOf: ({ decisionId }) => decisionId,
    empty:
      only === undefined
        ? 'Nothing has been decided yet: the strategy has met no setup.'
        : `No decision to ${only} yet.`,
    columns: [
      { title: 'Bar', kind: 'time', cell: ({ barTime }, times) => times.minute(barTime) },
      { title: 'Decision', cell: (row) => <span data-action={row.action}>{decisionText(row)}</span> },
      { title: 'Price', kind: 'figure', cell: ({ price }) => price },
      { title: 'Confidence', kind: 'figure', cell: ({ confidence }) => confidence.toFixed(2) },
      { title: 'Every reason', kind: 'sentence', cell: ({ reasons }) => <Reasons reasons={reasons} /> },
    ],
  }
}

function decisionText({ action, side, quantity, symbol }: DecisionRow): string {
  // Whoever reads "Hold: sell NIFTY" takes it for something that is held.
  if (action === 'hold') return `Hold: no ${tradeText({ side, symbol })}`
  const what = { enter: 'Enter', exit: 'Exit' }[action]
  return side === null ? `${what} ${symbol}` : `${what}: ${side} ${quantity} ${symbol}`
}

function Reasons({ reasons }: { reasons: readonly Readonly<{ code: string; text: string }>[] }) {
  return (
    <ul className="reasons">
      {reasons.map(({ code, text }, n) => (
        <li key={`${n} ${code}`} title={code}>
          {sentence(text)}
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
    { title: 'At', kind: 'time', cell: (row, times) => <When row={row} times={times} /> },
    { title: 'Books', cell: ({ agrees }) => <span data-agrees={agrees}>{agrees ? 'Agree' : 'Differ'}</span> },
    {
      title: 'What was found and done',
      kind: 'sentence',
      cell: (row) => (row.lines.length > 0 ? <Reasons reasons={row.lines} /> : nothingFound(row)),
    },
    { title: 'Times', kind: 'figure', cell: ({ times }) => times },
  ],
}

/** A report that came again stands with its first and its last time. */
function When({ row, times }: { row: ReconciliationRow; times: Times }) {
  return (
    <>
      <div>{times.second(row.at)}</div>
      {row.times > 1 && <div className="aside">last {times.second(row.lastAt)}</div>}
    </>
  )
}

function nothingFound({ agrees }: ReconciliationRow): string {
  return agrees ? 'Orders, fills, positions and cash were the same.' : 'The broker could not be asked.'
}
