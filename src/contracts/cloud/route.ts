import type { z } from 'zod'

/** Who may call: `user` names a user_id, `admin` brings an admin key, `open` anybody, `machine` proves itself in the body. */
export type CloudAccess = 'user' | 'admin' | 'open' | 'machine'

/** Which budget a call is taken from (`exempt`: none, for probes). */
export type LimitClass = 'user' | 'admin' | 'probe' | 'exempt'

/**
 * One call of the cloud's API, as data: the server answers by it, the client asks by it, the OpenAPI document tells of it.
 *
 * Names on the wire are snake_case. A body is an object without unknown keys; GET routes take theirs from the query.
 */
export type CloudRoute<In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> = Readonly<{
  method: 'GET' | 'POST' | 'DELETE'
  path: `/${string}`
  summary: string
  access: CloudAccess
  limit: LimitClass
  /** Asked again, it has no second effect: a client may repeat it without a key. */
  repeatable: boolean
  input: In
  output: Out
  /** Bytes, where answers are short: a client reads no more, since a bot parses them between two bars. */
  longestAnswer?: number
  /** Answers `text/event-stream` for as long as the caller listens; the handler returns the Response itself. */
  stream?: true
}>

/** Of the routes that bots ask. */
export const SHORT_ANSWER = 64 * 1024

/** Keeps the types of a route's input and output. */
export function cloudRoute<In extends z.ZodType, Out extends z.ZodType>(
  route: CloudRoute<In, Out>,
): CloudRoute<In, Out> {
  return route
}
