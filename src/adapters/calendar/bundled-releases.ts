import calendarFile from '../../../resources/calendar.json' with { type: 'json' }
import type { EconomicEvent, EconomicEventName, EconomicEvents } from '../../domain/calendar/economic-event.ts'
import { wallClock } from '../../domain/calendar/wall-time.ts'

type ReleaseTable = Readonly<{
  zone: string
  from: string
  to: Readonly<Record<EconomicEventName, string>>
  rows: readonly Readonly<{
    event: EconomicEventName
    date: string
    time: string
    status: EconomicEvent['status']
    projections?: boolean
    note?: string
  }>[]
}>

/**
 * The releases that ship with us, as `bundledEvents` has them, taken as they are: a test holds the file to its schema,
 * and a bot that starts need not build one.
 */
export function bundledReleases(): EconomicEvents {
  const { asOf, events: table } = calendarFile as unknown as { asOf: string; events: ReleaseTable }
  const clock = wallClock(table.zone)
  const events = table.rows.map(({ event, date, time, status, projections = false, note }): EconomicEvent => {
    const at = clock.toEpoch(date, Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))
    return { name: event, at, status, projections, ...(note === undefined ? {} : { note }) }
  })
  events.sort((a, b) => a.at - b.at)
  return { asOf, zone: table.zone, knownFrom: table.from, knownUntil: table.to, events }
}
