import type { z } from 'zod'
import { CloudFailure } from '../../contracts/cloud/failure.ts'
import { retryAfterMs } from '../http/retry-after.ts'
import type { CloudTrouble } from './ask.ts'
import type { CloudReply } from './call-cloud.ts'

/** Longest wait a server can ask us for, milliseconds. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000
/** What to wait when it does not say. */
const UNSAID_RATE_WAIT_MS = 5_000

export type Judged<Answer> =
  | Readonly<{ kind: 'answer'; value: Answer }>
  | Readonly<{
      kind: 'failed'
      failure: CloudTrouble
      /** Whether it counts against the server: it is down, or talks nonsense. */
      serverFailed: boolean
      /** Whether another try may do better. */
      passing: boolean
    }>

/**
 * What a reply means. Only what the route's own schema takes is an answer; whatever is no answer and no failure in the
 * cloud's own words is not the cloud's: a proxy's page, a captive portal, garbage.
 *
 * @param now epoch milliseconds, for a Retry-After that is a date
 */
export function judgeReply<Out extends z.ZodType>(
  output: Out,
  reply: CloudReply,
  requestId: string,
  now: number,
): Judged<z.output<Out>> {
  const lost = (why: string, more: Partial<CloudTrouble> = {}): Judged<never> => ({
    kind: 'failed',
    failure: { kind: 'lost', message: `The cloud gave no answer: ${why}.`, nextStep: LATER, requestId, ...more },
    serverFailed: true,
    passing: true,
  })
  if (reply.kind === 'unsent')
    return lost(reply.why, { kind: 'unreachable', message: `The cloud can't be reached: ${reply.why}.` })
  if (reply.kind === 'lost') return lost(reply.why)
  const { status, text } = reply
  const body = parsed(text)
  const waitMs = retryAfterMs(reply.retryAfter, now, LONGEST_RETRY_AFTER_MS)
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs }
  if (status >= 200 && status < 300) {
    const answer = output.safeParse(body)
    return answer.success ? { kind: 'answer', value: answer.data } : lost('what came is not an answer of the cloud')
  }
  if (status >= 300 && status < 400) return lost('it points elsewhere, which is not followed')
  const said = CloudFailure.safeParse(body).data
  if (!said) return lost(`an answer ${status} that is not the cloud's own`, status >= 500 ? wait : {})
  const words = {
    code: said.code,
    message: plainText(said.message),
    nextStep: plainText(said.next_step),
    requestId,
    ...wait,
  }
  if (status >= 500) return lost('', { ...words, kind: 'lost' })
  // No more contributions today is no reason to ask nothing else.
  if (status === 429 && said.code !== 'contributions_full')
    return {
      kind: 'failed',
      failure: { ...words, kind: 'rate-limited', retryAfterMs: waitMs ?? UNSAID_RATE_WAIT_MS },
      serverFailed: false,
      passing: true,
    }
  // The first delivery of the same key is still being worked on.
  const passing = said.code === 'key_in_flight'
  return { kind: 'failed', failure: { ...words, kind: passing ? 'lost' : 'refused' }, serverFailed: false, passing }
}

export const LATER = 'Nothing needs to be done: it is asked again by itself.'

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A server's words go into logs and pages: without control characters, and not for ever. */
export function plainText(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]+/g, ' ').slice(0, 500)
}
