import { Group } from '@mantine/core'
import { useState } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { mayRestart, mayStart, mayStop } from '../fleet/bot-looks.ts'
import { useBotAction } from '../fleet/use-bot-action.tsx'
import { formatPosition } from '../format/money.ts'
import { ActionButton } from '../page/action-button.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { useFlatten } from './use-flatten.ts'

type Question = 'start' | 'stop' | 'flatten'
type AccountButtonsProps = Readonly<{ account: AccountStatus; isOnline: boolean }>

const OFFLINE = 'The launcher does not answer right now.'

/** Start, stop, restart and flatten. What touches real money is asked about first. */
export function AccountButtons({ account, isOnline }: AccountButtonsProps) {
  const { accountId, state, mode } = account
  const { act, busy } = useBotAction([accountId])
  const { flatten, isBusy: isFlattening } = useFlatten(accountId)
  const [asked, ask] = useState<Question>()
  const isWaiting = busy !== undefined || isFlattening
  const isLive = mode === 'live'
  const holds = holdsText(account)
  const common = { size: 'xs', variant: 'light', ...(isOnline ? {} : { hint: OFFLINE }) } as const
  const isOff = (may: boolean) => !isOnline || isWaiting || !may
  const runs = mayStop(state) && state !== 'backing-off'
  const mayFlatten = runs || holds !== undefined
  return (
    <Group gap={6} className="accountButtons">
      <ActionButton
        {...common}
        word={state === 'crashed' ? 'Start again' : 'Start'}
        label={`Start ${accountId}`}
        icon="play"
        color="teal"
        variant={state === 'crashed' ? 'filled' : 'light'}
        isBusy={busy === 'start'}
        isOff={isOff(mayStart(state))}
        onClick={() => (isLive ? ask('start') : act('start'))}
      />
      <ActionButton
        {...common}
        word="Stop"
        label={`Stop ${accountId}`}
        icon="stop"
        color="red"
        isBusy={busy === 'stop'}
        isOff={isOff(mayStop(state))}
        onClick={() => (holds === undefined ? act('stop') : ask('stop'))}
      />
      <ActionButton
        {...common}
        word="Restart"
        label={`Restart ${accountId}`}
        icon="restart"
        color="blue"
        isBusy={busy === 'restart'}
        isOff={isOff(mayRestart(state))}
        onClick={() => act('restart')}
      />
      <ActionButton
        {...common}
        word="Flatten"
        label={`Flatten ${accountId}`}
        icon="down"
        color="orange"
        {...(isOnline && !mayFlatten ? { hint: 'Nothing is held, and no bot runs.' } : {})}
        isBusy={isFlattening}
        isOff={isOff(mayFlatten)}
        onClick={() => ask('flatten')}
      />
      {asked === 'start' && (
        <ConfirmDialog
          title={`Start ${accountId} live?`}
          action="Start live"
          color="red"
          onConfirm={() => act('start')}
          onClose={() => ask(undefined)}
        >
          Its bot trades <b>real money</b> at {account.broker}, on {account.symbol}.
        </ConfirmDialog>
      )}
      {asked === 'stop' && (
        <ConfirmDialog
          title={`Stop ${accountId} while it holds ${holds}?`}
          action="Stop"
          color="red"
          onConfirm={() => act('stop')}
          onClose={() => ask(undefined)}
        >
          The position stays open with its stop and target at the broker; nobody follows it until the bot runs again. To
          close it first, use Flatten.
        </ConfirmDialog>
      )}
      {asked === 'flatten' && (
        <ConfirmDialog
          title={`Flatten ${accountId}?`}
          typed={isLive ? accountId : undefined}
          action={isLive ? 'Close with real money' : 'Flatten'}
          color="orange.8"
          onConfirm={flatten}
          onClose={() => ask(undefined)}
        >
          <FlattenText isLive={isLive} holds={holds} runs={runs} />
        </ConfirmDialog>
      )}
    </Group>
  )
}

type FlattenTextProps = Readonly<{ isLive: boolean; holds: string | undefined; runs: boolean }>

function FlattenText({ isLive, holds, runs }: FlattenTextProps) {
  return (
    <>
      Every order is cancelled and {holds === undefined ? 'whatever is held' : <b>{holds}</b>} is closed at the market
      {isLive ? ', with real money' : ''}.{' '}
      {runs ? 'The bot goes on and may enter again.' : 'No bot runs: one is started for this alone.'}
    </>
  )
}

/** What is held, `+2 ESH5`; undefined when flat. */
function holdsText({ position, symbol, holdings }: AccountStatus): string | undefined {
  const held = holdings ?? (position === 0 ? [] : [{ symbol: symbol.split(',')[0] ?? '', quantity: position }])
  const texts = held
    .filter(({ quantity }) => quantity !== 0)
    .map((one) => `${formatPosition(one.quantity)} ${one.symbol}`)
  return texts.length === 0 ? undefined : texts.join(', ')
}
