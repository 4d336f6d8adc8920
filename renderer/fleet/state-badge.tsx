import { Badge } from '@mantine/core'
import { memo } from 'react'
import { Icon } from '../page/icon.tsx'
import { BOT_LOOKS, type BotStateName } from './bot-looks.ts'

/** A bot's state by word, shape and colour. */
export const StateBadge = memo(function StateBadge({ state }: { state: BotStateName }) {
  const look = BOT_LOOKS[state]
  return (
    <Badge
      className="state"
      data-state={state}
      variant="light"
      color={look.color}
      leftSection={<Icon name={look.icon} size={12} />}
      title={look.means}
    >
      {look.word}
    </Badge>
  )
})

/** Paper or live, so that nobody takes one for the other: live is filled, red and never abbreviated. */
export const ModeBadge = memo(function ModeBadge({ mode }: { mode: 'paper' | 'live' | undefined }) {
  if (mode === undefined)
    return (
      <Badge variant="outline" color="gray" title="The settings of this account can't be read.">
        Unknown
      </Badge>
    )
  return mode === 'live' ? (
    <Badge variant="filled" color="red.8" leftSection={<Icon name="live" size={12} />} title="Trades real money.">
      Live
    </Badge>
  ) : (
    <Badge
      variant="outline"
      color="cyan"
      leftSection={<Icon name="paper" size={12} />}
      title="Trades on the simulated broker."
    >
      Paper
    </Badge>
  )
})
