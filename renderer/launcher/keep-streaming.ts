import { getEventMeta } from '@orpc/client'
import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import { describeFailure, unreachable } from './describe-failure.ts'
import type { CallContext } from './launcher-client.ts'

/** How a stream is called: like any procedure of the client that answers with events. */
export type StreamCall = Readonly<{ signal: AbortSignal; lastEventId: string | undefined; context: CallContext }>

/** Something that may happen: calls back each time it does. @returns ends that */
export type Occasion = (listener: () => void) => () => void

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
  /** The computer may have slept, or a network come back: silence is judged by the clock now, and a pause is over. */
  doubts?: Occasion
  /** Something else is wanted of the stream: it is opened again at once, from where it was, and that is no loss. */
  changes?: Occasion
  /** Wall clock, epoch ms. */
  now?: () => number
}>

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 2_000
const LONGEST_SILENCE_MS = 15_000

/**
 * Keeps one stream open until `signal` aborts: reopens it with growing pauses after it broke, resumes it after the last
 * event it gave, and counts a silent one (a launcher that was stopped, a computer that slept) as broken.
 */
export async function keepStreaming<T>(plan: StreamPlan<T>, signal: AbortSignal): Promise<void> {
  const wait = plan.wait ?? pause
  const now = plan.now ?? Date.now
  const silenceMs = plan.longestSilenceMs ?? LONGEST_SILENCE_MS
  let lastEventId: string | undefined
  let waitMs = FIRST_WAIT_MS
  while (!signal.aborted) {
    const end = new AbortController()
    let isChanged = false
    let heardAt = now()
    let timer = setTimeout(() => end.abort(), silenceMs)
    const heard = () => {
      heardAt = now()
      clearTimeout(timer)
      timer = setTimeout(() => end.abort(), silenceMs)
      plan.onHeard?.()
    }
    // A clock that was set back tells nothing, so it counts as a doubt confirmed.
    const stopDoubting = plan.doubts?.(() => {
      if (now() - heardAt > silenceMs || now() < heardAt) end.abort()
    })
    const stopChanging = plan.changes?.(() => {
      isChanged = true
      end.abort()
    })
    let failure = unreachable()
    try {
      const both = AbortSignal.any([signal, end.signal])
      const events = await plan.open({ signal: both, lastEventId, context: { heard } })
      if (both.aborted) throw new Error('no longer wanted')
      plan.onOpen()
      for await (const event of events) {
        // What arrives after the end is told again by the next stream.
        if (both.aborted) break
        lastEventId = getEventMeta(event)?.id ?? lastEventId
        waitMs = FIRST_WAIT_MS
        plan.onEvent(event)
      }
    } catch (error) {
      if (signal.aborted) return
      if (!end.signal.aborted) failure = describeFailure(error)
    } finally {
      clearTimeout(timer)
      stopDoubting?.()
      stopChanging?.()
    }
    if (isChanged && !signal.aborted) continue
    if (signal.aborted || plan.onLost(failure) === 'stop') return
    await waitOrOccasion(wait, waitMs, plan, signal)
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  }
}

/** A pause that ends early when there is a reason to think that it goes better now. */
async function waitOrOccasion<T>(
  wait: NonNullable<StreamPlan<T>['wait']>,
  ms: number,
  { doubts, changes }: StreamPlan<T>,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  const ends = [doubts, changes].map((occasion) => occasion?.(() => over.abort()))
  try {
    await wait(ms, AbortSignal.any([signal, over.signal]))
  } finally {
    for (const end of ends) end?.()
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
    if (signal.aborted) done()
  })
}
