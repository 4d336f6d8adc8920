import { z } from 'zod'
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

/** resources/calendar.json. It ships with us, so a test checks it, and whoever reads it takes it as `CalendarText`. */
export const BundledFile = z.strictObject({
  asOf: Day,
  /** Where each row is from; rows name one of these. */
  sources: z.record(z.string(), z.string()),
  calendars: z.strictObject({ nyse: CalendarRow, 'cme-equity': CalendarRow, nse: CalendarRow }),
  events: EventRows,
})

/** The file as it is written. */
export type CalendarText = z.input<typeof BundledFile>
