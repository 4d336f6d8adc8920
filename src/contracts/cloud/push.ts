import { z } from 'zod'
import { CalendarEvent } from './calendar.ts'
import { Strategy } from './pool.ts'
import { cloudRoute } from './route.ts'
import { Iso, Side, UserId } from './words.ts'

/** What the server tells of without being asked. */
export const PUSH_TOPICS = ['signal', 'calendar', 'licence'] as const
export const PushTopic = z.enum(PUSH_TOPICS)
export type PushTopic = z.output<typeof PushTopic>

/** As the pool groups instruments (domain/pool/symbol-class.ts): no symbol, as what somebody trades is theirs to tell. */
const SymbolClass = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, 'must be a class of symbols')

/**
 * What a signal was found on, in real time. History told again is no signal, so there is no word for it; a made-up market
 * is named as one, so that nobody takes it for the real one.
 */
const SignalSource = z.enum(['live', 'paper', 'synthetic'])

/** A setup that somebody's bot has found. Nothing here tells who, a price, a size or an account. */
export const SharedSignal = z.object({
  symbol_class: SymbolClass,
  side: Side,
  strategy: Strategy,
  confidence: z.number().min(0).max(1),
  /** Left out where its sender did not say. */
  source: SignalSource.optional(),
})
export type SharedSignal = z.output<typeof SharedSignal>

/** The calendar is another now: read it again. An emergency comes along, so that entries close without a second question. */
export const CalendarPush = z.object({
  revision: z.int().min(0),
  emergency: CalendarEvent.nullable(),
  /** Id of an emergency that has been withdrawn. */
  withdrawn: z.string().max(80).nullable(),
})
export type CalendarPush = z.output<typeof CalendarPush>

/** Something of a licence has changed: validate again. Goes to the user of that licence only. */
export const LicencePush = z.object({
  licence_id: z.string().min(1).max(64),
  change: z.enum(['revoked', 'changed', 'taken-over']),
})
export type LicencePush = z.output<typeof LicencePush>

const stamp = {
  /** Rises; the `id` of the event, to be sent back as Last-Event-ID. */
  seq: z.int().min(1),
  at: Iso,
}

/** One event of the stream: `id: <seq>`, `event: <topic>`, `data:` this as JSON. */
export const PushEvent = z.discriminatedUnion('topic', [
  z.object({ topic: z.literal('signal'), ...stamp, payload: SharedSignal }),
  z.object({ topic: z.literal('calendar'), ...stamp, payload: CalendarPush }),
  z.object({ topic: z.literal('licence'), ...stamp, payload: LicencePush }),
])
export type PushEvent = z.output<typeof PushEvent>
export type PushPayload<Topic extends PushTopic> = Extract<PushEvent, { topic: Topic }>['payload']

/**
 * Comes first in every stream, with the id to resume from. `complete: false`: some of what was missed is no longer kept,
 * so ask for the calendar and validate the licence instead of waiting to be told.
 */
export const PushHello = z.object({ complete: z.boolean(), server_time: Iso })
export type PushHello = z.output<typeof PushHello>

/** The server says something, at least a comment line, this often; a client that hears nothing for thrice as long reconnects. */
export const PUSH_HEARTBEAT_MS = 15_000

const Topics = z
  .string()
  .max(64)
  .transform((text) => text.split(','))
  .pipe(z.array(PushTopic).min(1).max(PUSH_TOPICS.length))

export const readPushes = cloudRoute({
  method: 'GET',
  path: '/api/push',
  summary:
    'Server-sent events; resumes after the Last-Event-ID header. A hosted server tells all but the calendar to who shows a lease',
  access: 'user',
  limit: 'user',
  repeatable: true,
  stream: true,
  input: z.strictObject({
    user_id: UserId,
    /** With commas between; all that one may hear, where left out. */
    topics: Topics.optional(),
  }),
  /** `text/event-stream` of PushHello (event `hello`) and PushEvent. */
  output: z.string(),
})

export const shareSignal = cloudRoute({
  method: 'POST',
  path: '/api/signals',
  summary: 'Tell the others of a setup; on a hosted server for holders of a licence only',
  access: 'user',
  limit: 'user',
  repeatable: false,
  input: z.strictObject({ user_id: UserId, ...SharedSignal.shape }),
  output: z.object({ seq: z.int() }),
})
