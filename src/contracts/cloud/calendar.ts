import { z } from 'zod'
import { cloudRoute } from './route.ts'
import { Iso } from './words.ts'

/** A scheduled release, or an emergency that an admin has declared. */
export const CalendarEvent = z.object({
  /** Stable: `FOMC:2026-12-09`. */
  id: z.string().max(80),
  name: z.enum(['FOMC', 'NFP', 'CPI', 'PPI', 'EMERGENCY']),
  /** Local wall time and zone, as the source says it; the reader converts. */
  date: z.iso.date(),
  time: z.string().regex(/^\d\d:\d\d$/),
  zone: z.string().max(64),
  status: z.enum(['occurred', 'scheduled', 'tentative']),
  projections: z.boolean(),
  impact: z.enum(['high', 'medium']),
  note: z.string().max(500).optional(),
  /** Emergencies only: entries stay closed so long. */
  minutes: z.int().min(1).max(10_080).optional(),
})
export type CalendarEvent = z.output<typeof CalendarEvent>

/** Where a list came from and how far it is known. After `known_until` nothing is known: never "no event". */
export const CalendarSource = z.object({
  name: z.enum(['FOMC', 'NFP', 'CPI', 'PPI']),
  known_from: z.iso.date(),
  known_until: z.iso.date(),
  /** The day the source was last read with success. */
  as_of: z.iso.date(),
  /** Why the last try to read it failed. */
  problem: z.string().max(500).nullable(),
})
export type CalendarSource = z.output<typeof CalendarSource>

export const CloudCalendar = z.object({
  as_of: z.iso.date(),
  /** The shortest of the lists: past it, blackouts are unknown. */
  valid_until: z.iso.date(),
  sources: z.array(CalendarSource),
  events: z.array(CalendarEvent),
  /** Rises with every change. */
  revision: z.int(),
})
export type CloudCalendar = z.output<typeof CloudCalendar>

export const readCalendar = cloudRoute({
  method: 'GET',
  path: '/api/calendar',
  summary: 'Releases that move markets, and how far they are known',
  access: 'open',
  limit: 'user',
  repeatable: true,
  input: z.strictObject({}),
  output: CloudCalendar,
})

export const refreshCalendar = cloudRoute({
  method: 'POST',
  path: '/api/admin/refresh_calendar',
  summary: 'Read the sources now',
  access: 'admin',
  limit: 'admin',
  repeatable: true,
  input: z.strictObject({
    /** Lists whose page a person has looked at: taken even where it lacks releases that were to come. */
    accept: z
      .array(z.enum(['FOMC', 'NFP', 'CPI', 'PPI']))
      .max(4)
      .default([]),
  }),
  output: z.object({
    changed: z.int(),
    sources: z.array(z.object({ name: z.string(), ok: z.boolean(), problem: z.string().nullable(), at: Iso })),
  }),
})

export const declareEmergency = cloudRoute({
  method: 'POST',
  path: '/api/admin/emergencies',
  summary: 'Close entries of all users for a while',
  access: 'admin',
  limit: 'admin',
  repeatable: false,
  input: z.strictObject({
    note: z.string().trim().min(3).max(500),
    /** Now, where left out. */
    at: Iso.optional(),
    minutes: z.int().min(1).max(10_080),
  }),
  output: CalendarEvent,
})

export const withdrawEmergency = cloudRoute({
  method: 'POST',
  path: '/api/admin/emergencies/withdraw',
  summary: 'End an emergency before its time',
  access: 'admin',
  limit: 'admin',
  repeatable: true,
  input: z.strictObject({ id: z.string().max(80) }),
  output: z.object({ withdrawn: z.boolean() }),
})
