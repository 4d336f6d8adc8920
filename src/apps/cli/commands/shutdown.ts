import { setTimeout as delay } from 'node:timers/promises'
import { connectLauncher } from '../../../adapters/launcher-client/connect-launcher.ts'
import { refuse } from '../../../domain/failure/refusal.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { findLauncher, withLauncher } from '../with-launcher.ts'

/** How long a launcher that was told to end may take until nobody answers, milliseconds. */
const END_MS = 15_000
const POLL_MS = 50

/** `slipway shutdown`: ends the launcher. Bots go on, unless `bots` is true. */
export async function shutdown(cli: Cli, options: { bots?: boolean }): Promise<number> {
  const layout = openCliHome(cli)
  // Bots may run without a launcher; only one that adopts them can stop them.
  if (!options.bots && !(await findLauncher(layout))) {
    cli.out.answer({ pid: null }, () => cli.out.line('No launcher is running.'))
    return 0
  }
  return withLauncher(cli, async (api) => {
    const { pid } = await api.shutdown({ bots: options.bots === true })
    const client = connectLauncher({ endpoint: layout.launcherEndpoint })
    for (const end = performance.now() + END_MS; await answers(client); await delay(POLL_MS))
      if (performance.now() > end)
        refuse('timed-out', `The launcher (process ${pid}) has not ended yet.`, 'Look at its log: logs/launcher.log')
    cli.out.answer({ pid }, () =>
      cli.out.line(options.bots ? 'The launcher and all bots have ended.' : 'The launcher has ended. Bots go on.'),
    )
    return 0
  })
}

async function answers(client: ReturnType<typeof connectLauncher>): Promise<boolean> {
  return await client.api.health().then(
    () => true,
    () => false,
  )
}
