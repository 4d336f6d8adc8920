import type { Instrument, SessionHours } from '../instrument/instrument.ts'
import { epochMs, type EpochMs } from '../units/units.ts'
import { dayVerdict, type CalendarFacts } from './facts.ts'
import type { Session, SessionClock } from './session.ts'
import { addDays, wallClock, weekdayOf, type WallClock } from './wall-time.ts'

/**
 * The session clock of an instrument.
 *
 * It remembers the session (or the gap between sessions) that the last instant fell in, so asking again inside it
 * compares two numbers and allocates nothing.
 */
export function openSessionClock(instrument: Instrument, facts: CalendarFacts): SessionClock {
  const schedule = openSchedule(instrument, facts)
  let from = Infinity
  let until = -Infinity
  let current: Session | undefined

  function look(at: EpochMs): Session | undefined {
    // Only the sessions of yesterday, today and tomorrow can touch the local day, so nothing beyond it is claimed.
    const today = schedule.clock.toWall(at).date
    let gapFrom: number = schedule.clock.toEpoch(today, 0)
    let gapUntil: number = schedule.clock.toEpoch(today, MINUTES_A_DAY)
    for (const date of [addDays(today, -1), today, addDays(today, 1)]) {
      const session = schedule.sessionOf(date)
      if (!session) continue
      if (at >= session.open && at < session.close) return remember(session.open, session.close, session)
      if (session.close <= at) gapFrom = Math.max(gapFrom, session.close)
      else gapUntil = Math.min(gapUntil, session.open)
    }
    return remember(gapFrom, gapUntil, undefined)
  }

  function remember(start: number, end: number, session: Session | undefined): Session | undefined {
    from = start
    until = end
    current = session
    return session
  }

  return { sessionAt: (at) => (at >= from && at < until ? current : look(at)) }
}

/** Every session that has any part in [from, to), in time order. */
export function sessionsBetween(instrument: Instrument, facts: CalendarFacts, from: EpochMs, to: EpochMs): Session[] {
  const schedule = openSchedule(instrument, facts)
  const last = addDays(schedule.clock.toWall(to).date, 1)
  const sessions: Session[] = []
  for (let date = schedule.clock.toWall(from).date; date <= last; date = addDays(date, 1)) {
    const session = schedule.sessionOf(date)
    if (session && session.open < to && session.close > from) sessions.push(session)
  }
  return sessions
}

const MINUTES_A_DAY = 1440

type Schedule = Readonly<{ clock: WallClock; sessionOf: (date: string) => Session | undefined }>

function openSchedule(instrument: Instrument, facts: CalendarFacts): Schedule {
  const hours = instrument.session
  const clock = wallClock(hours.zone)
  const factsZone = facts.calendars[instrument.calendar]?.zone
  const factsClock = factsZone === undefined || factsZone === hours.zone ? clock : wallClock(factsZone)

  function regularOpen(date: string): EpochMs {
    return clock.toEpoch(hours.opensDayBefore ? addDays(date, -1) : date, hoursOn(hours, date).openMinute)
  }

  function sessionOf(date: string): Session | undefined {
    const verdict = dayVerdict(facts, instrument.calendar, date)
    if (verdict.kind === 'special') {
      const open = factsClock.toEpoch(date, verdict.openMinute)
      return session(date, open, factsClock.toEpoch(date, verdict.closeMinute), 'known')
    }
    if (verdict.kind === 'closed' || !hours.weekdays.includes(weekdayOf(date))) return undefined
    const close = clock.toEpoch(date, hoursOn(hours, date).closeMinute)
    if (verdict.kind !== 'early-close') {
      return session(date, regularOpen(date), close, verdict.kind === 'unknown' ? 'unknown' : 'known')
    }
    const early = factsClock.toEpoch(date, verdict.closeMinute)
    return session(date, regularOpen(date), epochMs(Math.min(early, close)), 'known')
  }

  return { clock, sessionOf }
}

function session(
  date: string,
  open: EpochMs,
  close: EpochMs,
  holidayFacts: Session['holidayFacts'],
): Session | undefined {
  return close > open ? { date, open, close, holidayFacts } : undefined
}

/** The hours in force on a trade date. */
function hoursOn(hours: SessionHours, date: string): Readonly<{ openMinute: number; closeMinute: number }> {
  return hours.changes?.findLast((change) => change.from <= date) ?? hours
}
