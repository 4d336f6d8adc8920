import { execFileSync } from 'node:child_process'
import { clearDeadFaketimes } from './dead-faketimes.ts'

/**
 * Environment of a process whose clock is ahead, as faketime would set it; undefined where it is not installed. Not
 * `faketime` itself: it stays between us and the process, and what we kill would be it.
 *
 * @param offset as faketime takes it: `+30s`
 */
export function otherClock(offset: string): NodeJS.ProcessEnv | undefined {
  clearDeadFaketimes()
  try {
    const said = execFileSync('faketime', ['-f', offset, 'env'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString()
    const library = /^LD_PRELOAD=(.+)$/m.exec(said)?.[1]
    return library === undefined ? undefined : { LD_PRELOAD: library, FAKETIME: offset }
  } catch {
    return undefined
  }
}
