import type { z } from 'zod'
import type { CloudRoute } from '../../contracts/cloud/route.ts'
import { CLOUD_HEADER } from '../../contracts/cloud/words.ts'
import {
  afterRepeat,
  afterSuccess,
  FULL_BUDGET,
  fullJitterMs,
  mayRepeat,
  type BackoffRules,
} from '../../domain/failure/backoff.ts'
import { afterFailure, CLOSED, isOpen, restMs, type CircuitRules } from '../../domain/failure/circuit.ts'
import type { PlainRequest } from '../http/plain-http.ts'
import type { Asked, AskOptions, CloudAddress, CloudClient, CloudTrouble } from './ask.ts'
import { openCloudCalls } from './call-cloud.ts'
import { judgeReply, LATER, type Judged } from './judge-reply.ts'

/** All times are milliseconds. */
export type CloudTiming = Readonly<{
  /** Longest time a connection may take to open. */
  connectMs: number
  /** Longest time one try may take. */
  tryMs: number
  /** Longest time a question may take, repeats and waits included. */
  totalMs: number
  /** Tries of a question that may be repeated. */
  tries: number
  backoff: BackoffRules
  circuit: CircuitRules
}>

export const CLOUD_TIMING: CloudTiming = {
  connectMs: 3_000,
  tryMs: 10_000,
  totalMs: 25_000,
  tries: 3,
  backoff: { baseMs: 200, capMs: 5_000 },
  circuit: { opensAfter: 5, backoffMs: [0], openMs: 30_000 },
}

export type CloudClientParts = Readonly<{
  address: CloudAddress
  deviceId: string
  appVersion: string
  /** For whom, where neither question nor options say it. */
  userId?: string | undefined
  timing?: Partial<CloudTiming>
  /** 0 ≤ random < 1. */
  random?: () => number
  /** Milliseconds of a clock that is never set. */
  monotonic?: () => number
}>

/**
 * The way to one cloud: validated both ways, bounded in time and size, repeated only where repeating is safe, left alone
 * while it is down. Docs: docs/cloud-client.md.
 */
export function openCloudClient(parts: CloudClientParts): CloudClient {
  const { random = Math.random, monotonic = () => performance.now() } = parts
  const timing = { ...CLOUD_TIMING, ...parts.timing }
  const calls = openCloudCalls(parts.address, timing.connectMs)
  const closed = new AbortController()
  let circuit = CLOSED
  let isTrying = false
  let budget = FULL_BUDGET
  let lastAnswerAt: number | undefined
  let lastTrouble: CloudTrouble | undefined
  let lastTroubleAt = 0
  /** Until when somebody (a licence, a user) was told to wait. */
  const waits = new Map<string, number>()

  const resting = (requestId: string, ms: number, why: string): Asked<never> =>
    failed({ kind: 'resting', message: why, nextStep: LATER, requestId, retryAfterMs: Math.ceil(ms) })

  function note(judged: Judged<unknown>, who: string): void {
    if (judged.kind === 'answer') {
      circuit = CLOSED
      budget = afterSuccess(budget)
      lastAnswerAt = Date.now()
      lastTrouble = undefined
      return
    }
    const { failure, serverFailed } = judged
    lastTrouble = failure
    lastTroubleAt = monotonic()
    if (serverFailed) {
      circuit = afterFailure(circuit, monotonic(), timing.circuit)
      // A server that says when it will be back is left alone until then.
      const until = monotonic() + (failure.retryAfterMs ?? 0)
      if (until > circuit.until) circuit = { ...circuit, until }
      return
    }
    circuit = CLOSED
    lastAnswerAt = Date.now()
    if (failure.kind === 'rate-limited') waits.set(who, monotonic() + (failure.retryAfterMs ?? 0))
  }

  /** Once; tells whether the caller ended it, which says nothing of the server. */
  async function tryOnce<Out extends z.ZodType>(
    output: Out,
    request: PlainRequest,
    requestId: string,
    ended: AbortSignal,
  ) {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), timing.tryMs)
    try {
      const reply = await calls.call(request, AbortSignal.any([ended, late.signal]))
      if (ended.aborted) return undefined
      const heard = late.signal.aborted ? ({ kind: 'lost', why: 'it did not answer in time' } as const) : reply
      return judgeReply(output, heard, requestId, Date.now())
    } finally {
      clearTimeout(timer)
    }
  }

  async function ask<In extends z.ZodType, Out extends z.ZodType>(
    route: CloudRoute<In, Out>,
    input: z.input<In>,
    options: AskOptions = {},
  ): Promise<Asked<z.output<Out>>> {
    const requestId = requestName(random)
    const question = route.input.safeParse(input)
    if (!question.success) return failed(invalid(requestId, question.error.issues))
    const { who, request } = requestOf(parts, route, question.data, { ...options, requestId })
    const ends = new AbortController()
    const timer = setTimeout(() => ends.abort(), options.budgetMs ?? timing.totalMs)
    const deadline = monotonic() + (options.budgetMs ?? timing.totalMs)
    const ended = AbortSignal.any([ends.signal, closed.signal, ...(options.signal ? [options.signal] : [])])
    try {
      for (let tries = 1; ; tries++) {
        if (ended.aborted) return cancelled(requestId, options)
        const now = monotonic()
        const told = (waits.get(who) ?? 0) - now
        if (told > 0) return resting(requestId, told, 'The cloud asked to be left alone for a moment.')
        waits.delete(who)
        const rest = restMs(circuit, now)
        if (rest > 0) return resting(requestId, rest, 'The cloud failed too often; it is left alone for a moment.')
        const isProbe = isOpen(circuit, timing.circuit)
        if (isProbe && isTrying) return resting(requestId, 0, 'The cloud failed; whether it is back is being tried.')
        isTrying = isProbe || isTrying
        const judged = await tryOnce(route.output, request, requestId, ended).finally(() => {
          if (isProbe) isTrying = false
        })
        if (!judged) return cancelled(requestId, options)
        note(judged, who)
        if (judged.kind === 'answer') return judged
        const waitMs = judged.failure.retryAfterMs ?? fullJitterMs(tries, timing.backoff, random())
        const isLast = tries >= timing.tries || !route.repeatable || !judged.passing || isOpen(circuit, timing.circuit)
        if (isLast || monotonic() + waitMs >= deadline || !mayRepeat(budget)) return failed(judged.failure)
        budget = afterRepeat(budget)
        await pause(waitMs, ended)
      }
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    ask,
    contact: () => {
      const rest = restMs(circuit, monotonic())
      const state = !isOpen(circuit, timing.circuit) ? 'closed' : rest > 0 ? 'open' : 'trying'
      return { circuit: state, restMs: rest, lastAnswerAt, lastTrouble, lastTroubleAt }
    },
    close() {
      closed.abort()
      calls.close()
    },
  }
}

function requestOf(
  { deviceId, appVersion, userId: usual }: CloudClientParts,
  { method, path, longestAnswer }: CloudRoute,
  input: unknown,
  { requestId, lease, userId: given }: AskOptions & Readonly<{ requestId: string }>,
): Readonly<{ who: string; request: PlainRequest }> {
  const fields = input as Readonly<Record<string, unknown>>
  const userId = typeof fields.user_id === 'string' ? fields.user_id : (given ?? usual)
  const headers = {
    'user-agent': `slipway/${appVersion}`,
    [CLOUD_HEADER.requestId]: requestId,
    [CLOUD_HEADER.deviceId]: deviceId,
    ...(userId === undefined ? {} : { [CLOUD_HEADER.userId]: userId }),
    ...(lease === undefined ? {} : { [CLOUD_HEADER.lease]: lease }),
  }
  const rest = method === 'GET' ? { query: queryOf(fields) } : { body: JSON.stringify(fields) }
  return { who: lease ?? userId ?? '', request: { method, path, headers, longestAnswer, ...rest } }
}

function queryOf(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(said.map(([name, value]) => [name, String(value)]))
}

/** As a UUID looks; a name among those of an hour, not a secret, so cryptography is not loaded for it. */
function requestName(random: () => number): string {
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
  return [hex(8), hex(4), hex(4), hex(4), hex(12)].join('-')
}

function failed(failure: CloudTrouble): Asked<never> {
  return { kind: 'failed', failure }
}

function cancelled(requestId: string, { budgetMs, signal }: AskOptions): Asked<never> {
  const isLate = signal?.aborted !== true
  const message = isLate
    ? `The cloud gave no answer${budgetMs === undefined ? ' in time' : ` within ${budgetMs} ms`}.`
    : 'The question was withdrawn.'
  return failed({ kind: 'cancelled', message, nextStep: LATER, requestId })
}

/** A bug of the caller, or facts that the cloud takes from nobody. Names fields, never what was in them. */
function invalid(requestId: string, issues: readonly z.core.$ZodIssue[]): CloudTrouble {
  const fields = [...new Set(issues.map(({ path }) => path.join('.')))].join(', ')
  return {
    kind: 'invalid',
    message: `The cloud would not take this: ${fields || 'it'} is not as it must be.`,
    nextStep: 'Update Slipway; if it stays so, report it.',
    requestId,
  }
}

/** A timer of a busy process can fire early, and who asks before the time a server has told is sent away. */
async function pause(ms: number, ended: AbortSignal): Promise<void> {
  const until = performance.now() + ms
  for (let rest = ms; rest > 0 && !ended.aborted; rest = until - performance.now()) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, Math.ceil(rest))
    ended.addEventListener('abort', () => resolve(), { once: true })
    // oxlint-disable-next-line no-await-in-loop -- one wait after another
    await promise.finally(() => clearTimeout(timer))
  }
}
