import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { RefusalShape } from '../bot-protocol.ts'
import { AccountStatus } from '../fleet.ts'
import { KillMarkRow } from '../kill-switch.ts'
import { MOST_TOPICS, parseTopic } from '../live-topic.ts'
import { LogLine } from './logs.ts'
import { api } from './procedure.ts'

/** Fields of one account that are others now. */
export const AccountPatch = AccountStatus.partial().required({ accountId: true })
export type AccountPatch = z.output<typeof AccountPatch>

/** Something a person should know of although nobody asked. */
export const Notice = z.object({
  /** Unique within one run of the launcher. */
  id: z.string(),
  /** UTC epoch milliseconds. */
  at: z.int(),
  accountId: z.string(),
  /** `alarm`: somebody has to act. `warning`: somebody should look. `news`: it is well again. */
  level: z.enum(['alarm', 'warning', 'news']),
  code: z.enum(['crashed', 'backing-off', 'blind', 'blocked', 'loss-limit', 'trading-again']),
  text: z.string(),
})
export type Notice = z.output<typeof Notice>

/**
 * What the live stream tells. Events that say the whole (`fleet`, `kill-switch`, a log or notices with `begins`) replace
 * what was known of their topic; the others add to it.
 */
export const LiveEvent = z.discriminatedUnion('type', [
  /** The launcher is there; nothing else was to be told for a while. UTC epoch milliseconds. */
  z.object({ type: z.literal('beat'), at: z.int() }),
  z.object({ type: z.literal('fleet'), accounts: z.array(AccountStatus) }),
  /** `rows` replace whole accounts or are new ones. */
  z.object({
    type: z.literal('accounts'),
    rows: z.array(AccountStatus),
    patches: z.array(AccountPatch),
    removed: z.array(z.string()),
  }),
  z.object({ type: z.literal('log'), topic: z.string(), begins: z.boolean(), lines: z.array(LogLine) }),
  /** These logs have grown or are others; the first one names all. */
  z.object({ type: z.literal('logs'), topic: z.string(), accountIds: z.array(z.string()) }),
  z.object({ type: z.literal('records'), accountId: z.string() }),
  /** Who holds the account may be another one: ask for it again. */
  z.object({ type: z.literal('lock'), accountId: z.string() }),
  z.object({ type: z.literal('kill-switch'), marks: z.array(KillMarkRow) }),
  z.object({ type: z.literal('notices'), begins: z.boolean(), notices: z.array(Notice) }),
  /** What is known of shared signals is another: ask for it again. */
  z.object({ type: z.literal('signals') }),
  /** One topic can't be told of (any more); the others go on. */
  z.object({ type: z.literal('topic-ended'), topic: z.string(), why: RefusalShape }),
])
export type LiveEvent = z.output<typeof LiveEvent>

const Topics = z
  .string()
  .max(32_000)
  .transform((text) => [...new Set(text.split(',').filter((one) => one !== ''))])
  .refine((topics) => topics.length > 0 && topics.length <= MOST_TOPICS, {
    message: `name 1 to ${MOST_TOPICS} topics`,
  })
  .refine((topics) => topics.every((one) => parseTopic(one) !== undefined), {
    message:
      'topics are fleet, kill-switch, notices, signals, records:ACCOUNT, lock:ACCOUNT, log:ACCOUNT, log:ACCOUNT:SEGMENT or logs:ACCOUNT:…',
  })

export const liveProcedures = {
  stream: api
    .route({
      method: 'GET',
      path: '/live',
      summary: 'Everything one page follows, in one stream (SSE); Last-Event-ID resumes, also with other topics',
    })
    .input(
      z.object({
        topics: Topics,
        /** Those of them that begin with the whole, wherever an earlier stream was: the reader has forgotten them. */
        fresh: z
          .string()
          .max(32_000)
          .default('')
          .transform((text) => text.split(',')),
      }),
    )
    .output(eventIterator(LiveEvent)),
}
