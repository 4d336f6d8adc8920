import type { z } from 'zod'
import type { CloudFailureCode } from '../../contracts/cloud/failure.ts'
import type { CloudRoute } from '../../contracts/cloud/route.ts'

/** Why the cloud gave no answer that can be used. Nothing in it came from a header or a secret. */
export type CloudTrouble = Readonly<{
  kind: /** Said no, with a code: asking the same again changes nothing. */
    | 'refused'
    /** Too many requests: not before `retryAfterMs`. */
    | 'rate-limited'
    /** No connection: the cloud has not seen the question. */
    | 'unreachable'
    /** No answer, half of one, a 5xx, or one that is not the cloud's: it may have acted on the question. */
    | 'lost'
    /** Not asked: it failed too often just now, or it said when to come back. See `retryAfterMs`. */
    | 'resting'
    /** Ended by the caller, or by the caller's budget. */
    | 'cancelled'
    /** Not asked: the question itself is not one the route takes. */
    | 'invalid'
  /** The server's own word, where it said one. */
  code?: CloudFailureCode
  message: string
  nextStep: string
  requestId: string
  retryAfterMs?: number
}>

export type Asked<Answer> = { kind: 'answer'; value: Answer } | { kind: 'failed'; failure: CloudTrouble }

export type AskOptions = Readonly<{
  signal?: AbortSignal | undefined
  /** Milliseconds for everything, repeats and waits included; the client's own limit where left out. */
  budgetMs?: number | undefined
  /** Signed lease of the account that the question is about. */
  lease?: string | undefined
  /** For whom, on routes that do not say it themselves. */
  userId?: string | undefined
}>

/** Asks the cloud. Never throws for what network and server can do. */
export type CloudAsk = <In extends z.ZodType, Out extends z.ZodType>(
  route: CloudRoute<In, Out>,
  input: z.input<In>,
  options?: AskOptions,
) => Promise<Asked<z.output<Out>>>

/** Where the cloud is: a socket on this computer, or an address. */
export type CloudAddress = Readonly<{ socketPath: string } | { url: string }>

/** How it has gone with the cloud lately, for people. */
export type CloudContact = Readonly<{
  circuit: 'closed' | 'open' | 'trying'
  /** Until it is tried again, milliseconds; 0 when it may be now. */
  restMs: number
  /** Epoch milliseconds of the last answer; undefined: none yet. */
  lastAnswerAt: number | undefined
  /** The last failure, until an answer comes. */
  lastTrouble: CloudTrouble | undefined
  /** When that was, by the client's monotonic clock, milliseconds. */
  lastTroubleAt: number
}>

export type CloudClient = Readonly<{
  ask: CloudAsk
  contact(): CloudContact
  /** Ends what is being asked and cuts all connections. */
  close(): void
}>
