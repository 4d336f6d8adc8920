import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { StopOutcome } from '../../src/contracts/fleet.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'

/** Longer than the launcher waits for a bot that closes its positions. */
const TIMEOUT_MS = 120_000

/** Closes the positions of one account and cancels its orders; its bot goes on. */
export function useFlatten(accountId: string) {
  const { client } = useLauncher()
  const action = useMutation({
    mutationFn: () => client.bots.flatten({ ids: [accountId] }, { context: { timeoutMs: TIMEOUT_MS } }),
    onSuccess: (outcomes) => outcomes.forEach(tell),
    onError: (error) => refused(accountId, describeFailure(error)),
  })
  return { flatten: () => action.mutate(), isBusy: action.isPending }
}

function tell({ accountId, outcome, refusal }: StopOutcome): void {
  switch (outcome) {
    case 'flattened':
      notifications.show({
        id: `flat ${accountId}`,
        title: `${accountId} is flat`,
        message: 'Positions are closed, orders canceled. The bot goes on.',
        color: 'teal',
      })
      return
    case 'not-running':
      refused(accountId, {
        code: 'not-running',
        message: 'No bot runs for it, so nothing was closed.',
        nextStep: `Close what is open without its bot: npx slipway flatten ${accountId}`,
      })
      return
    default:
      refused(
        accountId,
        refusal ?? {
          code: outcome,
          message: 'It is not flat yet; the wish stands and is carried out as soon as it can be.',
          nextStep: 'Look at its open orders and at the log.',
        },
      )
  }
}

function refused(accountId: string, { message, nextStep }: RefusalShape): void {
  notifications.show({
    ...{ id: `flat ${accountId}`, title: `${accountId}: flatten did not end`, color: 'red', autoClose: false },
    message: `${message} Next: ${nextStep}`,
    closeButtonProps: { 'aria-label': 'Close this message' },
  })
}
