import type { SessionClock } from '../calendar/session.ts'
import { addDays, wallClock } from '../calendar/wall-time.ts'
import { epochMs, type EpochMs } from '../units/units.ts'

/** When an account's day ends: with the exchange's session, or at a wall time of a zone. */
export type DayBoundary = Readonly<{ kind: 'session' }> | Readonly<{ kind: 'wall'; minute: number; zone: string }>

/** One day of an account's limits, [start, end). */
export type RiskDay = Readonly<{ key: string; start: EpochMs; end: EpochMs }>

/** Tells days apart. Asking again inside the same day compares two numbers. */
export interface RiskDays {
  /** @returns the day an instant belongs to; undefined between two sessions, where the day before goes on */
  dayAt(at: EpochMs): RiskDay | undefined
  /** The first instant after `at` at which another day begins. */
  nextStart(at: EpochMs): EpochMs
}

const CLOCK = /^(?:([01]\d|2[0-3]):([0-5]\d)|midnight) (\S+)$/
/** As prop firms write zones: by what the clock there shows, in summer and in winter. */
const SPOKEN_ZONES: Readonly<Record<string, string>> = {
  'CE(S)T': 'Europe/Prague',
  CEST: 'Europe/Prague',
  ET: 'America/New_York',
  CT: 'America/Chicago',
}
const MINUTE = 60_000
const DAY = 1440 * MINUTE
/** Shorter than any session, so that none is stepped over. */
const LOOK_STEP = 15 * MINUTE
/** Longer than any exchange has been closed by its calendar. */
const LONGEST_GAP = 21 * DAY

/**
 * Reads a day boundary: `session`, or a wall time and a zone such as `17:00 America/Chicago` or `midnight CE(S)T`.
 *
 * @returns undefined when it is neither
 */
export function parseDayBoundary(text: string): DayBoundary | undefined {
  if (text === 'session') return { kind: 'session' }
  const match = CLOCK.exec(text)
  if (!match) return undefined
  const [, hours = '0', minutes = '0', given = ''] = match
  const zone = (Object.hasOwn(SPOKEN_ZONES, given) ? SPOKEN_ZONES[given] : undefined) ?? given
  return isZone(zone) ? { kind: 'wall', minute: Number(hours) * 60 + Number(minutes), zone } : undefined
}

/** True for a zone that Intl knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** @param sessions when the account's market is open */
export function openRiskDays(boundary: DayBoundary, sessions: SessionClock): RiskDays {
  return boundary.kind === 'session' ? sessionDays(sessions) : wallDays(boundary.minute, boundary.zone)
}

function sessionDays(sessions: SessionClock): RiskDays {
  let current: RiskDay | undefined
  return {
    dayAt: (at) => {
      if (current && at >= current.start && at < current.end) return current
      const session = sessions.sessionAt(at)
      if (session) current = { key: session.date, start: session.open, end: session.close }
      return session && current
    },
    nextStart: (at) => {
      const now = sessions.sessionAt(at)
      const from = now?.close ?? at
      for (let look: number = from; look < from + LONGEST_GAP; look += LOOK_STEP) {
        const session = sessions.sessionAt(epochMs(look))
        if (session && session.open > at) return session.open
      }
      return epochMs(from + LONGEST_GAP)
    },
  }
}

function wallDays(minute: number, zone: string): RiskDays {
  const clock = wallClock(zone)
  const text = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  let current: RiskDay | undefined

  function dayOf(at: EpochMs): RiskDay {
    // The date is a first guess: on days when the clock changes, a skipped boundary comes later than its wall time
    // says and a repeated one comes once.
    let date = clock.toWall(at).date
    while (clock.toEpoch(date, minute) > at) date = addDays(date, -1)
    let next = addDays(date, 1)
    while (clock.toEpoch(next, minute) <= at) [date, next] = [next, addDays(next, 1)]
    return { key: `${date} ${text}`, start: clock.toEpoch(date, minute), end: clock.toEpoch(next, minute) }
  }
  const dayAt = (at: EpochMs) => {
    if (!current || at < current.start || at >= current.end) current = dayOf(at)
    return current
  }
  return { dayAt, nextStart: (at) => dayAt(at).end }
}
