import { getEventMeta } from '@orpc/client'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { describeFailure, UNREACHABLE } from './describe-failure.ts'
import type { CallContext } from './launcher-client.ts'

/** How a stream is called: like any procedure of the client that answers with events. */
export type StreamCall = Readonly<{ signal: AbortSignal; lastEventId: string | undefined; context: CallContext }>

export type StreamPlan<T> = Readonly<{
  open: (call: StreamCall) => Promise<AsyncIterable<T>>
  /** The stream answers (again); what follows may be a repetition. */
  onOpen: () => void
  onEvent: (event: T) => void
  /** It broke; it is opened again by itself unless this returns 'stop'. */
  onLost: (failure: RefusalShape) => 'retry' | 'stop'
  /** Whenever a sign of life arrives. */
  onHeard?: () => void
  /** Waits before the next attempt, milliseconds. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Silence after which the stream counts as broken, milliseconds; the launcher says something every 5 s. */
  longestSilenceMs?: number
}>

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000
const LONGEST_SILENCE_MS = 15_000

/**
 * Keeps one stream open until `signal` aborts: reopens it with growing pauses after it broke, resumes it after the last
 * event it gave, and counts a silent one (a launcher that was stopped, a computer that slept) as broken.
 */
export async function keepStreaming<T>(plan: StreamPlan<T>, signal: AbortSignal): Promise<void> {
  const wait = plan.wait ?? pause
  let lastEventId: string | undefined
  let waitMs = FIRST_WAIT_MS
  while (!signal.aborted) {
    const silence = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), plan.longestSilenceMs ?? LONGEST_SILENCE_MS)
      plan.onHeard?.()
    }
    let failure = UNREACHABLE
    try {
      timer = setTimeout(() => silence.abort(), plan.longestSilenceMs ?? LONGEST_SILENCE_MS)
      const both = AbortSignal.any([signal, silence.signal])
      const events = await plan.open({ signal: both, lastEventId, context: { heard } })
      plan.onOpen()
      for await (const event of events) {
        if (signal.aborted) return
        lastEventId = getEventMeta(event)?.id ?? lastEventId
        waitMs = FIRST_WAIT_MS
        plan.onEvent(event)
      }
    } catch (error) {
      if (signal.aborted) return
      if (!silence.signal.aborted) failure = describeFailure(error)
    } finally {
      clearTimeout(timer)
    }
    if (signal.aborted || plan.onLost(failure) === 'stop') return
    await wait(waitMs, signal)
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
