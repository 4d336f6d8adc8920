import { appendFileSync, readFileSync } from 'node:fs'
import { z } from 'zod'

/**
 * Where a bot under test dies: at the `nth` time (from 1) that it reaches a point whose label `at` matches, a
 * regular expression.
 *
 * Labels name the durable steps and the wire: `commit:before:orders,decisions`, `wire:half:POST /v1/orders` and so on;
 * see install-crash-hooks.ts.
 */
export const CrashPlan = z.strictObject({
  at: z.string(),
  nth: z.int().min(1),
  /** File that gets a line for every point reached; the last one is where it died. */
  trail: z.string(),
  /** The venue's TCP port: only talk with it counts as the wire. */
  venuePort: z.int(),
})
export type CrashPlan = z.output<typeof CrashPlan>

/** Name of the plan's file in the bot's home. */
export const CRASH_PLAN_FILE = 'crash-plan.json'

export function readCrashPlan(file: string): CrashPlan | undefined {
  try {
    return CrashPlan.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export type Trail = Readonly<{
  /**
   * Tells that the process has come to a point; where the plan says so, it is the last thing it does.
   *
   * @param last done before it dies there: what would have been half done
   */
  reach(label: string, last?: () => void): void
  /** Leaves a line that is no point. */
  note(line: string): void
}>

export function openTrail(plan: CrashPlan): Trail {
  const at = new RegExp(plan.at)
  let met = 0
  const note = (line: string) => appendFileSync(plan.trail, `${line}\n`)
  const reach = (label: string, last?: () => void) => {
    const dies = at.test(label) && ++met === plan.nth
    note(dies ? `${label} †` : label)
    if (dies) last?.()
    // SIGKILL of oneself is delivered before the call returns: nothing of the process runs after this line.
    if (dies) process.kill(process.pid, 'SIGKILL')
  }
  return { reach, note }
}
