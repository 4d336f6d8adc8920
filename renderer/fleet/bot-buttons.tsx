import { Group } from '@mantine/core'
import { memo } from 'react'
import { ActionButton } from '../page/action-button.tsx'
import { mayRestart, mayStart, mayStop, type BotStateName } from './bot-looks.ts'
import { useBotAction } from './use-bot-action.tsx'

type BotButtonsProps = Readonly<{ accountId: string; state: BotStateName; isOnline: boolean }>

const OFFLINE = 'The launcher does not answer right now.'

/** Start, Stop and Restart of one account. */
export const BotButtons = memo(function BotButtons({ accountId, state, isOnline }: BotButtonsProps) {
  const { act, busy } = useBotAction([accountId])
  const isWaiting = busy !== undefined
  const common = (word: string) => ({ size: 'compact-xs', word, hint: isOnline ? word : OFFLINE }) as const
  const isOff = (may: boolean) => !isOnline || isWaiting || !may
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end" className="iconButtons">
      <ActionButton
        {...common('Start')}
        label={`Start ${accountId}`}
        icon="play"
        variant="light"
        color="teal"
        isBusy={busy === 'start'}
        isOff={isOff(mayStart(state))}
        onClick={() => act('start')}
      />
      <ActionButton
        {...common('Stop')}
        label={`Stop ${accountId}`}
        icon="stop"
        variant="light"
        color="red"
        isBusy={busy === 'stop'}
        isOff={isOff(mayStop(state))}
        onClick={() => act('stop')}
      />
      <ActionButton
        {...common('Restart')}
        label={`Restart ${accountId}`}
        icon="restart"
        variant="light"
        color="blue"
        isBusy={busy === 'restart'}
        isOff={isOff(mayRestart(state))}
        onClick={() => act('restart')}
      />
    </Group>
  )
})
