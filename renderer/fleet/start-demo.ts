import { ORPCError } from '@orpc/client'
import { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'

export type DemoStep = 'data' | 'account' | 'start'

/** The demo's account. The speed makes a day of bars pass in less than a minute, and the settings make it trade often. */
const DEMO = {
  ...{ accountId: 'demo', user: 'demo', broker: 'sim', mode: 'paper' as const },
  ...{ strategy: 'vwap-bounce', symbol: 'SPY', feed: 'replay:600x' },
  set: ['bandSigma=1', 'stopSigma=1.2', 'atrStopMultiple=1', 'rsiLong=49', 'minRewardRisk=0.5'],
}
const TIMEOUT_MS = 120_000

/**
 * From nothing to a running paper bot: bars, an account, its bot. Each step that was done before is left as it is, so
 * that trying again after a failure goes on.
 *
 * @throws what the launcher refused
 */
export async function startDemo(client: LauncherClient, onStep: (step: DemoStep) => void): Promise<void> {
  const context = { timeoutMs: TIMEOUT_MS }
  onStep('data')
  // Bars that are there already, whoever put them there, do as well.
  await client.data
    .generate({ symbol: DEMO.symbol, days: 20, seed: 7 }, { context })
    .catch((error: unknown) => unless('data-bad-rows', error))
  onStep('account')
  await client.accounts.add(DEMO, { context }).catch((error: unknown) => unless('account-exists', error))
  onStep('start')
  const [started] = await client.bots.start({ ids: [DEMO.accountId], wait: true }, { context })
  if (started?.refusal) throw new ORPCError('REFUSED', { data: started.refusal, message: started.refusal.message })
}

function unless(code: string, error: unknown): void {
  const refused = error instanceof ORPCError ? RefusalShape.safeParse(error.data).data : undefined
  if (refused?.code !== code) throw error
}
