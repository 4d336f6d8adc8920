import type { CalendarFacts } from '../calendar/facts.ts'
import { sessionsBetween } from '../calendar/session-clock.ts'
import type { Session, SessionClock } from '../calendar/session.ts'
import type { Instrument } from '../instrument/instrument.ts'
import { epochMs, type EpochMs } from '../units/units.ts'

/** A session of the made-up market; `market` is false where the real one is closed at that time. */
export type SyntheticSession = Session & Readonly<{ market: boolean }>

export interface SyntheticSessionClock extends SessionClock {
  sessionAt(at: EpochMs): SyntheticSession
}

const DAY_MS = 86_400_000
/** No market we know is closed for longer. */
const LONGEST_BREAK_DAYS = 14

/**
 * Sessions of a market that never closes: the instrument's own ones, and one in each break between them (overnight, a
 * weekend), named for the UTC date it begins on. So there is always something to watch, and every minute belongs to
 * the same session whenever one asks.
 *
 * Holidays are as the facts have them. Past their end the regular hours hold, and count as known: this market does not
 * ask whether the real one opens.
 */
export function openSyntheticSessions(instrument: Instrument, facts: CalendarFacts): SyntheticSessionClock {
  let current: SyntheticSession | undefined
  return {
    sessionAt(at) {
      if (!current || at < current.open || at >= current.close) current = find(instrument, facts, at)
      return current
    },
  }
}

function find(instrument: Instrument, facts: CalendarFacts, at: EpochMs): SyntheticSession {
  const span = LONGEST_BREAK_DAYS * DAY_MS
  const sessions = sessionsBetween(instrument, facts, epochMs(at - span), epochMs(at + span))
  const now = sessions.find(({ open, close }) => at >= open && at < close)
  if (now) return { ...now, holidayFacts: 'known', market: true }
  const dayStart = Math.floor(at / DAY_MS) * DAY_MS
  const open = sessions.findLast(({ close }) => close <= at)?.close ?? epochMs(dayStart)
  const close = sessions.find((session) => session.open > at)?.open ?? epochMs(dayStart + DAY_MS)
  return { date: new Date(open).toISOString().slice(0, 10), open, close, holidayFacts: 'known', market: false }
}
