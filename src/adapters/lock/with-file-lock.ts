import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from '../../domain/failure/refusal.ts'

export type FileLockRules = Readonly<{
  /** Age at which a section's lock counts as left behind, milliseconds. It is looked after twice in that time. */
  staleMs: number
  /** Tries before giving up, some 100 ms apart. */
  tries: number
}>

/** Stale is far above any section, sleep of a laptop aside; the tries take about eight seconds. */
const RULES: FileLockRules = { staleMs: 30_000, tries: 80 }
/** Between two tries, milliseconds. */
const PAUSE = { factor: 1, minTimeout: 50, maxTimeout: 150, randomize: true }
/** What file browsers drop into any folder they see. */
const LITTER = new Set(['.DS_Store', 'desktop.ini', 'Thumbs.db', '.directory'])

/**
 * Runs a short critical section over a file that several processes write (account settings, the instruments file).
 *
 * The lock is a folder beside the file, kept fresh while the section runs. It can be lost (the computer slept through
 * its age, somebody deleted it): then the section's signal aborts and the call is refused, so a section must write in
 * one atomic step, and check the signal just before.
 *
 * Not for what must never have two owners: that is the guard's work.
 *
 * @param path the file, which need not exist yet; its folder must
 * @throws {Refused} timed-out: another process is still at it, or the lock was lost
 */
export async function withFileLock<T>(
  path: string,
  work: (signal: AbortSignal) => T | Promise<T>,
  rules: FileLockRules = RULES,
): Promise<T> {
  // Loading it registers signal handlers, so only those who lock a file load it.
  const { default: lockfile } = await import('proper-lockfile')
  const lost = new AbortController()
  sweep(`${path}.lock`, rules.staleMs)
  let release: () => Promise<void>
  try {
    release = await lockfile.lock(path, {
      realpath: false,
      stale: rules.staleMs,
      retries: { ...PAUSE, retries: rules.tries },
      onCompromised: (error) => lost.abort(error),
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return refuseBusy(path)
    throw error
  }
  try {
    const result = await work(lost.signal)
    return lost.signal.aborted ? refuseBusy(path) : result
  } finally {
    // A lost lock is somebody else's to release.
    await release().catch(() => undefined)
  }
}

/** Clears what would keep a left-behind lock from ever being taken over: litter in the folder, a file in its place. */
function sweep(lock: string, staleMs: number): void {
  const found = statSync(lock, { throwIfNoEntry: false })
  if (!found || Date.now() - found.mtimeMs <= staleMs) return
  try {
    if (!found.isDirectory()) return rmSync(lock)
    const litter = readdirSync(lock).filter((name) => LITTER.has(name))
    for (const name of litter) rmSync(join(lock, name), { force: true })
    // Removing an entry makes the folder look fresh, and with it the lock.
    if (litter.length > 0 && statSync(lock).ino === found.ino) utimesSync(lock, found.atime, found.mtime)
  } catch {
    // Somebody else swept it first; what is left, the lock itself reports.
  }
}

function refuseBusy(path: string): never {
  refuse(
    'timed-out',
    `Another program is still changing ${path}.`,
    `Try again in a moment; if nothing else of Slipway runs, delete ${path}.lock.`,
  )
}
