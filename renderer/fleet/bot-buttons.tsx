import { Group } from '@mantine/core'
import { memo } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { ActionButton } from '../page/action-button.tsx'
import { mayRestart, mayStart, mayStop, type BotStateName } from './bot-looks.ts'
import type { BulkVerb } from './bulk-outcomes.ts'
import { useBulk } from './bulk.tsx'
import { useBotAction } from './use-bot-action.tsx'

type BotButtonsProps = Readonly<{
  accountId: string
  state: BotStateName
  isLive: boolean
  /** There is a position that a stop leaves alone. */
  isHolding: boolean
  isOnline: boolean
}>

/** What the buttons need to know of an account: it changes far less often than its figures. */
export function botOf({ accountId, state, mode, userId, position, holdings = [] }: AccountStatus) {
  const isHolding = position !== 0 || holdings.some(({ quantity }) => quantity !== 0)
  return { accountId, state, isLive: mode === 'live' && userId !== '', isHolding }
}

const OFFLINE = 'The launcher does not answer right now.'

/** Start, Stop and Restart of one account. What touches real money, or leaves a position alone, is asked about first. */
export const BotButtons = memo(function BotButtons({ accountId, state, isLive, isHolding, isOnline }: BotButtonsProps) {
  const { act, busy: own } = useBotAction([accountId])
  const bulk = useBulk()
  const isMeant = bulk.busy !== undefined && bulk.busy.ids !== 'all' && bulk.busy.ids.includes(accountId)
  const busy = own ?? (isMeant ? bulk.busy.verb : undefined)
  const ask = (verb: BulkVerb) => bulk.ask({ verb, ids: [accountId] })
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
        onClick={() => (isLive ? ask('start') : act('start'))}
      />
      <ActionButton
        {...common('Stop')}
        label={`Stop ${accountId}`}
        icon="stop"
        variant="light"
        color="red"
        isBusy={busy === 'stop'}
        isOff={isOff(mayStop(state))}
        onClick={() => (isHolding ? ask('stop') : act('stop'))}
      />
      <ActionButton
        {...common('Restart')}
        label={`Restart ${accountId}`}
        icon="restart"
        variant="light"
        color="blue"
        isBusy={busy === 'restart'}
        isOff={isOff(mayRestart(state))}
        onClick={() => (isLive ? ask('restart') : act('restart'))}
      />
    </Group>
  )
})
