import type { CalendarEvent } from '../../src/contracts/launcher/calendar.ts'
import type { Times } from '../format/zoned-times.ts'

export type CalendarDay = Readonly<{ day: string; weekday: string; events: readonly CalendarEvent[] }>

/** Events by the day they fall on in the zone of `times`, in time order. */
export function calendarDays(events: readonly CalendarEvent[], times: Times): readonly CalendarDay[] {
  const weekday = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: times.zone })
  const days = Map.groupBy(events, ({ at }) => times.day(at))
  return [...days].map(([day, ofDay]) => ({ day, weekday: weekday.format(Date.parse(ofDay[0]!.at)), events: ofDay }))
}

/** The start of the day in UTC: what was released this morning is still of interest. */
export function startOfToday(now: number): number {
  return now - (now % 86_400_000)
}
