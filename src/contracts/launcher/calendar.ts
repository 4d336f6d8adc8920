import { z } from 'zod'
import { RefusalShape } from '../bot-protocol.ts'
import { api, Iso } from './procedure.ts'

export const CalendarEvent = z.object({
  name: z.string(),
  title: z.string(),
  at: Iso,
  /** `tentative`: confirmed only later; `scheduled` may still move. */
  status: z.enum(['occurred', 'scheduled', 'tentative']),
  impact: z.enum(['high', 'medium']),
  currency: z.string(),
  note: z.string().nullable(),
})
export type CalendarEvent = z.output<typeof CalendarEvent>

/** When one account makes no entries. */
export const AccountBlackouts = z.object({
  accountId: z.string(),
  /** Which releases it keeps away from; `none`: it enters around every one. */
  level: z.enum(['none', 'high', 'high,medium']),
  beforeMinutes: z.int(),
  afterMinutes: z.int(),
  /** Releases with minutes of their own, as set: `FOMC:30/60`; `none`. */
  ownMinutes: z.string(),
  /** An emergency keeps it from entering. */
  heedsEmergencies: z.boolean(),
  /** Its positions are closed before a window too. */
  flat: z.boolean(),
  /** Now: may it enter as far as the calendar goes? `unknown` past the calendar's end. */
  state: z.enum(['clear', 'blackout', 'unknown', 'emergency']),
  windows: z.array(z.object({ event: z.string(), at: Iso, from: Iso, until: Iso })),
  /** Why nothing can be said of it. */
  problem: RefusalShape.nullable(),
})
export type AccountBlackouts = z.output<typeof AccountBlackouts>

/** A time in which an administrator of the cloud asks for no entries. */
export const EmergencyRow = z.object({ id: z.string(), note: z.string(), from: Iso, until: Iso })
export type EmergencyRow = z.output<typeof EmergencyRow>

export const EconomicCalendar = z.object({
  asOf: z.iso.date(),
  /** Zone in which the sources give their times. */
  zone: z.string(),
  /** Outside of these dates nothing is known. */
  knownFrom: z.iso.date(),
  knownUntil: z.record(z.string(), z.iso.date()),
  events: z.array(CalendarEvent),
  /** Those that are not over and those that touch the span. */
  emergencies: z.array(EmergencyRow),
  accounts: z.array(AccountBlackouts),
})
export type EconomicCalendar = z.output<typeof EconomicCalendar>

export const calendarProcedure = api
  .route({ method: 'GET', path: '/calendar', summary: 'Economic releases, and when each account makes no entries' })
  .input(
    z
      .object({ from: Iso, until: Iso })
      .refine(({ from, until }) => Date.parse(from) < Date.parse(until), { message: 'from must be before until' }),
  )
  .output(EconomicCalendar)
