import type { CalendarId } from '../instrument/instrument.ts'

/** What an exchange does differently on one trade date. Minutes are after midnight in the calendar's zone. */
export type DayFact =
  | Readonly<{ date: string; kind: 'closed'; name?: string }>
  | Readonly<{ date: string; kind: 'early-close'; closeMinute: number; name?: string }>
  /** A session of its own, on a weekend or a holiday; replaces the regular hours of that date. */
  | Readonly<{ date: string; kind: 'special'; openMinute: number; closeMinute: number; name?: string }>

/** What we know of one exchange: every date from `from` to `to` that is not listed is a regular one. */
export type HolidayCalendar = Readonly<{
  zone: string
  from: string
  to: string
  days: ReadonlyMap<string, DayFact>
}>

/** Holiday facts by calendar, and the day they were last checked against their sources. */
export type CalendarFacts = Readonly<{
  asOf: string
  calendars: Readonly<Partial<Record<CalendarId, HolidayCalendar>>>
}>

export type DayVerdict = DayFact | Readonly<{ kind: 'regular' }> | Readonly<{ kind: 'unknown' }>

/**
 * What is known of a trade date. A listed date is known wherever it lies; any other outside the covered range is
 * 'unknown', which is neither open nor closed. `none` is the market that never closes.
 */
export function dayVerdict(facts: CalendarFacts, calendar: CalendarId, date: string): DayVerdict {
  if (calendar === 'none') return { kind: 'regular' }
  const known = facts.calendars[calendar]
  if (!known) return { kind: 'unknown' }
  return known.days.get(date) ?? { kind: date >= known.from && date <= known.to ? 'regular' : 'unknown' }
}
