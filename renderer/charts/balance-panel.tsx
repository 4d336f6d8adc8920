import { Group, Loader, Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { EquityAnswer } from '../../src/contracts/launcher/charts.ts'
import { MoneyText } from '../format/money-text.tsx'
import type { Times } from '../format/zoned-times.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useNumbers } from '../preferences/use-numbers.ts'
import { useTimes } from '../preferences/use-times.ts'
import { Attribution } from './attribution.tsx'
import { balanceFigures } from './balance-figures.ts'
import { Drawable } from './drawable.tsx'
import { useBalance } from './use-balance.ts'
import './charts.css'

const BalanceChart = lazy(() => import('./balance-chart.tsx'))

/** What an account has made since it was opened, and how far it fell on the way. */
export function BalancePanel({ account }: { account: AccountStatus }) {
  const { data, error, refetch } = useBalance(account)
  const times = useTimes(account.symbol)
  return (
    <section className="panel chartPanel" aria-label="Balance and drawdown">
      {error && (
        <NoticePanel title="The balance can't be shown" why={describeFailure(error)} onRetry={() => void refetch()} />
      )}
      {data ? <Balance account={account} curve={data} times={times} /> : !error && <Reading />}
    </section>
  )
}

function Reading() {
  return (
    <Text c="dimmed" size="sm" p="md">
      <Loader size="xs" mr="xs" component="span" />
      Reading the ledger …
    </Text>
  )
}

function Balance({ account, curve, times }: { account: AccountStatus; curve: EquityAnswer; times: Times }) {
  const { money, amount } = useNumbers()
  const { currency } = curve
  const { balance, net, deepest, drawdown } = balanceFigures(curve)
  const summary =
    `Balance ${amount(balance, currency)}, ${money(net, currency).text} since the start.` +
    (deepest ? ` Deepest drawdown ${money(deepest.amount, currency).text} at ${times.minute(deepest.at)}.` : '')
  return (
    <>
      <dl className="balanceFigures">
        <Figure name="Balance" title="Closed results and costs; open positions not counted">
          {amount(balance, currency)}
        </Figure>
        <Figure name="Worth now" title="With what is open at the last prices">
          {account.equity === undefined ? '–' : amount(account.equity, currency)}
        </Figure>
        <Figure name="Net since the start">
          <MoneyText amount={net} currency={currency} />
        </Figure>
        <Figure name="Drawdown now">
          <MoneyText amount={drawdown} currency={currency} />
        </Figure>
        <Figure name="Deepest drawdown">
          {deepest ? (
            <>
              <MoneyText amount={deepest.amount} currency={currency} />
              <Text size="xs" c="dimmed">
                {times.minute(deepest.at)}
              </Text>
            </>
          ) : (
            'none'
          )}
        </Figure>
      </dl>
      {curve.points.length === 0 ? (
        <Text c="dimmed" size="sm" p="md" className="chartEmpty">
          Nothing has been booked yet: the curve begins with the first fill.
        </Text>
      ) : (
        <div className="chartFrame">
          <Drawable
            fallback={
              <Text size="sm" p="md">
                The curve can&apos;t be drawn here. Load the page again to try once more.
              </Text>
            }
          >
            <Suspense fallback={<Reading />}>
              <BalanceChart
                curve={curve}
                times={times}
                label={`Balance and drawdown of ${account.accountId}`}
                summary={summary}
              />
            </Suspense>
          </Drawable>
        </div>
      )}
      <Group className="panelFoot" justify="space-between">
        <Text size="xs" c="dimmed">
          Above the balance after every fill, below how far it is under its highest. Times are {times.zoneName}.
        </Text>
        <Attribution />
      </Group>
    </>
  )
}

function Figure({ name, title, children }: { name: string; title?: string; children: React.ReactNode }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
