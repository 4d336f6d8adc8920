import { spawn } from 'node:child_process'
import type { BotStart } from '../../contracts/bot-start.ts'
import type { RefusalShape } from '../../contracts/bot-protocol.ts'
import { refusal } from '../../domain/failure/refusal.ts'
import { asSystemRefusal } from '../process/system-busy.ts'
import { lastWordsIn } from './bot-output.ts'
import { checkedSettings } from './checked-settings.ts'
import { botCommand, type BotProgram } from './spawn-bot.ts'

/** As long as a bot may take to its control socket, milliseconds. */
const ANSWER_MS = 30_000
const LONGEST_WORDS = 65_536

/**
 * Asks the bot's own program whether it would start with the settings the account has now; it may do so beside a bot
 * that trades the account, and ends by itself.
 *
 * @returns why not, in the words of a start; undefined when nothing stands against it
 * @throws {Refused} as `spawnBot`
 */
export async function whyNotStarted(
  program: BotProgram,
  start: Omit<BotStart, 'checkOnly'>,
): Promise<RefusalShape | undefined> {
  const { args, options } = botCommand(program, start.home)
  let said = ''
  let child
  try {
    child = spawn(program.node, args, { ...options, stdio: ['pipe', 'ignore', 'pipe'] })
  } catch (error) {
    throw asSystemRefusal(error)
  }
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', (error) => reject(asSystemRefusal(error)))
  child.once('close', resolve)
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < LONGEST_WORDS) said += chunk.toString('utf8')
  })
  // It may end before it has read its line; its exit says why.
  child.stdin.on('error', () => undefined)
  const checked = checkedSettings(start.home, start.accountId)
  const message = Buffer.from(JSON.stringify({ ...start, checked, checkOnly: true } satisfies BotStart) + '\n')
  child.stdin.end(message, () => message.fill(0))
  const timer = setTimeout(() => child.kill('SIGKILL'), ANSWER_MS)
  try {
    const code = await ended
    if (code === 0) return undefined
    const { refusal: found, text } = lastWordsIn(said)
    return found ?? unanswered(start.accountId, text)
  } finally {
    clearTimeout(timer)
  }
}

function unanswered(accountId: string, text: string | undefined): RefusalShape {
  return refusal(
    'internal',
    `Whether the bot of ${accountId} could start was not found out${text === undefined ? '' : `: ${text.replace(/\.$/, '')}`}.`,
    `To start it all the same: slipway stop ${accountId}, then: slipway start ${accountId}`,
  )
}
