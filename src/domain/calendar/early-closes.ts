import type { Instrument } from '../instrument/instrument.ts'
import type { EpochMs } from '../units/units.ts'
import type { CalendarFacts } from './facts.ts'
import { openSchedule } from './session-clock.ts'
import type { Session } from './session.ts'

/** A session that ends before its usual hour, and when that would have been. */
export type EarlyClose = Session & Readonly<{ regularClose: EpochMs }>

/**
 * Every early close that is known of an instrument's market, in time order. None is known of a market without a list of
 * holidays, nor of days beyond the end of one.
 */
export function earlyClosesOf(instrument: Instrument, facts: CalendarFacts): readonly EarlyClose[] {
  const days = instrument.calendar === 'none' ? undefined : facts.calendars[instrument.calendar]?.days
  if (!days) return []
  const { sessionOf, regularClose } = openSchedule(instrument, facts)
  const closes: EarlyClose[] = []
  for (const { date, kind } of days.values()) {
    const session = kind === 'closed' ? undefined : sessionOf(date)
    const usual = regularClose(date)
    if (session && session.close < usual) closes.push({ ...session, regularClose: usual })
  }
  return closes.sort((a, b) => a.close - b.close)
}
