import { Code, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import type { StartOutcome, StopOutcome } from '../../src/contracts/fleet.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { describeOutcomes, describeRefusedAction, type BotVerb, type Notice } from './describe-outcome.ts'

/** Longer than the launcher waits for a bot that does not end. */
const TIMEOUT_MS = 120_000
const NEWS_MS = 6_000

type Chosen = { ids: string[] } | { all: true }

/**
 * Starts, stops and restarts bots; refusals become notifications that stay until somebody has read them.
 *
 * @param target whom the buttons are for: account ids, or all of them
 */
export function useBotAction(target: readonly string[] | 'all') {
  const { client } = useLauncher()
  const chosen: Chosen = target === 'all' ? { all: true } : { ids: [...target] }
  const what = target === 'all' ? 'All accounts' : target.join(', ')
  const action = useMutation({
    mutationFn: (verb: BotVerb) => perform(client, verb, chosen),
    onSuccess: (outcomes, verb) => describeOutcomes(verb, outcomes).forEach(tell),
    onError: (error, verb) => tell(describeRefusedAction(verb, what, describeFailure(error))),
  })
  return { act: action.mutate, busy: action.isPending ? action.variables : undefined }
}

function perform(client: LauncherClient, verb: BotVerb, chosen: Chosen): Promise<(StartOutcome | StopOutcome)[]> {
  const context = { timeoutMs: TIMEOUT_MS }
  switch (verb) {
    case 'start':
      return client.bots.start(chosen, { context })
    case 'stop':
      return client.bots.stop(chosen, { context })
    case 'restart':
      return client.bots.restart(chosen, { context })
  }
}

function tell({ tone, title, message, nextStep, code }: Notice): void {
  // The same news about the same account replaces the old one instead of piling up.
  const id = title
  notifications.hide(id)
  notifications.show({
    id,
    title,
    color: tone === 'refused' ? 'red' : 'blue',
    autoClose: tone === 'refused' ? false : NEWS_MS,
    closeButtonProps: { 'aria-label': 'Close this message' },
    message: (
      <>
        <Text size="sm" c="var(--mantine-color-text)">
          {message}
        </Text>
        {nextStep && (
          <Text size="sm" mt={4} c="var(--mantine-color-text)">
            <b>Next:</b> {nextStep}
          </Text>
        )}
        {code && <Code mt={6}>{code}</Code>}
      </>
    ),
  })
}
