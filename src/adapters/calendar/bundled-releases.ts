import calendarFile from '../../../resources/calendar.json' with { type: 'json' }
import type { EconomicEvent, EconomicEvents } from '../../domain/calendar/economic-event.ts'
import { wallClock } from '../../domain/calendar/wall-time.ts'
import type { CalendarText } from './bundled-file.ts'

/**
 * The releases that ship with us, taken as they are: a test holds the file to its schema, and a bot that starts need not
 * build one.
 */
export function bundledReleases(): EconomicEvents {
  const { asOf, events: table } = calendarFile as unknown as CalendarText
  const clock = wallClock(table.zone)
  const events = table.rows.map(({ event, date, time, status, projections = false, note }): EconomicEvent => {
    const at = clock.toEpoch(date, Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))
    return { name: event, at, status, projections, ...(note === undefined ? {} : { note }) }
  })
  events.sort((a, b) => a.at - b.at)
  return { asOf, zone: table.zone, knownFrom: table.from, knownUntil: table.to, events }
}
