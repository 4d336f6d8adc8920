import { useMutation } from '@tanstack/react-query'
import type { StartOutcome, StopOutcome } from '../../src/contracts/fleet.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { describeOutcomes, describeRefusedAction, type BotVerb } from './describe-outcome.ts'
import { tell } from './tell.tsx'

/** Longer than the launcher waits for a bot that does not end. */
const TIMEOUT_MS = 120_000

/** Starts, stops and restarts bots; refusals become notifications that stay until somebody has read them. */
export function useBotAction(ids: readonly string[]) {
  const { client } = useLauncher()
  const action = useMutation({
    mutationFn: (verb: BotVerb) => perform(client, verb, ids),
    onSuccess: (outcomes, verb) => describeOutcomes(verb, outcomes).forEach(tell),
    onError: (error, verb) => tell(describeRefusedAction(verb, ids.join(', '), describeFailure(error))),
  })
  return { act: action.mutate, busy: action.isPending ? action.variables : undefined }
}

function perform(
  client: LauncherClient,
  verb: BotVerb,
  ids: readonly string[],
): Promise<(StartOutcome | StopOutcome)[]> {
  const chosen = { ids: [...ids] }
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
