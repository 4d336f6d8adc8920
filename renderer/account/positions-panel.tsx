import { useQuery } from '@tanstack/react-query'
import type { HoldingRow, OrderRow } from '../../src/contracts/account-records.ts'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { formatPosition } from '../format/money.ts'
import { MoneyText } from '../format/money-text.tsx'
import type { Times } from '../format/zoned-times.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useReadAgain } from '../live/use-read-again.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useTimes } from '../preferences/use-times.ts'
import { ORDER_COLUMNS } from './listings.tsx'
import { Reading, RecordRows, type RecordColumn, type ShownRows } from './record-table.tsx'

const HOLDING_COLUMNS: readonly RecordColumn<HoldingRow>[] = [
  { title: 'Symbol', cell: ({ symbol }) => symbol },
  { title: 'Position', kind: 'figure', cell: ({ quantity }) => positionText(quantity) },
  { title: 'Average', kind: 'figure', cell: ({ averagePrice }) => averagePrice },
  { title: 'Last', kind: 'figure', cell: (row, times) => <LastPrice row={row} times={times} /> },
  {
    title: 'Open P&L',
    kind: 'figure',
    cell: ({ unrealizedPnl, currency }) =>
      unrealizedPnl === null ? '–' : <MoneyText amount={unrealizedPnl} currency={currency} />,
  },
  { title: 'Stop', kind: 'figure', cell: ({ stopPrice }) => stopPrice ?? 'none' },
  { title: 'Target', kind: 'figure', cell: ({ targetPrice }) => targetPrice ?? 'none' },
  { title: 'Since', kind: 'time', cell: ({ openedAt }, times) => (openedAt ? times.minute(openedAt) : '–') },
]

const HOLDINGS: ShownRows<HoldingRow> = {
  title: 'Positions',
  columns: HOLDING_COLUMNS,
  keyOf: ({ symbol }) => symbol,
  empty: 'Flat: nothing is held.',
}

/** What matters of an order that works, the most important first: the strip under the chart is narrow. */
const OPEN_ORDER_COLUMNS = ['Symbol', 'Order', 'For', 'Price', 'Filled', 'Status', 'Created'].flatMap((title) =>
  ORDER_COLUMNS.filter((column) => column.title === title),
)

const OPEN_ORDERS: ShownRows<OrderRow> = {
  title: 'Open orders',
  columns: OPEN_ORDER_COLUMNS,
  keyOf: ({ clientOrderId }) => clientOrderId,
  empty: 'No order is open.',
}

/** A price says how old it is, and where there is none, why. */
function LastPrice({ row: { lastPrice, lastBarAt, unpriced }, times }: { row: HoldingRow; times: Times }) {
  if (lastPrice === null) return <span className="whyNot aside">{unpriced}</span>
  return (
    <>
      {lastPrice}
      {lastBarAt !== null && <div className="aside priceTime">{`bar of ${times.minute(lastBarAt)}`}</div>}
    </>
  )
}

function positionText(lots: number): string {
  return `${lots > 0 ? 'Long' : 'Short'} ${formatPosition(lots)}`
}

/** What is held and which orders work. @param isBrief as a strip under the chart */
export function PositionsPanel({ account, isBrief = false }: { account: AccountStatus; isBrief?: boolean }) {
  const holdings = useOpenThings('holdings', account, readHoldings)
  const orders = useOpenThings('orders', account, readOpenOrders)
  const times = useTimes(account.symbol)
  const error = holdings.error ?? orders.error
  return (
    <section className={`panel positions${isBrief ? ' brief' : ''}`} aria-label="Positions and open orders">
      {error && (
        <NoticePanel
          title="What is open can't be shown"
          why={describeFailure(error)}
          onRetry={() => void Promise.all([holdings.refetch(), orders.refetch()])}
        />
      )}
      <div className="positionParts">
        <div>
          <h3 className="partTitle">Positions</h3>
          {holdings.data ? (
            <RecordRows rows={holdings.data} times={times} listing={HOLDINGS} />
          ) : (
            !error && <Reading what="positions" />
          )}
        </div>
        <div>
          <h3 className="partTitle">Open orders</h3>
          {orders.data ? (
            <RecordRows rows={orders.data} times={times} listing={OPEN_ORDERS} />
          ) : (
            !error && <Reading what="open orders" />
          )}
        </div>
      </div>
    </section>
  )
}

type Read<Row> = (client: LauncherClient, id: string, signal: AbortSignal) => Promise<readonly Row[]>

const readHoldings: Read<HoldingRow> = (client, id, signal) => client.holdings({ id }, { signal })
const readOpenOrders: Read<OrderRow> = (client, id, signal) => client.openOrders({ id }, { signal })

function useOpenThings<Row>(what: string, account: AccountStatus, read: Read<Row>) {
  const { client } = useLauncher()
  const { accountId, unrealizedPnl } = account
  const query = useQuery({
    queryKey: ['open', what, accountId],
    queryFn: ({ signal }) => read(client, accountId, signal),
  })
  useReadAgain(accountId, query.refetch, unrealizedPnl)
  return query
}
