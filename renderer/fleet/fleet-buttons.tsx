import { Button, Group, Popover, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { ActionButton } from '../page/action-button.tsx'
import { mayStart, mayStop } from './bot-looks.ts'
import { useBotAction } from './use-bot-action.tsx'

type FleetButtonsProps = Readonly<{ accounts: readonly AccountStatus[]; isOnline: boolean }>

/** Start all and Stop all. Stopping all, and starting any that trades real money, is asked about first. */
export function FleetButtons({ accounts, isOnline }: FleetButtonsProps) {
  const { act, busy } = useBotAction('all')
  const toStart = accounts.filter(({ state }) => mayStart(state))
  const toStop = accounts.filter(({ state }) => mayStop(state))
  const live = toStart.filter(({ mode }) => mode === 'live')
  const common = { isOnline, isWaiting: busy !== undefined }
  return (
    <Group gap="xs">
      <AskedButton
        {...common}
        word="Start all"
        icon="play"
        color="teal"
        count={toStart.length}
        isBusy={busy === 'start'}
        question={
          live.length === 0
            ? undefined
            : `${live.length} of the ${toStart.length} accounts to start trade LIVE, with real money.`
        }
        onClick={() => act('start')}
      />
      <AskedButton
        {...common}
        word="Stop all"
        icon="stop"
        color="red"
        count={toStop.length}
        isBusy={busy === 'stop'}
        question={`${toStop.length === 1 ? 'One bot stops' : `${toStop.length} bots stop`} trading. Open positions stay open.`}
        onClick={() => act('stop')}
      />
    </Group>
  )
}

type AskedButtonProps = Readonly<{
  word: string
  icon: 'play' | 'stop'
  color: string
  count: number
  isOnline: boolean
  isWaiting: boolean
  isBusy: boolean
  /** What to ask first; undefined acts at once. */
  question: string | undefined
  onClick: () => void
}>

function AskedButton({ word, icon, color, count, isOnline, isWaiting, isBusy, question, onClick }: AskedButtonProps) {
  const [isAsking, setAsking] = useState(false)
  const confirm = () => {
    setAsking(false)
    onClick()
  }
  return (
    <Popover opened={isAsking} onChange={setAsking} position="bottom-end" withArrow trapFocus returnFocus shadow="md">
      <Popover.Target>
        <div>
          <ActionButton
            word={word}
            label={word}
            icon={icon}
            size="xs"
            variant="light"
            color={color}
            isBusy={isBusy}
            isOff={!isOnline || isWaiting || count === 0}
            onClick={question === undefined ? confirm : () => setAsking(true)}
          />
        </div>
      </Popover.Target>
      <Popover.Dropdown role="alertdialog" aria-label={word}>
        <Stack gap="sm" maw={280}>
          <Text size="sm">{question}</Text>
          <Group gap="xs" justify="flex-end">
            <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>
              Cancel
            </Button>
            <Button size="compact-sm" color={color} onClick={confirm}>
              {word}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
