import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { connectToBot } from '../../../adapters/bot-control/connect-to-bot.ts'
import type { HomeLayout } from '../../../adapters/home/layout.ts'
import { followLog, logFiles } from '../../../adapters/log/read-log.ts'
import { RefusalShape, type BotStart } from '../../../contracts/bot-protocol.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../../domain/account/account-id.ts'
import { EXIT_CODE_OF, Refused, type RefusalCode } from '../../../domain/failure/refusal.ts'
import { openCliHome, type Cli } from '../cli.ts'
import { logText } from '../log-text.ts'

const RefusedLine = z.object({ refused: RefusalShape })

/** How long a bot may take to end in order, milliseconds; a second Ctrl-C does not wait. */
const STOP_MS = 60_000
const CONNECT_MS = 2_000
/** Lines written in the bot's last moment are shown too. */
const LAST_LINES_MS = 300

/**
 * `slipway run ID`: one bot in the foreground, its log on standard output.
 *
 * It is as detached as any bot, so that the terminal's Ctrl-C reaches only us: we then ask it to stop, in order.
 */
export async function run(cli: Cli, text: string): Promise<number> {
  const accountId = parseAccountId(text)
  if (!isAccountId(accountId)) throw new Refused(accountId)
  const layout = openCliHome(cli)
  const instanceId = randomUUID()
  const child = spawn(cli.node, [cli.botProgram], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
    cwd: layout.root,
    env: cli.env,
  })
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const start: BotStart = { home: layout.root, accountId, instanceId, secrets: {} }
  child.stdin.on('error', () => undefined)
  child.stdin.end(`${JSON.stringify(start)}\n`)
  let refused: Refused['refusal'] | undefined
  createInterface({ input: child.stderr }).on('line', (line) => {
    const found = refusalIn(line)
    if (found) refused = found
    else cli.out.note(line)
  })

  const following = new AbortController()
  const shown = showLog(cli, layout, accountId, instanceId, following.signal)
  const interruption = cli.interruption()
  interruption.addEventListener('abort', () => void askToStop(cli, layout, accountId, instanceId))
  const [code, signal] = await ended
  setTimeout(() => following.abort(), LAST_LINES_MS)
  await shown

  if (refused) throw new Refused(refused)
  if (signal !== null) cli.out.note(`The bot was ended by ${signal}.`)
  return code ?? 1
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

/** Shows the lines of this bot only; the log of its account may hold those of another that is running. */
async function showLog(
  cli: Cli,
  layout: HomeLayout,
  accountId: AccountId,
  instanceId: string,
  signal: AbortSignal,
): Promise<void> {
  const files = () => logFiles(layout, accountId)
  for await (const line of followLog({ files, folder: layout.logs(accountId), tail: 0, pollMs: 200 }, signal))
    if (line.raw.includes(instanceId)) cli.out.line(cli.out.json ? line.raw : logText(line, cli.out))
}

function refusalIn(line: string): Refused['refusal'] | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const found = RefusedLine.safeParse(JSON.parse(line)).data?.refused
    return (
      found && { ...found, code: Object.hasOwn(EXIT_CODE_OF, found.code) ? (found.code as RefusalCode) : 'internal' }
    )
  } catch {
    return undefined
  }
}
