import { readSync } from 'node:fs'
import { pause } from '../../adapters/process/pause.ts'
import { botStartOf, type BotStart } from '../../contracts/bot-start.ts'
import { refuse } from '../../domain/failure/refusal.ts'

/** Far more than any start message needs, bytes. */
const LONGEST_START = 256 * 1024
const NEWLINE = 0x0a
/** Shorter ones are found everywhere. */
const SHORTEST_SECRET = 6

/**
 * Reads the one line on standard input that tells a bot what to be.
 *
 * Read at once and synchronously: nothing else can happen before it is known, and it saves the stream machinery.
 */
export function readStart(fd: number): BotStart {
  const chunk = Buffer.alloc(16 * 1024)
  let whole: Buffer = Buffer.alloc(0)
  while (!whole.includes(NEWLINE) && whole.length < LONGEST_START) {
    const read = readSome(fd, chunk)
    if (read === 0) break
    const longer = Buffer.concat([whole, chunk.subarray(0, read)])
    whole.fill(0)
    whole = longer
  }
  // Not piece by piece: a letter of several bytes may lie across two of them.
  const text = whole.toString('utf8')
  for (const used of [chunk, whole]) used.fill(0)
  return refuseExposed(parseStart(text))
}

function parseStart(text: string): BotStart {
  try {
    return botStartOf(JSON.parse(text.slice(0, text.indexOf('\n') + 1) || text))
  } catch {
    return refuse(
      'bad-usage',
      'A bot process needs its start message as one JSON line on standard input.',
      'Start bots with "slipway start ID" or "slipway run ID".',
    )
  }
}

/** What stands in the arguments or the environment, others can read: a secret there is none any more. */
function refuseExposed(start: BotStart): BotStart {
  const secrets = Object.values(start.secrets).filter(({ length }) => length >= SHORTEST_SECRET)
  if (secrets.length === 0) return start
  const seen = [...process.argv, ...process.execArgv, ...Object.values(process.env)].join('\n')
  if (!secrets.some((secret) => seen.includes(secret))) return start
  return refuse(
    'secret-exposed',
    'A credential of this account stands in the arguments or the environment of its bot, where others can read it.',
    `Take it out of there, get a new one from the broker, and put that into the vault: slipway vault set ${start.accountId} token`,
  )
}

function readSome(fd: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, chunk)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      // A pipe its writer made non-blocking: wait a moment without spinning.
      pause(5)
    }
  }
}
