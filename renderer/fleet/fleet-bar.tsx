import { Group } from '@mantine/core'
import { memo } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { ActionButton } from '../page/action-button.tsx'
import { Icon, type IconName } from '../page/icon.tsx'
import { useNumbers } from '../preferences/use-numbers.ts'
import { BOT_LOOKS, countStates, LASTING_STATES, mayStart, mayStop } from './bot-looks.ts'
import type { BulkVerb } from './bulk-outcomes.ts'
import { useBulk } from './bulk.tsx'
import { fleetTotals, type FleetTotal } from './fleet-totals.ts'
import { ModeBadge } from './state-badge.tsx'

type FleetBarProps = Readonly<{
  accounts: readonly AccountStatus[]
  isOnline: boolean
  /** States that are shown alone; all when empty. */
  states: readonly string[]
  onStates: (states: readonly string[]) => void
}>

/** The whole fleet at a glance: how many in each state, what they are worth, and what can be done to all of them. */
export function FleetBar({ accounts, isOnline, states, onStates }: FleetBarProps) {
  const counts = countStates(accounts)
  const toggle = (state: string) =>
    onStates(states.includes(state) ? states.filter((it) => it !== state) : [...states, state])
  return (
    <section className="fleetBar" aria-label="The whole fleet">
      <ul className="counts" aria-label="Accounts by state">
        {LASTING_STATES.map((state) => (
          <Count
            key={state}
            {...BOT_LOOKS[state]}
            n={counts[state]}
            isOn={states.includes(state)}
            onClick={() => toggle(state)}
          />
        ))}
        {(counts.changing > 0 || states.includes('changing')) && (
          <Count
            n={counts.changing}
            {...{ word: 'Changing', icon: 'moving' as const, color: 'blue', means: 'On their way between two states.' }}
            isOn={states.includes('changing')}
            onClick={() => toggle('changing')}
          />
        )}
      </ul>
      <Totals totals={fleetTotals(accounts)} />
      <FleetButtons
        toStart={accounts.filter(({ state }) => mayStart(state)).length}
        toStop={accounts.filter(({ state }) => mayStop(state)).length}
        all={accounts.length}
        isOnline={isOnline}
      />
    </section>
  )
}

type CountProps = Readonly<{
  n: number
  word: string
  icon: IconName
  color: string
  means: string
  isOn: boolean
  onClick: () => void
}>

function Count({ n, word, icon, color, means, isOn, onClick }: CountProps) {
  return (
    <li>
      <button
        type="button"
        className="count"
        data-none={n === 0 || undefined}
        aria-pressed={isOn}
        title={`${means} ${isOn ? 'Click to show all again.' : 'Click to show these alone.'}`}
        onClick={onClick}
      >
        <span style={{ color: n === 0 ? undefined : `var(--mantine-color-${color}-text)` }}>
          <Icon name={icon} size={15} />
        </span>
        <b className="figure">{n}</b> <span>{word}</span>
      </button>
    </li>
  )
}

/** A currency is never added to another, nor paper to live. */
function Totals({ totals }: { totals: readonly FleetTotal[] }) {
  const numbers = useNumbers()
  return (
    <ul className="totals" aria-label="Capital and results">
      {totals.map(({ mode, currency, accounts, equity, todayPnl, openPnl }) => (
        <li
          key={`${mode} ${currency}`}
          title={`${accounts} ${mode} account${accounts === 1 ? '' : 's'} in ${currency}`}
        >
          <ModeBadge mode={mode} />
          <dl>
            <Total
              name="Capital"
              text={equity === undefined ? '\u2013' : numbers.amount(equity, currency)}
              sense="even"
            />
            <Total name="Today" {...numbers.money(todayPnl, '')} />
            <Total name="Open" {...numbers.money(openPnl, '')} />
          </dl>
        </li>
      ))}
    </ul>
  )
}

const COLOR = { gain: 'var(--gain)', loss: 'var(--loss)', even: 'inherit' } as const

function Total({ name, text, sense }: { name: string; text: string; sense: keyof typeof COLOR }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figure" style={{ color: COLOR[sense] }}>
        {text}
      </dd>
    </div>
  )
}

type FleetButtonsProps = Readonly<{ toStart: number; toStop: number; all: number; isOnline: boolean }>

const FleetButtons = memo(function FleetButtons({ toStart, toStop, all, isOnline }: FleetButtonsProps) {
  const { ask, busy } = useBulk()
  const common = (verb: BulkVerb, count: number) => ({
    ...{ size: 'xs' as const, variant: 'light' as const },
    isBusy: busy?.ids === 'all' && busy.verb === verb,
    isOff: !isOnline || busy !== undefined || count === 0,
    onClick: () => ask({ verb, ids: 'all' }),
  })
  return (
    <Group gap={6} wrap="nowrap" className="fleetButtons">
      <ActionButton {...common('start', toStart)} word="Start all" label="Start all" icon="play" color="teal" />
      <ActionButton
        {...common('stop', toStop)}
        {...{ word: 'Stop all', label: 'Stop all', icon: 'stop', color: 'red' }}
        hint="Ctrl or ⌘ and the full stop, from anywhere"
      />
      <ActionButton
        {...common('kill', all)}
        {...{ word: 'Flatten all', label: 'Flatten all', icon: 'flatten', color: 'red', variant: 'filled' }}
        hint="Closes everything, and no bot enters again until you release it"
      />
    </Group>
  )
})
