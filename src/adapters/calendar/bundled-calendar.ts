import calendarFile from '../../../resources/calendar.json' with { type: 'json' }
import type { CalendarFacts, DayFact, HolidayCalendar } from '../../domain/calendar/facts.ts'
import type { CalendarText } from './bundled-file.ts'

/**
 * The exchange holidays and early closes that Slipway ships (resources/calendar.json, every row with its source).
 *
 * Covered: NYSE 2025–2027, CME equity index futures 2026 (and two days of 2025), NSE 2025–2026. CME currencies,
 * metals and energy are not covered at all: their holiday hours differ from those of the equity index futures and
 * none were verified, so their sessions say `unknown`.
 *
 * Taken as it is: the file is part of the build and its schema is held by a test.
 */
export function bundledCalendar(): CalendarFacts {
  const file = calendarFile as unknown as CalendarText
  const { nyse, 'cme-equity': cmeEquity, nse } = file.calendars
  return {
    asOf: file.asOf,
    calendars: { nyse: holidays(nyse), 'cme-equity': holidays(cmeEquity), nse: holidays(nse) },
  }
}

function holidays(row: CalendarText['calendars']['nyse']): HolidayCalendar {
  const { zone, from, to } = row
  return { zone, covered: [{ from, to }], days: new Map(row.days.map((day) => [day.date, dayFact(day)])) }
}

function dayFact(row: CalendarText['calendars']['nyse']['days'][number]): DayFact {
  const named = row.name === undefined ? {} : { name: row.name }
  switch (row.kind) {
    case 'closed':
      return { date: row.date, kind: 'closed', ...named }
    case 'early-close':
      return { date: row.date, kind: 'early-close', closeMinute: minuteOf(row.close), ...named }
    case 'special':
      return {
        date: row.date,
        kind: 'special',
        openMinute: minuteOf(row.open),
        closeMinute: minuteOf(row.close),
        ...named,
      }
  }
}

/** Minutes after midnight of HH:MM. */
function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}
