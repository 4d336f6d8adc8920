import type { CalendarRecords, StoredEmergency } from '../../../adapters/cloud-db/calendar-records.ts'
import type { CalendarEvent, CloudCalendar } from '../../../contracts/cloud/calendar.ts'
import { IMPACT_OF } from '../../../domain/risk/blackout.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

/** An emergency that is over is told for another day, so that pages can say that there was one. */
const TOLD_AFTER_MS = 86_400_000

/** The calendar as it is answered: releases that stand, and emergencies that are not long over. */
export function calendarView({ revision, lists, releases, emergencies }: CalendarRecords, now: EpochMs): CloudCalendar {
  const events: CalendarEvent[] = releases.map(({ note, ...release }) => ({
    ...release,
    impact: IMPACT_OF[release.name],
    ...(note === undefined ? {} : { note }),
  }))
  events.push(...emergencies.filter((one) => endOf(one) > now - TOLD_AFTER_MS).map(emergencyView))
  const earliest = (dates: readonly string[]) => dates.toSorted()[0] ?? '1970-01-01'
  return {
    revision,
    as_of: earliest(lists.map(({ standing }) => standing.asOf)),
    valid_until: earliest(lists.map(({ standing }) => standing.knownUntil)),
    sources: lists.map(({ name, standing, problem }) => ({
      ...{ name, known_from: standing.knownFrom, known_until: standing.knownUntil, as_of: standing.asOf },
      problem: problem ?? null,
    })),
    events,
  }
}

export function emergencyView({ id, date, time, minutes, note }: StoredEmergency): CalendarEvent {
  return {
    ...{ id, name: 'EMERGENCY', date, time, zone: 'UTC', status: 'scheduled', projections: false, impact: 'high' },
    ...{ note, minutes },
  }
}

function endOf({ date, time, minutes }: StoredEmergency): number {
  return Date.parse(`${date}T${time}:00Z`) + minutes * 60_000
}
