import type { EpochMs } from '../units/units.ts'

/** A wall clock may be this far behind what we know for certain before we stop believing it. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000

/**
 * What is known of the time for certain: `floorMs` or later. It rises by times that a server has signed and by time that a
 * process has seen pass on a clock nobody can set, and by nothing else. So it is never ahead of the true time, and a
 * wrong wall clock leaves no mark in it.
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
 * A server has told the time, signed: the `iat` of a lease that it has just made.
 *
 * A machine whose clock is a year off is told so by this, and trades on.
 */
export function hearServerTime(
  clock: TrustedClock,
  serverMs: EpochMs,
  wallMs: EpochMs,
  monotonicMs: number,
): TrustedClock {
  const floorMs = Math.max(floorAt(clock, monotonicMs), serverMs) as EpochMs
  return { floorMs, monotonicMs, skewMs: serverMs - wallMs }
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
