import type { Session } from '../calendar/session.ts'

/** Sessions that must speak for it before a person is asked. */
const FEWEST_SESSIONS = 3

/**
 * Whether times look like the ends of bars: then no session has a bar at its open, and several have one at their close,
 * when the market no longer trades.
 *
 * @param times    as the file has them, ascending
 * @param sessions ascending
 */
export function looksLikeEnds(times: ArrayLike<number>, sessions: readonly Session[]): boolean {
  let at = 0
  let atClose = 0
  const has = (instant: number) => {
    while (at < times.length && (times[at] ?? 0) < instant) at++
    return times[at] === instant
  }
  for (const { open, close } of sessions) {
    if (has(open)) return false
    if (has(close)) atClose++
  }
  return atClose >= FEWEST_SESSIONS
}
