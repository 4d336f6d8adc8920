import { randomUUID } from 'node:crypto'
import { readAccountSettings } from '../../../adapters/account-registry/read-settings.ts'
import { connectToBot } from '../../../adapters/bot-control/connect-to-bot.ts'
import { readLastWords } from '../../../adapters/bot-process/bot-output.ts'
import { spawnBot } from '../../../adapters/bot-process/spawn-bot.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { followLog, logFiles } from '../../../adapters/log/read-log.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../../domain/account/account-id.ts'
import { EXIT_CODE_OF, Refused } from '../../../domain/failure/refusal.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { cliSecrets } from '../cli-secrets.ts'
import { logText } from '../log-text.ts'
import { sayShape } from '../say-shape.ts'

/** How long a bot may take to answer that it stops, milliseconds. */
const STOP_MS = 60_000
const CONNECT_MS = 2_000
/** Lines written in the bot's last moment are shown too. */
const LAST_LINES_MS = 300

/**
 * `slipway run ID`: one bot in the foreground, its log on standard output.
 *
 * With `flattenOnly` it closes everything and ends.
 *
 * It is as detached as any bot, so that the terminal's Ctrl-C reaches only us: we then ask it to stop, in order.
 */
export async function run(cli: Cli, text: string, flattenOnly: boolean): Promise<number> {
  const accountId = parseAccountId(text)
  if (!isAccountId(accountId)) throw new Refused(accountId)
  const layout = openCliHome(cli)
  // Refused here, an account that does not exist gets no folder either.
  readAccountSettings(layout, accountId)
  const secrets = await cliSecrets(cli, layout)(accountId)
  const instanceId = randomUUID()
  const following = new AbortController()
  const shown = showLog(cli, layout, accountId, instanceId, following.signal)
  const bot = await spawnBot(
    { node: cli.node, entry: cli.botProgram, env: cli.env },
    { home: layout.root, accountId, instanceId, secrets, flattenOnly },
    layout.botOutput(accountId),
  )
  const interruption = cli.interruption()
  interruption.addEventListener('abort', () => void askToStop(cli, layout, accountId, instanceId))
  const { code, signal } = await bot.exited
  setTimeout(() => following.abort(), LAST_LINES_MS)
  await shown
  if (code === 0) return 0
  const words = readLastWords(layout.botOutput(accountId), bot.outputFrom)
  if (words.refusal) return sayShape(cli.out, words.refusal)
  cli.out.note(
    words.text ?? (signal === null ? `The bot failed (exit code ${code}).` : `The bot was ended by ${signal}.`),
  )
  return EXIT_CODE_OF.crashed
}

async function askToStop(cli: Cli, layout: HomeLayout, accountId: AccountId, instanceId: string): Promise<void> {
  cli.out.note('Stopping the bot; press Ctrl-C again to leave it to itself.')
  const bot = await connectToBot({ endpoint: layout.botEndpoint(accountId), timeoutMs: CONNECT_MS })
  try {
    // Another instance may hold the account; that one is not ours to stop.
    if (bot?.instanceId === instanceId) await bot.request({ type: 'stop', flatten: false, keepOrders: false }, STOP_MS)
    else cli.out.note(`The bot does not answer. Stop it with: slipway stop ${accountId}`)
  } catch (error) {
    if (error instanceof Refused && error.refusal.code !== 'not-running') cli.out.refused(error.refusal)
  } finally {
    bot?.close()
  }
}

/** Shows the lines of this bot only: the log of its account may hold those of another that is running. */
async function showLog(
  cli: Cli,
  layout: HomeLayout,
  accountId: AccountId,
  instanceId: string,
  signal: AbortSignal,
): Promise<void> {
  const files = () => logFiles(layout, accountId)
  for await (const line of followLog({ files, folder: layout.logs(accountId), tail: 500, pollMs: 200 }, signal))
    if (line.raw.includes(instanceId)) cli.out.line(cli.out.json ? line.raw : logText(line, cli.out))
}
