import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { MOST_LOGS } from '../live-topic.ts'
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

/** What a text or a pattern is looked for with. */
const search = {
  /** Text that stands in the line, as it is or as it is written in JSON. */
  text: z.string().max(1_000).optional(),
  /** A regular expression over the whole line. */
  grep: z.string().max(1_000).optional(),
}

/** Which lines are wanted; what is left out keeps all. */
const filter = {
  /** The least important level; lines without one (torn, foreign) pass every level. */
  level: z.string().max(16).optional(),
  /** An event code, or its beginning with a * behind. */
  event: z.string().max(200).optional(),
  ...search,
}
export type LogFilter = Readonly<{
  level?: string | undefined
  event?: string | undefined
  text?: string | undefined
  grep?: string | undefined
  /** For text and pattern. */
  ignoreCase?: boolean | undefined
}>

/** What is looked for among the wanted lines, and marked in them. */
const LogSearch = z.object({ ...search, ignoreCase: z.boolean().default(false) })

/** A line among those of one or more accounts. */
export const LogRow = LogLine.extend({
  accountId: z.string(),
  /** Where the account follows several markets. */
  segment: z.string().nullable(),
  /** Length of the line; more than `raw` has where that is cut short. */
  bytes: z.int(),
  /** Where what is looked for stands: pairs of beginning and end, in characters. */
  hits: z.object({ message: z.array(z.int()), raw: z.array(z.int()) }).nullable(),
})
export type LogRow = z.output<typeof LogRow>

/** How far the launcher has read. Rows are numbered from 0; until all is read their number is not known. */
const progress = {
  total: z.int(),
  isComplete: z.boolean(),
  scanned: z.int(),
  size: z.int(),
  /** Another one: the log is no longer the one it was (truncated, removed), and rows have other numbers. */
  generation: z.string(),
}

export const LogWindow = z.object({
  ...progress,
  /** Number of the first row; null where it is not known yet: then these are the last rows, or none. */
  first: z.int().nullable(),
  /** Number of the row that was asked for. */
  anchor: z.int().nullable(),
  rows: z.array(LogRow),
})
export type LogWindow = z.output<typeof LogWindow>

export const LogFound = z.object({
  /** Of the lines that were looked for. */
  ...progress,
  /** Where the next one stands, in the numbers of the window; null until all is read, and where there is none. */
  row: z.int().nullable(),
  /** Which of them it is, from 0. */
  nth: z.int().nullable(),
  /** The end was passed, and the search went on from the other one. */
  isWrapped: z.boolean(),
})
export type LogFound = z.output<typeof LogFound>

export const LogExport = z.object({
  ...progress,
  /** Whole lines as they stand in the files. */
  text: z.string(),
  /** Rows given so far. */
  next: z.int(),
  isDone: z.boolean(),
})
export type LogExport = z.output<typeof LogExport>

/** Lines of the logs of one or more accounts, by time. */
const LogQuery = z.object({
  ids: z.array(z.string()).min(1).max(MOST_LOGS),
  /** Of an account that follows several markets only this one's log; all of them where left out. */
  segment: Segment.optional(),
  ...filter,
  /** For text and pattern. */
  ignoreCase: z.boolean().default(false),
})

/** How long an answer waits for what is not read yet, milliseconds. Nothing is read while nobody asks. */
const waitMs = z.int().min(0).max(2_000).default(400)

const LogPlace = z.discriminatedUnion('at', [
  z.object({ at: z.literal('end') }),
  z.object({ at: z.literal('row'), row: z.int().min(0) }),
  z.object({ at: z.literal('time'), time: z.iso.datetime({ offset: true }) }),
  z.object({
    at: z.literal('line'),
    id: z.string(),
    segment: z.string().nullable().default(null),
    offset: z.int().min(0),
  }),
])
export type LogPlace = z.output<typeof LogPlace>

export const logProcedures = {
  read: api
    .route({ method: 'GET', path: '/accounts/{id}/logs', summary: 'Last lines of the log' })
    .input(
      Id.extend({
        limit: z.coerce.number().int().min(1).max(10_000).default(200),
        segment: Segment.optional(),
        ...filter,
        ignoreCase: z.stringbool().or(z.boolean()).default(false),
        since: z.string().optional(),
      }),
    )
    .output(z.object({ lines: z.array(LogLine), end: z.int() })),
  follow: api
    .route({ method: 'GET', path: '/accounts/{id}/logs/follow', summary: 'New log lines as they are written (SSE)' })
    .input(
      Id.extend({
        segment: Segment.optional(),
        ...filter,
        ignoreCase: z.stringbool().or(z.boolean()).default(false),
        tail: z.coerce.number().int().min(0).max(10_000).default(100),
      }),
    )
    .output(eventIterator(LogLine)),
  window: api
    .route({
      method: 'POST',
      path: '/logs/window',
      summary: 'Some lines of the logs of accounts, by row, time or line',
    })
    .input(
      LogQuery.extend({
        place: LogPlace.default({ at: 'end' }),
        before: z.int().min(0).max(1_000).default(0),
        count: z.int().min(1).max(1_000).default(200),
        find: LogSearch.optional(),
        waitMs,
      }),
    )
    .output(LogWindow),
  find: api
    .route({ method: 'POST', path: '/logs/find', summary: 'The next line, or the one before, with a text or pattern' })
    .input(
      LogQuery.extend({
        find: LogSearch,
        from: z.int().min(0).optional(),
        direction: z.enum(['next', 'previous']).default('next'),
        waitMs,
      }),
    )
    .output(LogFound),
  line: api
    .route({ method: 'GET', path: '/accounts/{id}/logs/line', summary: 'One whole line' })
    .input(Id.extend({ segment: Segment.optional(), offset: z.coerce.number().int().min(0) }))
    .output(LogRow.nullable()),
  export: api
    .route({ method: 'POST', path: '/logs/export', summary: 'Every wanted line as it stands in the files (SSE)' })
    .input(
      LogQuery.extend({ from: z.int().min(0).default(0), most: z.int().min(1).max(50_000_000).default(5_000_000) }),
    )
    .output(eventIterator(LogExport)),
}
