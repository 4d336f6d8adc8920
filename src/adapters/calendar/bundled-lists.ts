import calendarFile from '../../../resources/calendar.json' with { type: 'json' }
import { EVENT_NAMES } from '../../domain/calendar/known-releases.ts'
import type { ReleaseList } from '../../domain/calendar/release-list.ts'
import type { CalendarText } from './bundled-file.ts'

/** The releases that ship with us as a source lists them: what a new cloud begins with. A test holds the file to its schema. */
export function bundledLists(): readonly ReleaseList[] {
  const { asOf, events } = calendarFile as unknown as CalendarText
  const { zone, from: knownFrom, to, rows } = events
  return EVENT_NAMES.map((name) => ({
    name,
    standing: { knownFrom, knownUntil: to[name], asOf },
    releases: rows
      .filter(({ event }) => event === name)
      .map(({ date, time, status, projections = false, note }) => {
        return { id: `${name}:${date}`, name, date, time, zone, status, projections, note }
      }),
  }))
}
