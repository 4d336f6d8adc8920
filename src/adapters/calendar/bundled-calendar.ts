import { z } from 'zod'
import calendarFile from '../../../resources/calendar.json' with { type: 'json' }
import type { EconomicEvent, EconomicEvents } from '../../domain/calendar/economic-event.ts'
import type { CalendarFacts, DayFact, HolidayCalendar } from '../../domain/calendar/facts.ts'
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

const CalendarFile = z.strictObject({
  asOf: Day,
  /** Where each row is from; rows name one of these. */
  sources: z.record(z.string(), z.string()),
  calendars: z.strictObject({ nyse: CalendarRow, 'cme-equity': CalendarRow, nse: CalendarRow }),
  // Bots need sessions only, so the releases are checked by whoever asks for them.
  events: z.unknown(),
})

/**
 * The exchange holidays and early closes that Slipway ships (resources/calendar.json, every row with its source).
 *
 * Covered: NYSE 2025–2027, CME equity index futures 2026 (and two days of 2025), NSE 2025–2026. CME currencies,
 * metals and energy are not covered at all: their holiday hours differ from those of the equity index futures and
 * none were verified, so their sessions say `unknown`.
 *
 * @throws {ZodError} the file in this build is damaged: a bug, not a user's mistake
 */
export function bundledCalendar(): CalendarFacts {
  const file = CalendarFile.parse(calendarFile)
  const { nyse, 'cme-equity': cmeEquity, nse } = file.calendars
  return {
    asOf: file.asOf,
    calendars: { nyse: holidays(nyse), 'cme-equity': holidays(cmeEquity), nse: holidays(nse) },
  }
}

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

function holidays(row: z.output<typeof CalendarRow>): HolidayCalendar {
  return { zone: row.zone, from: row.from, to: row.to, days: new Map(row.days.map((day) => [day.date, dayFact(day)])) }
}

function dayFact(row: z.output<typeof DayRow>): DayFact {
  const named = row.name === undefined ? {} : { name: row.name }
  switch (row.kind) {
    case 'closed':
      return { date: row.date, kind: 'closed', ...named }
    case 'early-close':
      return { date: row.date, kind: 'early-close', closeMinute: row.close, ...named }
    case 'special':
      return { date: row.date, kind: 'special', openMinute: row.open, closeMinute: row.close, ...named }
  }
}
