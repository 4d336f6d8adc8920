import { spawn } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import type { BotProgram } from '../../adapters/bot-process/spawn-bot.ts'
import { RefusalShape } from '../../contracts/bot-protocol.ts'
import { EXIT_CODE_OF, Refused, refusal, refuse, type RefusalCode } from '../../domain/failure/refusal.ts'

/** The command line's program: beside that of a bot, bundled or as source. */
export function commandProgram(bot: string): string {
  if (bot.endsWith('.ts')) return resolve(import.meta.dirname, '..', 'cli', 'main.ts')
  return join(dirname(bot), 'cli.mjs')
}

const LONGEST_MS = 300_000
const LARGEST_ANSWER = 16_777_216

/**
 * Runs a command of the command line in a process of its own, so that long work holds nobody up here.
 *
 * @param home the home folder it is about
 * @returns its JSON answer
 * @throws {Refused} what the command refused, or that it failed or took too long
 */
export async function runCommand(program: BotProgram, home: string, args: readonly string[]): Promise<unknown> {
  const entry = commandProgram(program.entry)
  const child = spawn(program.node, [entry, ...args, '--json'], {
    env: { ...program.env, SLIPWAY_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    timeout: LONGEST_MS,
  })
  const texts = { out: '', err: '' }
  const keep = (name: 'out' | 'err') => (chunk: string) => {
    texts[name] += chunk
    if (texts[name].length > LARGEST_ANSWER) child.kill()
  }
  child.stdout.setEncoding('utf8').on('data', keep('out'))
  child.stderr.setEncoding('utf8').on('data', keep('err'))
  const code = await new Promise<number | null>((settle, fail) => {
    child.once('error', fail)
    child.once('close', settle)
  })
  if (code === 0) return JSON.parse(texts.out)
  const said = refusalIn(texts.err)
  if (said) throw new Refused(said)
  return refuse(
    code === null ? 'timed-out' : 'internal',
    `The command ${args.slice(0, 2).join(' ')} ${code === null ? 'took too long' : 'failed'}.`,
    `Try it by hand: slipway ${args.join(' ')}`,
  )
}

/** The last line in which a command says what it refused. */
function refusalIn(text: string) {
  for (const line of text.trimEnd().split('\n').toReversed()) {
    try {
      const found = RefusalShape.safeParse((JSON.parse(line) as { error?: unknown }).error)
      if (found.success && Object.hasOwn(EXIT_CODE_OF, found.data.code))
        return refusal(found.data.code as RefusalCode, found.data.message, found.data.nextStep)
    } catch {
      // Another line: what a person would have read.
    }
  }
  return undefined
}
