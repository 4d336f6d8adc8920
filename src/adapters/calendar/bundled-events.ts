import { z } from 'zod'
import calendarFile from '../../../resources/calendar.json' with { type: 'json' }
import type { EconomicEvent, EconomicEvents } from '../../domain/calendar/economic-event.ts'
import { wallClock } from '../../domain/calendar/wall-time.ts'
import { minuteOfDay } from '../instruments/minute-of-day.ts'

const Day = z.iso.date()
const Minute = z.string().transform(minuteOfDay)

const DayRow = z.discriminatedUnion('kind', [
  z.strictObject({ date: Day, kind: z.literal('closed'), name: z.string().optional(), source: z.string() }),
  z.strictObject({
    date: Day,
    kind: z.literal('early-close'),
    close: Minute,
    name: z.string().optional(),
    source: z.string(),
  }),
  z.strictObject({
    date: Day,
    kind: z.literal('special'),
    open: Minute,
    close: Minute,
    name: z.string().optional(),
    source: z.string(),
  }),
])

const CalendarRow = z.strictObject({
  zone: z.string(),
  from: Day,
  to: Day,
  notes: z.array(z.string()),
  days: z.array(DayRow),
})

const EventRows = z.strictObject({
  zone: z.string(),
  from: Day,
  to: z.strictObject({ FOMC: Day, NFP: Day, CPI: Day, PPI: Day }),
  rows: z.array(
    z.strictObject({
      event: z.enum(['FOMC', 'NFP', 'CPI', 'PPI']),
      date: Day,
      time: Minute,
      status: z.enum(['occurred', 'scheduled', 'tentative']),
      projections: z.boolean().default(false),
      note: z.string().optional(),
      source: z.string(),
    }),
  ),
})

/** resources/calendar.json. It ships with us, so a test checks it, not every bot that starts. */
export const CalendarFile = z.strictObject({
  asOf: Day,
  /** Where each row is from; rows name one of these. */
  sources: z.record(z.string(), z.string()),
  calendars: z.strictObject({ nyse: CalendarRow, 'cme-equity': CalendarRow, nse: CalendarRow }),
  // Bots need sessions only, so the releases are checked by whoever asks for them.
  events: z.unknown(),
})

/** The file as it is written. */
export type CalendarText = z.input<typeof CalendarFile>

/** The releases of the same file, read and checked only when asked for. */
export function bundledEvents(): EconomicEvents {
  const file = CalendarFile.parse(calendarFile)
  const table = EventRows.parse(file.events)
  const clock = wallClock(table.zone)
  const events = table.rows.map((row): EconomicEvent => {
    const { event: name, status, projections, note } = row
    const at = clock.toEpoch(row.date, row.time)
    return { name, at, status, projections, ...(note === undefined ? {} : { note }) }
  })
  events.sort((a, b) => a.at - b.at)
  return { asOf: file.asOf, zone: table.zone, knownFrom: table.from, knownUntil: table.to, events }
}
