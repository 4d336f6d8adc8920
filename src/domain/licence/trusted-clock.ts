import type { EpochMs } from '../units/units.ts'

/** A wall clock may be this far behind what we know for certain before we stop believing it. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000

/**
 * What is known of the time for certain: `floorMs` or later. It is what a server has signed, and rises by the time that a
 * process has seen pass since on a clock nobody can set, and by nothing else. So it is never ahead of the server's time, and
 * a wrong wall clock leaves no mark in it.
 *
 * Kept across restarts: `floorMs` alone.
 */
export type TrustedClock = Readonly<{
  floorMs: EpochMs
  /** Reading of the monotonic clock that `floorMs` belongs to. */
  monotonicMs: number
  /** What the wall clock lacked when a server last told the time in this process; undefined before. */
  skewMs: number | undefined
}>

/** @param floorMs as kept from the last run, or the `iat` of the newest lease; 0 where nothing is known */
export function trustedClock(floorMs: EpochMs, monotonicMs: number): TrustedClock {
  return { floorMs, monotonicMs, skewMs: undefined }
}

/**
 * A server has told the time, signed, in answer to a question that was asked just now: the `iat` of a lease with our nonce.
 *
 * A machine whose clock is a year off is told so by this, and trades on. Nor does what was known before count: it came from
 * the same server, whose clock was ahead then where it says less now. An answer that somebody has kept since an earlier
 * question must never get here: it would turn the time back.
 */
export function hearServerTime(serverMs: EpochMs, wallMs: EpochMs, monotonicMs: number): TrustedClock {
  return { floorMs: serverMs, monotonicMs, skewMs: serverMs - wallMs }
}

export type TrustedTime = Readonly<{
  /** What a lease is judged by. */
  nowMs: EpochMs
  /**
   * The wall clock is behind what is known: somebody has set it back. Grace then goes on only by the time that processes
   * run, nothing expires through it, and a new lease should be asked for.
   */
  isFrozen: boolean
  /** To go on with, and to keep `floorMs` of. */
  clock: TrustedClock
}>

/**
 * The time to judge a lease by.
 *
 * A wall clock ahead is believed, since a machine that slept has a lease that aged; set right again, all is as before.
 */
export function readTrustedClock(clock: TrustedClock, wallMs: EpochMs, monotonicMs: number): TrustedTime {
  const floorMs = floorAt(clock, monotonicMs)
  const wall = wallMs + (clock.skewMs ?? 0)
  const isFrozen = wall < floorMs - CLOCK_TOLERANCE_MS
  return { nowMs: Math.max(wall, floorMs) as EpochMs, isFrozen, clock: { ...clock, floorMs, monotonicMs } }
}

function floorAt({ floorMs, monotonicMs: since }: TrustedClock, monotonicMs: number): EpochMs {
  return Math.floor(floorMs + Math.max(0, monotonicMs - since)) as EpochMs
}
