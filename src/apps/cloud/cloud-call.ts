import type { z } from 'zod'
import type { CloudFailureCode } from '../../contracts/cloud/failure.ts'
import type { LeaseClaims } from '../../contracts/cloud/licence.ts'
import type { CloudRoute } from '../../contracts/cloud/route.ts'
import type { EpochMs } from '../../domain/units/units.ts'

/** Who asks, as far as it was proven, and when. Travels with the call; nothing of it is looked up elsewhere. */
export type CloudCall = Readonly<{
  requestId: string
  now: EpochMs
  /** Of the peer; `local` for the socket that only this user's programs reach. */
  address: string
  /** As the caller says it; '' where the route asks for none. */
  userId: string
  /** As the caller says it; undefined where it does not. */
  deviceId: string | undefined
  /** A lease whose signature holds, whatever its age. */
  lease: LeaseClaims | undefined
  /** On admin routes. */
  admin: Readonly<{ keyId: string; role: AdminRole; label: string }> | undefined
  /** Ends when the caller has left or the server's deadline has passed. */
  signal: AbortSignal
  /** The body as it came, for signatures over bytes; '' for GET. */
  rawBody: string
  header(name: string): string | undefined
}>

export const ADMIN_ROLES = ['owner', 'support', 'calendar', 'reader'] as const
export type AdminRole = (typeof ADMIN_ROLES)[number]

/** A route with what answers it. */
export type CloudHandler = Readonly<{
  route: CloudRoute
  answer: (call: CloudCall, input: never) => Promise<unknown> | unknown
  /** The answer is made name by name and needs no schema to take out what must not leave. */
  exact?: true
}>

/** What a handler gives back: the answer's body, the body with headers of its own, or (streams, texts) the whole response. */
export type CloudAnswer<Body> = Body | CloudReply<Body> | Response

export function answers<In extends z.ZodType, Out extends z.ZodType>(
  route: CloudRoute<In, Out>,
  answer: (call: CloudCall, input: z.output<In>) => Promise<CloudAnswer<z.input<Out>>> | CloudAnswer<z.input<Out>>,
): CloudHandler {
  return { route, answer }
}

/** As `answers`, for an answer that is made name by name, and a call that counts by microseconds: no schema looks at it again. */
export function answersExactly<In extends z.ZodType, Out extends z.ZodType>(
  route: CloudRoute<In, Out>,
  answer: (call: CloudCall, input: z.output<In>) => Promise<z.output<Out>> | z.output<Out>,
): CloudHandler {
  return { route, answer, exact: true }
}

/** An answer with headers of its own: a cookie, an ETag. */
export class CloudReply<Body = unknown> {
  readonly body: Body
  readonly headers: Readonly<Record<string, string>>
  constructor(body: Body, headers: Readonly<Record<string, string>>) {
    this.body = body
    this.headers = headers
  }
}

/** Turns a call down: becomes the answer of that status, with the code, and nothing is stored. */
export class CloudRefused extends Error {
  readonly code: CloudFailureCode
  readonly nextStep: string
  readonly retryAfterSeconds: number | undefined
  constructor(code: CloudFailureCode, message: string, nextStep: string, retryAfterSeconds?: number) {
    super(message)
    this.name = 'CloudRefused'
    this.code = code
    this.nextStep = nextStep
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export function cloudRefuse(
  code: CloudFailureCode,
  message: string,
  nextStep: string,
  retryAfterSeconds?: number,
): never {
  throw new CloudRefused(code, message, nextStep, retryAfterSeconds)
}
