import { isUnsent } from '../../http/impatient-agents.ts'
import { openPlainHttp, type PlainAnswer } from '../../http/plain-http.ts'
import { retryAfterMs } from '../../http/retry-after.ts'
import { secretRegistry } from '../../log/redact.ts'
import { WireError } from './wire.ts'

/** One call, as it leaves. `path` begins with `/v1/`. */
export type GatewayCall = Readonly<{
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: unknown
}>

/** What came of a call. Only `unsent` proves that the gateway never saw it. */
export type CallOutcome =
  /** A 2xx, parsed. */
  | { readonly kind: 'done'; readonly body: unknown }
  /** An error in the gateway's own words. */
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly code: string
      readonly message: string
      readonly body: unknown
    }
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  | { readonly kind: 'unsent'; readonly why: string }
  /** No answer, half of one, or one that is not the gateway's: it may have been acted on. */
  | { readonly kind: 'lost'; readonly why: string }

export type GatewayAddress = Readonly<{
  /** Without a slash at the end. */
  url: string
  token: string | undefined
  account: string | undefined
  /** Longest time a connection may take to open, milliseconds. */
  connectMs: number
}>

/** Statuses that the protocol gives a meaning to; any other says nothing about the order. */
const DEFINITE = [400, 401, 403, 404, 409, 422] as const
const LONGEST_ANSWER = 8 * 1024 * 1024
const RETRY_AFTER_UNSAID_MS = 1_000
const LONGEST_RETRY_AFTER_MS = 300_000

export type GatewayCalls = Readonly<{
  /** Never throws for what network and gateway can do. Ends at the signal, if not before. */
  call(request: GatewayCall, signal: AbortSignal): Promise<CallOutcome>
  /** Cuts all connections. */
  close(): void
}>

/** The HTTP side of a gateway. An order goes where the user said, or nowhere: see plain-http.ts. */
export function openGatewayCalls(address: GatewayAddress): GatewayCalls {
  const { url, connectMs, token } = address
  const headers = authorization(address)
  const http = openPlainHttp({ address: { url }, connectMs, sockets: 16, headers, longestAnswer: LONGEST_ANSWER })
  const { hide } = secretRegistry(token === undefined ? [] : [token])
  return {
    async call({ method, path, body }, signal) {
      try {
        const text = body === undefined ? undefined : JSON.stringify(body)
        const answer = await http.call({ method, path, body: text }, signal)
        // A gateway that says our token back to us would have it in orders, logs and answers.
        return outcomeOf(token === undefined ? answer : { ...answer, text: hide(answer.text) })
      } catch (error) {
        const why = signal.aborted ? 'no answer in time' : messageOf(error)
        return isUnsent(error) ? { kind: 'unsent', why } : { kind: 'lost', why }
      }
    },
    close: http.close,
  }
}

/** Headers that say who we are. */
export function authorization({ token, account }: GatewayAddress): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(account === undefined ? {} : { 'slipway-account': account }),
  }
}

function outcomeOf({ status, text, retryAfter }: PlainAnswer): CallOutcome {
  const body = parsed(text)
  if (status >= 200 && status < 300)
    return body === undefined ? { kind: 'lost', why: `an answer ${status} that is no JSON` } : { kind: 'done', body }
  const error = WireError.safeParse(body)
  if (!error.success) return { kind: 'lost', why: `an answer ${status} that is not the gateway's` }
  if (status === 429) return { kind: 'limited', retryAfterMs: waitAsked(retryAfter) }
  const { code, message } = error.data
  if ((DEFINITE as readonly number[]).includes(status)) return { kind: 'refused', status, code, message, body }
  return { kind: 'lost', why: `${status} ${code}: ${message}` }
}

function waitAsked(header: unknown): number {
  return retryAfterMs(header, Date.now(), LONGEST_RETRY_AFTER_MS) ?? RETRY_AFTER_UNSAID_MS
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Never the error itself: it carries the request's headers, the token with them. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
