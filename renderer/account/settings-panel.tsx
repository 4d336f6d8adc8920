import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { z } from 'zod'
import {
  CloudSettings,
  RiskSettings,
  SimulationSettings,
  type AccountSettings,
  type FeedSetting,
} from '../../src/contracts/account-settings.ts'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import type { StrategyRow } from '../../src/contracts/launcher/strategies.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { hashOf } from '../place/place.ts'
import { useTimes } from '../preferences/use-times.ts'
import { Facts } from './facts.tsx'
import { Reading } from './record-table.tsx'

/** What a person chose for an account, to be read; it is changed on a page of its own. */
export function SettingsPanel({ account }: { account: AccountStatus }) {
  const { client } = useLauncher()
  const { accountId } = account
  const settings = useQuery({
    queryKey: ['settings', accountId],
    queryFn: ({ signal }) => client.accounts.show({ id: accountId }, { signal }),
  })
  const strategies = useQuery({
    queryKey: ['strategies'],
    queryFn: ({ signal }) => client.strategies.list(undefined, { signal }),
  })
  return (
    <section className="panel" aria-label="Settings">
      <Group className="panelHead" justify="space-between">
        <Text size="sm" c="dimmed">
          Changes apply at the next start, unless the form says otherwise.
        </Text>
        <Group gap="xs">
          <Button component="a" size="xs" variant="default" href={hashOf({ page: 'add', from: accountId })}>
            Add another like it
          </Button>
          <Button component="a" size="xs" href={hashOf({ page: 'edit', accountId })}>
            Edit
          </Button>
        </Group>
      </Group>
      {settings.error && (
        <NoticePanel
          title="The settings can't be shown"
          why={describeFailure(settings.error)}
          onRetry={() => void settings.refetch()}
        />
      )}
      {settings.data ? (
        <Shown
          settings={settings.data}
          strategy={strategies.data?.find(({ id }) => id === settings.data.strategy)}
          symbol={account.symbol}
        />
      ) : (
        !settings.error && <Reading what="settings" />
      )}
    </section>
  )
}

type ShownProps = Readonly<{ settings: AccountSettings; strategy: StrategyRow | undefined; symbol: string }>

function Shown({ settings, strategy, symbol }: ShownProps) {
  const times = useTimes(symbol)
  const { risk, simulation, gateway, cloud, parameters } = settings
  return (
    <div className="records about" tabIndex={0} role="region" aria-label="Settings of the account">
      <div className="settings">
        <Part title="Account">
          <Facts
            rows={[
              ['User', settings.user],
              ['User id', settings.userId],
              ['Broker', settings.broker],
              ['Mode', settings.mode],
              ['Symbols', [settings.symbol, ...settings.alsoSymbols].join(', ')],
              ['Bars', settings.timeframe],
              ['Feed', feedText(settings.feed)],
              ['Added', `${times.second(settings.createdAt)} ${times.zoneName}`],
            ]}
          />
        </Part>
        <Part title={`Strategy: ${strategy?.title ?? settings.strategy}`}>
          <Facts rows={parameterRows(parameters, strategy)} />
        </Part>
        <Part title="Limits">
          <Facts rows={rowsOf(RiskSettings, risk)} />
        </Part>
        {settings.broker === 'sim' && (
          <Part title="Simulated broker">
            <Facts rows={rowsOf(SimulationSettings, simulation)} />
          </Part>
        )}
        <Part title="Shared experience">
          <Facts rows={rowsOf(CloudSettings, cloud)} />
        </Part>
        {settings.broker === 'gateway' && (
          <Part title="Gateway">
            <Facts
              rows={Object.entries(gateway).map(([name, value]) => [wordsOf(name), String(value), `gateway.${name}`])}
            />
          </Part>
        )}
      </div>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="settingsPart">
      <h3 className="partTitle">{title}</h3>
      {children}
    </div>
  )
}

function parameterRows(given: Readonly<Record<string, number>>, strategy: StrategyRow | undefined) {
  if (!strategy) return Object.entries(given).map(([name, value]) => [name, String(value)] as const)
  return strategy.parameters.map(({ name, label, unit, help, default: usual }) => {
    const value = given[name] ?? usual
    return [label, <Value key={name} text={`${value} ${unit}`} isChosen={value !== usual} />, help] as const
  })
}

/** Settings of one group with their units; what differs from the usual stands out, what each does is told on hover. */
function rowsOf<Shape extends z.ZodObject>(schema: Shape, values: Readonly<Record<string, unknown>>) {
  const usual = schema.parse({}) as Record<string, unknown>
  return Object.entries(schema.shape).map(([name, field]) => {
    const about = z.globalRegistry.get(field as z.ZodType)
    const { unit, description } = (about ?? {}) as { unit?: string; description?: string }
    const value = String(values[name])
    const text = unit && unit !== 'money' && Number.isFinite(Number(value)) ? `${value} ${unit}` : value
    return [
      wordsOf(name),
      <Value key={name} text={text} isChosen={values[name] !== usual[name]} />,
      description,
    ] as const
  })
}

function Value({ text, isChosen }: { text: string; isChosen: boolean }) {
  return isChosen ? <strong>{text}</strong> : <span className="aside">{text}</span>
}

/** `maxDailyLoss` as `Max daily loss`; a unit at its end stands with the figure. */
function wordsOf(name: string): string {
  const words = name
    .replace(/(Minutes|Bps|Bars|Lots|Ticks)$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function feedText(feed: FeedSetting): string {
  if (feed.kind === 'synthetic') return `made-up market ${feed.seed}`
  const speed = feed.speed === 'max' ? 'as fast as it goes' : `${feed.speed} × real time`
  const span = feed.from || feed.to ? `, ${feed.from ?? 'the first bar'} to ${feed.to ?? 'the last'}` : ''
  return `replay, ${speed}${span}`
}
