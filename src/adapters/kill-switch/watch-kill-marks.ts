import { statSync } from 'node:fs'
import type { AccountId } from '../../domain/account/account-id.ts'
import type { Reason } from '../../domain/decision/decision.ts'
import { killReason, type KillMark } from '../../domain/risk/kill-mark.ts'
import type { HomeLayout } from '../home/layout.ts'
import { killMarkPath, readKillMark, scopesOf } from './kill-marks.ts'

/** A bot's eye on the kill switch. */
export type KillWatch = Readonly<{
  /** Why nothing may be entered now; undefined: nothing forbids it. Looks at the disk when the last look is old. */
  reason(): Reason | undefined
  /** Looks at the disk now, so that what is asked for after a mark was written is done under that mark. */
  look(): void
  /** The mark that stands, as last seen. */
  standing(): KillMark | undefined
  close(): void
}>

/** A look at three names takes some ten microseconds; the switch must be seen within a moment. */
const LOOK_EVERY_MS = 250

/**
 * Watches the marks of an account, of its user and of all.
 *
 * Polled rather than waited for: file watchers miss events on several systems, and a missed one would cost an entry.
 *
 * @param onChange after a mark has come or gone; called from a timer, so between two steps of the bot
 */
export function watchKillMarks(
  layout: HomeLayout,
  who: Readonly<{ accountId: AccountId; userId: string }>,
  onChange: (standing: KillMark | undefined) => void,
): KillWatch {
  const places = scopesOf(who.accountId, who.userId).map((scope) => ({ scope, path: killMarkPath(layout, scope) }))
  let lookedAt = Number.NEGATIVE_INFINITY
  let seen = ''
  let standing: KillMark | undefined
  let reason: Reason | undefined

  /** @returns true when something has changed */
  function look(): boolean {
    lookedAt = performance.now()
    const stamp = places.map(({ path }) => stampOf(path)).join('|')
    if (stamp === seen) return false
    seen = stamp
    const before = standing
    const marks = places.flatMap(({ path, scope }) => readKillMark(path, scope) ?? [])
    standing = marks.find(({ purpose }) => purpose === 'kill') ?? marks[0]
    reason = standing && killReason(standing)
    return before !== undefined || standing !== undefined
  }

  /** The bot is in the middle of something: it obeys between two of its steps. */
  const lookAndTell = () => {
    if (look()) setImmediate(() => onChange(standing))
  }

  look()
  const timer = setInterval(() => {
    if (look()) onChange(standing)
  }, LOOK_EVERY_MS)
  timer.unref()
  return {
    reason: () => {
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) lookAndTell()
      return reason
    },
    look: lookAndTell,
    standing: () => standing,
    close: () => clearInterval(timer),
  }
}

/** Tells one state of a file from another. One that can't be looked at is taken for a mark by whoever reads it. */
function stampOf(path: string): string {
  try {
    const entry = statSync(path, { throwIfNoEntry: false, bigint: true })
    return entry ? `${entry.ino}:${entry.mtimeNs}:${entry.size}` : ''
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
