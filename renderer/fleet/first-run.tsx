import { Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ActionButton } from '../page/action-button.tsx'
import { Command } from '../page/command.tsx'
import { NoticePanel } from '../page/notice-panel.tsx'
import { Icon } from '../page/icon.tsx'
import { goTo } from '../place/use-place.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { startDemo, type DemoStep } from './start-demo.ts'

const STEPS: Readonly<Record<DemoStep, string>> = {
  data: 'Making a month of one-minute bars of SPY …',
  account: 'Adding a paper account …',
  start: 'Starting its bot …',
}

/** What there is to do when there is no account yet. */
export function FirstRun({ isOnline }: { isOnline: boolean }) {
  const { client } = useLauncher()
  const [step, setStep] = useState<DemoStep>('data')
  const demo = useMutation({ mutationFn: () => startDemo(client, setStep) })
  useFocusAfter()
  return (
    <div className="firstRun">
      <Stack component="section" gap="md" aria-labelledby="no-accounts">
        <Title order={2} id="no-accounts">
          No accounts yet
        </Title>
        <Text>Slipway runs one bot for each of your broker accounts. See one at work first, or add your own.</Text>
        <Group align="stretch" className="firstChoices">
          <Stack className="choice" gap="xs" justify="space-between">
            <div>
              <Text fw={600}>Try it on made-up prices</Text>
              <Text size="sm" c="dimmed" mt={4}>
                Makes a month of bars, adds an account on the simulated broker and starts its bot. No money, no broker,
                under a minute.
              </Text>
            </div>
            <ActionButton
              word="Start a demo"
              label="Start a demo"
              icon="play"
              isBusy={demo.isPending}
              isOff={!isOnline}
              onClick={() => demo.mutate()}
            />
          </Stack>
          <Stack className="choice" gap="xs" justify="space-between">
            <div>
              <Text fw={600}>Add your account</Text>
              <Text size="sm" c="dimmed" mt={4}>
                Broker, credentials, instrument, strategy and limits, one after another. Live trading only after you
                have confirmed it.
              </Text>
            </div>
            <Button
              variant="default"
              leftSection={<Icon name="add" />}
              onClick={() => goTo({ page: 'add', from: undefined })}
            >
              Add an account
            </Button>
          </Stack>
        </Group>
        {demo.isPending && (
          <Group gap="xs" role="status">
            <Loader size="xs" />
            <Text size="sm">{STEPS[step]}</Text>
          </Group>
        )}
        {demo.error && (
          <NoticePanel
            title="The demo could not be started"
            why={describeFailure(demo.error)}
            onRetry={() => demo.mutate()}
          />
        )}
        <details>
          <summary>From the command line</summary>
          <Stack gap="xs" mt="xs">
            <Command text="npx slipway data generate --symbol ESH5 --days 20 --seed 7" />
            <Command text="npx slipway account add demo --user me --symbol ESH5 --feed replay:60x" />
            <Text c="dimmed" size="sm">
              The account appears here by itself. Bars of your own:{' '}
              <code>npx slipway data import FILE --symbol S --timeframe 1m</code>
            </Text>
          </Stack>
        </details>
      </Stack>
    </div>
  )
}

/** What was pressed is gone once there are accounts: the keyboard goes on from the beginning of the page. */
function useFocusAfter(): void {
  useEffect(
    () => () => {
      if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true })
    },
    [],
  )
}
