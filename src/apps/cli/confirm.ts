import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { refuse } from '../../domain/failure/refusal.ts'
import type { Cli } from './cli.ts'

/**
 * Asks before something that can't be undone: a person types the word, a script says `--yes`.
 *
 * @throws {Refused} bad-usage: not confirmed
 */
export async function confirm(
  { stdin, stderr }: Cli,
  { yes, what, word }: Readonly<{ yes: boolean | undefined; what: string; word: string }>,
): Promise<void> {
  if (yes) return
  if (stdin.isTTY !== true || stderr.isTTY !== true)
    refuse('bad-usage', `${what} It needs a confirmation.`, 'Run it again with --yes to confirm.')
  const asking = createInterface({ input: stdin, output: stderr })
  // At the end of input (Ctrl-D, Ctrl-C) a question stays without an answer for ever.
  const hungUp = once(asking, 'close').then(() => '')
  try {
    const typed = await Promise.race([asking.question(`${what}\nType ${word} to go on: `), hungUp])
    if (typed.trim() !== word) refuse('bad-usage', 'Not confirmed: nothing was done.', `Type ${word} when asked.`)
  } finally {
    asking.close()
  }
}
