import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { api, Id } from './procedure.ts'

/** Which log of an account that follows several markets; the first, which also tells of the account, where left out. */
const Segment = z.string().min(1).max(32)

export const LogLine = z.object({
  /** Where the line starts, in bytes from the beginning of the account's log. */
  offset: z.int(),
  time: z.string().nullable(),
  level: z.string().nullable(),
  event: z.string().nullable(),
  message: z.string(),
  /** The line as it stands in the file. */
  raw: z.string(),
})
export type LogLine = z.output<typeof LogLine>

export const logProcedures = {
  read: api
    .route({ method: 'GET', path: '/accounts/{id}/logs', summary: 'Last lines of the log' })
    .input(
      Id.extend({
        limit: z.coerce.number().int().min(1).max(10_000).default(200),
        segment: Segment.optional(),
        level: z.string().optional(),
        grep: z.string().max(1_000).optional(),
        since: z.string().optional(),
      }),
    )
    .output(z.object({ lines: z.array(LogLine), end: z.int() })),
  follow: api
    .route({ method: 'GET', path: '/accounts/{id}/logs/follow', summary: 'New log lines as they are written (SSE)' })
    .input(
      Id.extend({
        segment: Segment.optional(),
        level: z.string().optional(),
        grep: z.string().max(1_000).optional(),
        tail: z.coerce.number().int().min(0).max(10_000).default(100),
      }),
    )
    .output(eventIterator(LogLine)),
}
