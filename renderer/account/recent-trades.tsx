import { Loader, Table, Text, Title } from '@mantine/core'
import type { AccountStatus, TradeRow } from '../../src/contracts/launcher-api.ts'
import { MoneyText } from '../format/money-text.tsx'
import { utcSecond } from '../format/times.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { MOST_TRADES, useRecentTrades } from './use-recent-trades.ts'

/** The last closed trades of one account, newest first. */
export function RecentTrades({ account }: { account: AccountStatus }) {
  const { data, error, refetch } = useRecentTrades(account)
  return (
    <section className="panel" aria-labelledby="recent-trades">
      <div className="panelHead">
        <Title order={2} size="h5" id="recent-trades">
          Recent trades
        </Title>
      </div>
      {error && (
        <NoticePanel title="The trades can't be shown" why={describeFailure(error)} onRetry={() => void refetch()} />
      )}
      {data ? <Trades trades={data.trades} /> : !error && <Reading />}
      <Text size="xs" c="dimmed" className="panelFoot">
        {footOf(data?.trades ?? [], account.accountId)}
      </Text>
    </section>
  )
}

function Reading() {
  return (
    <Text c="dimmed" size="sm" p="md">
      <Loader size="xs" mr="xs" component="span" />
      Reading the trades …
    </Text>
  )
}

function Trades({ trades }: { trades: readonly TradeRow[] }) {
  if (trades.length === 0)
    return (
      <div className="trades">
        <Text c="dimmed" size="sm" p="md">
          No trade has been closed yet.
        </Text>
      </div>
    )
  return (
    <div className="trades" tabIndex={0} role="region" aria-label="Trades">
      <Table verticalSpacing={4} horizontalSpacing="xs" stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Closed (UTC)</Table.Th>
            <Table.Th scope="col">Side</Table.Th>
            <Table.Th scope="col" className="number">
              Lots
            </Table.Th>
            <Table.Th scope="col" className="number">
              Entry
            </Table.Th>
            <Table.Th scope="col" className="number">
              Exit
            </Table.Th>
            <Table.Th scope="col" className="number">
              Net P&amp;L
            </Table.Th>
            <Table.Th scope="col">Reason</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {trades.toReversed().map((trade) => (
            <Table.Tr key={trade.tradeId}>
              <Table.Td className="figure">{utcSecond(trade.exitTime)}</Table.Td>
              <Table.Td>{trade.side === 'long' ? 'Long' : 'Short'}</Table.Td>
              <Table.Td className="number">{trade.quantity}</Table.Td>
              <Table.Td className="number">{trade.entryPrice}</Table.Td>
              <Table.Td className="number">{trade.exitPrice}</Table.Td>
              <Table.Td className="number">
                <MoneyText amount={trade.netPnl} currency={trade.currency} />
              </Table.Td>
              <Table.Td>{trade.exitReason}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function footOf(trades: readonly TradeRow[], accountId: string): string {
  if (trades.length === 0) return '\u00a0'
  const older = trades.length === MOST_TRADES ? `The last ${MOST_TRADES}; all: npx slipway trades ${accountId}. ` : ''
  return `${older}Newest first; P&L after fees.`
}
