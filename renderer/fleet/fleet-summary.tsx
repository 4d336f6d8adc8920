import { Group, Text } from '@mantine/core'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { Icon } from '../page/icon.tsx'
import { BOT_LOOKS, countStates, LASTING_STATES } from './bot-looks.ts'

/** How many accounts are in which state. */
export function FleetSummary({ accounts }: { accounts: readonly AccountStatus[] }) {
  const counts = countStates(accounts)
  return (
    <Group component="ul" gap="lg" className="summary" aria-label="Accounts by state">
      {LASTING_STATES.map((state) => (
        <Count key={state} n={counts[state]} {...BOT_LOOKS[state]} />
      ))}
      {counts.changing > 0 && (
        <Count
          n={counts.changing}
          word="Changing"
          icon="moving"
          color="blue"
          means="On their way between two states."
        />
      )}
    </Group>
  )
}

type CountProps = Readonly<{
  n: number
  word: string
  icon: Parameters<typeof Icon>[0]['name']
  color: string
  means: string
}>

function Count({ n, word, icon, color, means }: CountProps) {
  return (
    <li className="count" data-none={n === 0 || undefined} title={means}>
      <span className="countIcon" style={{ color: n === 0 ? undefined : `var(--mantine-color-${color}-text)` }}>
        <Icon name={icon} size={16} />
      </span>
      <Text span fw={700} size="lg" className="figure">
        {n}
      </Text>{' '}
      <Text span size="sm" c="dimmed">
        {word}
      </Text>
    </li>
  )
}
