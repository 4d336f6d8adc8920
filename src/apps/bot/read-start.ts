import { readSync } from 'node:fs'
import { BotStart } from '../../contracts/bot-start.ts'
import { refuse } from '../../domain/failure/refusal.ts'

/** Far more than any start message needs. */
const LONGEST_START = 256 * 1024

/**
 * Reads the one line on standard input that tells a bot what to be.
 *
 * Read at once and synchronously: nothing else can happen before it is known, and it saves the stream machinery.
 */
export function readStart(fd: number): BotStart {
  const chunk = Buffer.alloc(16 * 1024)
  let text = ''
  while (!text.includes('\n') && text.length < LONGEST_START) {
    const read = readSome(fd, chunk)
    if (read === 0) break
    text += chunk.toString('utf8', 0, read)
  }
  chunk.fill(0)
  try {
    return BotStart.parse(JSON.parse(text.slice(0, text.indexOf('\n') + 1) || text))
  } catch {
    return refuse(
      'bad-usage',
      'A bot process needs its start message as one JSON line on standard input.',
      'Start bots with "slipway start ID" or "slipway run ID".',
    )
  }
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
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
