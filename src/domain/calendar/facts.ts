import type { CalendarId } from '../instrument/instrument.ts'

/** What an exchange does differently on one trade date. Minutes are after midnight in the calendar's zone. */
export type DayFact =
  | Readonly<{ date: string; kind: 'closed'; name?: string }>
  | Readonly<{ date: string; kind: 'early-close'; closeMinute: number; name?: string }>
  /** A session of its own, on a weekend or a holiday; replaces the regular hours of that date. */
  | Readonly<{ date: string; kind: 'special'; openMinute: number; closeMinute: number; name?: string }>

/** Dates from `from` to `to`, both included. */
export type DateRange = Readonly<{ from: string; to: string }>

/** What we know of one exchange: every date of a covered range that is not listed is a regular one. */
export type HolidayCalendar = Readonly<{
  zone: string
  /** In no order; they may overlap. */
  covered: readonly DateRange[]
  days: ReadonlyMap<string, DayFact>
}>

/** Holiday facts by calendar, and the day they were last checked against their sources. */
export type CalendarFacts = Readonly<{
  asOf: string
  calendars: Readonly<Partial<Record<CalendarId, HolidayCalendar>>>
}>

export type DayVerdict = DayFact | Readonly<{ kind: 'regular' }> | Readonly<{ kind: 'unknown' }>

/**
 * What is known of a trade date. A listed date is known wherever it lies; any other outside the covered ranges is
 * 'unknown', which is neither open nor closed. `none` is the market that never closes.
 */
export function dayVerdict(facts: CalendarFacts, calendar: CalendarId, date: string): DayVerdict {
  if (calendar === 'none') return { kind: 'regular' }
  const known = facts.calendars[calendar]
  if (!known) return { kind: 'unknown' }
  return known.days.get(date) ?? { kind: known.covered.some((range) => isIn(range, date)) ? 'regular' : 'unknown' }
}

/** Dates are YYYY-MM-DD, whose order is that of their letters. */
export function isIn({ from, to }: DateRange, date: string): boolean {
  return date >= from && date <= to
}
