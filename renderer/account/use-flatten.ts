import { useMutation } from '@tanstack/react-query'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { Notice } from '../fleet/describe-outcome.ts'
import { tell } from '../fleet/tell.tsx'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'

/** Longer than the launcher waits for a bot that closes its positions. */
const TIMEOUT_MS = 120_000

/** Closes the positions of one account and cancels its orders; a bot that runs goes on. */
export function useFlatten(accountId: string) {
  const { client } = useLauncher()
  const action = useMutation({
    mutationFn: () => client.bots.flatten({ ids: [accountId] }, { context: { timeoutMs: TIMEOUT_MS } }),
    onSuccess: (outcomes) => outcomes.map(noticeOf).forEach(tell),
    onError: (error) => tell(refused(accountId, describeFailure(error))),
  })
  return { flatten: () => action.mutate(), isBusy: action.isPending }
}

type Outcome = Readonly<{ accountId: string; outcome: string; refusal: RefusalShape | null }>

function noticeOf({ accountId, outcome, refusal }: Outcome): Notice {
  switch (outcome) {
    case 'flattened':
      return { tone: 'news', title: `${accountId} is flat`, message: 'Positions are closed, orders cancelled.' }
    case 'flat':
      return { tone: 'news', title: `${accountId} is flat`, message: 'Nothing was open.' }
    case 'timed-out':
      return refused(accountId, {
        code: outcome,
        message: 'It is not flat yet; closing goes on by itself.',
        nextStep: 'Look at its open orders and at the log.',
      })
    default:
      return refused(
        accountId,
        refusal ?? {
          code: outcome,
          message: 'It may not be flat.',
          nextStep: `Look at its positions, then try again, here or with: npx slipway flatten ${accountId}`,
        },
      )
  }
}

function refused(accountId: string, why: RefusalShape): Notice {
  return { tone: 'refused', title: `${accountId}: flatten did not end`, ...why }
}
