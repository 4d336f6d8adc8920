import { Button, Group, Loader, SegmentedControl, Switch, Text } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { lazy, Suspense, useRef, useState } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { TIMEFRAMES, isTimeframe, type Timeframe } from '../../src/domain/market/bar.ts'
import { Icon } from '../page/icon.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { useTimes } from '../preferences/use-times.ts'
import { Attribution } from './attribution.tsx'
import { describeChart } from './describe-chart.ts'
import { Drawable } from './drawable.tsx'
import type { PriceView } from './follow-prices.ts'
import type { PriceChartHandle } from './price-chart.tsx'
import { PriceLegend } from './price-legend.tsx'
import type { PriceSeries } from './price-series.ts'
import { PriceTable } from './price-table.tsx'
import { usePrices } from './use-prices.ts'
import './charts.css'

// The library is a fifth of all the page's code: it comes when the first chart does.
const PriceChart = lazy(() => import('./price-chart.tsx'))

/** What an account's bot sees and did: bars with VWAP and bands, entries, exits, stops and targets. */
export function PricePanel({ account }: { account: AccountStatus }) {
  const [symbol, setSymbol] = useState<string>()
  const [kept, keepTimeframe] = useLocalStorage<string>({
    ...{ key: 'slipway-chart-timeframe', defaultValue: '', getInitialValueInEffect: false },
  })
  const [wanted, setWanted] = useState<Timeframe | undefined>(isTimeframe(kept) ? kept : undefined)
  const { view, follower } = usePrices(account, symbol, wanted)
  return (
    <section className="panel chartPanel" aria-label="Price chart">
      <PriceContent
        account={account}
        view={view}
        onOlder={() => follower.readOlder()}
        onRetry={() => follower.refresh()}
        onSymbol={setSymbol}
        onTimeframe={(timeframe) => {
          keepTimeframe(timeframe)
          setWanted(timeframe)
        }}
      />
    </section>
  )
}

type PriceContentProps = Readonly<{
  account: AccountStatus
  view: PriceView
  onOlder: () => void
  onRetry: () => void
  onSymbol: (symbol: string) => void
  onTimeframe: (timeframe: Timeframe) => void
}>

function PriceContent({ account, view, onOlder, onRetry, onSymbol, onTimeframe }: PriceContentProps) {
  switch (view.phase) {
    case 'reading':
      return <Reading />
    case 'refused':
      return <NoticePanel title="The chart can't be shown" why={view.why} onRetry={onRetry} />
    case 'ready':
      return (
        <>
          {view.trouble && (
            <NoticePanel title="The chart may be old" why={view.trouble} color="orange" onRetry={onRetry} />
          )}
          <Shown
            account={account}
            series={view.series}
            isReadingOlder={view.isReadingOlder}
            onOlder={onOlder}
            onSymbol={onSymbol}
            onTimeframe={onTimeframe}
          />
        </>
      )
  }
}

function Reading() {
  return (
    <Text c="dimmed" size="sm" p="md">
      <Loader size="xs" mr="xs" component="span" />
      Reading bars …
    </Text>
  )
}

type ShownProps = Pick<PriceContentProps, 'account' | 'onOlder' | 'onSymbol' | 'onTimeframe'> &
  Readonly<{ series: PriceSeries; isReadingOlder: boolean }>

function Shown({ account, series, isReadingOlder, onOlder, onSymbol, onTimeframe }: ShownProps) {
  const { symbol, symbols, timeframe, timeframes } = series.about
  const times = useTimes(symbol)
  const chart = useRef<PriceChartHandle>(null)
  const [point, setPoint] = useState<number>()
  const [isFollowing, setFollowing] = useState(true)
  const [asTable, setAsTable] = useState(false)
  const [choice, setChoice] = useState({ vwap: true, orders: true })
  return (
    <>
      <Group className="chartBar" gap="sm" justify="space-between">
        <Group gap="sm">
          {symbols.length > 1 && (
            <SegmentedControl size="xs" aria-label="Symbol" data={symbols} value={symbol} onChange={onSymbol} />
          )}
          <SegmentedControl
            size="xs"
            aria-label="Length of a bar"
            data={timeframes}
            value={timeframe}
            onChange={(chosen) => isTimeframe(chosen) && onTimeframe(chosen)}
          />
          <Switch
            size="xs"
            label={`VWAP ± ${series.about.bandSigma} σ`}
            checked={choice.vwap}
            onChange={(event) => setChoice({ ...choice, vwap: event.currentTarget.checked })}
          />
          <Switch
            size="xs"
            label="Orders and fills"
            checked={choice.orders}
            onChange={(event) => setChoice({ ...choice, orders: event.currentTarget.checked })}
          />
        </Group>
        <Group gap="sm">
          {isReadingOlder && <Loader size="xs" aria-label="Reading older bars" />}
          <Switch
            size="xs"
            label="As a table"
            checked={asTable}
            onChange={(event) => setAsTable(event.currentTarget.checked)}
          />
        </Group>
      </Group>
      {series.bars.length === 0 ? (
        <NoBars account={account} />
      ) : asTable ? (
        <PriceTable series={series} times={times} onOlder={onOlder} />
      ) : (
        <Drawable
          fallback={
            <>
              <Text size="sm" px="sm" py={6}>
                The chart can&apos;t be drawn here; the table says the same. Load the page again to try once more.
              </Text>
              <PriceTable series={series} times={times} onOlder={onOlder} />
            </>
          }
        >
          <PriceLegend series={series} bar={point ?? series.bars.length - 1} times={times} />
          <div className="chartFrame">
            <Suspense fallback={<Reading />}>
              <PriceChart
                ref={chart}
                series={series}
                choice={choice}
                times={times}
                label={`Price chart of ${symbol}, ${timeframe} bars`}
                summary={describeChart(series, times)}
                onPoint={setPoint}
                onNearStart={onOlder}
                onFollowing={setFollowing}
              />
            </Suspense>
            {!isFollowing && (
              <Button
                className="chartToEnd"
                size="compact-sm"
                leftSection={<Icon name="down" size={12} />}
                onClick={() => chart.current?.toNewest()}
              >
                To the newest bar
              </Button>
            )}
          </div>
        </Drawable>
      )}
      <Group className="panelFoot" justify="space-between">
        <Text size="xs" c="dimmed">
          {footOf(series, times.zoneName)}
        </Text>
        <Attribution />
      </Group>
    </>
  )
}

function NoBars({ account }: { account: AccountStatus }) {
  const isOff = account.state === 'stopped' || account.state === 'crashed'
  return (
    <Text c="dimmed" size="sm" p="md" className="chartEmpty">
      {isOff
        ? 'No bar yet: this account has not traded. Start it to see what it sees.'
        : 'No bar yet: the bot waits for the first one of its feed.'}
    </Text>
  )
}

function footOf({ partial, about, sessions }: PriceSeries, zone: string): string {
  const minutes = TIMEFRAMES[about.timeframe] < TIMEFRAMES['1d']
  const left = partial ? ' Not all marks of this span are shown.' : ''
  return minutes && sessions.length > 0
    ? `Times are ${zone}; bars and VWAP begin with each session.${left}`
    : `Times are ${zone}.${left}`
}
