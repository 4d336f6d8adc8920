import type { CalendarId } from '../instrument/instrument.ts'
import { isIn, type CalendarFacts, type DateRange, type DayFact } from './facts.ts'

/** A calendar that an exchange keeps, which somebody can look up. */
export type ExchangeCalendar = Exclude<CalendarId, 'none'>

/** The zone in which the times of an exchange's calendar are told. */
export const CALENDAR_ZONE: Readonly<Record<ExchangeCalendar, string>> = {
  nyse: 'America/New_York',
  'cme-equity': 'America/Chicago',
  'cme-other': 'America/Chicago',
  nse: 'Asia/Kolkata',
}

/** What a person has looked up of an exchange: each date of the range that is not listed is a regular one. */
export type ToldDays = DateRange & Readonly<{ calendar: ExchangeCalendar; days: readonly DayFact[] }>

/**
 * The facts with what a person told. Inside a range that was told the person's word stands alone; outside of it the facts
 * are what they were, and what neither covers stays unknown.
 *
 * @param told days lie inside their range; ranges of one calendar do not overlap
 */
export function withToldDays(facts: CalendarFacts, told: readonly ToldDays[]): CalendarFacts {
  const calendars = { ...facts.calendars }
  for (const { calendar, from, to, days } of told) {
    const before = calendars[calendar] ?? { zone: CALENDAR_ZONE[calendar], covered: [], days: new Map() }
    const kept = [...before.days.values()].filter(({ date }) => !isIn({ from, to }, date))
    calendars[calendar] = {
      zone: before.zone,
      covered: [...before.covered, { from, to }],
      days: new Map([...kept, ...days].map((day) => [day.date, day])),
    }
  }
  return { ...facts, calendars }
}
