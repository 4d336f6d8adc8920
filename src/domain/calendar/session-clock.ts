import type { Instrument, SessionHours } from '../instrument/instrument.ts'
import { epochMs, type EpochMs } from '../units/units.ts'
import { dayVerdict, type CalendarFacts } from './facts.ts'
import type { Session, SessionClock } from './session.ts'
import { addDays, wallClock, weekdayOf, type WallClock, type ZoneOffsets } from './wall-time.ts'

const MINUTES_A_DAY = 1440

/**
 * The session clock of an instrument.
 *
 * It remembers the session (or the gap between sessions) that the last instant fell in, so asking again inside it
 * compares two numbers and allocates nothing.
 *
 * @param offsets a cheaper source of zone offsets than Intl, where there is one
 */
export function openSessionClock(instrument: Instrument, facts: CalendarFacts, offsets?: ZoneOffsets): SessionClock {
  return new RememberingClock(openSchedule(instrument, facts, offsets))
}

// A class, because many clocks then share one function, which V8 can inline; a number passed to a function that is
// not inlined is allocated, for every bar.
class RememberingClock implements SessionClock {
  readonly #schedule: Schedule
  #from = Infinity
  #until = -Infinity
  #current: Session | undefined

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  sessionAt(at: EpochMs): Session | undefined {
    return at >= this.#from && at < this.#until ? this.#current : this.#look(at)
  }

  #look(at: EpochMs): Session | undefined {
    const { clock, sessionOf } = this.#schedule
    // Only the sessions of these dates can touch the local day, so nothing beyond it is claimed. The likely one first.
    const today = clock.toWall(at).date
    const near: Session[] = []
    for (const date of [today, addDays(today, 1), addDays(today, -1)]) {
      const session = sessionOf(date)
      if (!session) continue
      if (at >= session.open && at < session.close) return this.#remember(session.open, session.close, session)
      near.push(session)
    }
    let gapFrom: number = clock.toEpoch(today, 0)
    let gapUntil: number = clock.toEpoch(today, MINUTES_A_DAY)
    for (const { open, close } of near) {
      if (close <= at) gapFrom = Math.max(gapFrom, close)
      else gapUntil = Math.min(gapUntil, open)
    }
    return this.#remember(gapFrom, gapUntil, undefined)
  }

  #remember(from: number, until: number, session: Session | undefined): Session | undefined {
    this.#from = from
    this.#until = until
    this.#current = session
    return session
  }
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

export type Schedule = Readonly<{
  clock: WallClock
  sessionOf: (date: string) => Session | undefined
  /** When the session of a trade date ends where nothing is special about the date. */
  regularClose: (date: string) => EpochMs
}>

/** The sessions of an instrument by trade date. */
export function openSchedule(instrument: Instrument, facts: CalendarFacts, offsets?: ZoneOffsets): Schedule {
  const hours = instrument.session
  const clock = wallClock(hours.zone, offsets)
  const factsZone = facts.calendars[instrument.calendar]?.zone
  const factsClock = factsZone === undefined || factsZone === hours.zone ? clock : wallClock(factsZone, offsets)

  function regularOpen(date: string): EpochMs {
    return clock.toEpoch(hours.opensDayBefore ? addDays(date, -1) : date, hoursOn(hours, date).openMinute)
  }

  const regularClose = (date: string): EpochMs => clock.toEpoch(date, hoursOn(hours, date).closeMinute)

  function sessionOf(date: string): Session | undefined {
    const verdict = dayVerdict(facts, instrument.calendar, date)
    if (verdict.kind === 'special') {
      const open = factsClock.toEpoch(date, verdict.openMinute)
      return session(date, open, factsClock.toEpoch(date, verdict.closeMinute), 'known')
    }
    if (verdict.kind === 'closed' || !hours.weekdays.includes(weekdayOf(date))) return undefined
    const close = regularClose(date)
    if (verdict.kind !== 'early-close') {
      return session(date, regularOpen(date), close, verdict.kind === 'unknown' ? 'unknown' : 'known')
    }
    const early = factsClock.toEpoch(date, verdict.closeMinute)
    return session(date, regularOpen(date), epochMs(Math.min(early, close)), 'known')
  }

  return { clock, sessionOf, regularClose }
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
