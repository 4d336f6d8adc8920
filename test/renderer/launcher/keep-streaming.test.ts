import { withEventMeta } from '@orpc/client'
import { describe, expect, it, vi } from 'vitest'
import { keepStreaming, type StreamCall, type StreamPlan } from '../../../renderer/launcher/keep-streaming.ts'

type Event = { n: number }

/** A stream whose openings the test scripts; it ends when the script does. */
function run(openings: ((call: StreamCall) => AsyncIterable<Event>)[], plan: Partial<StreamPlan<Event>> = {}) {
  const end = new AbortController()
  const calls: (string | undefined)[] = []
  const events: number[] = []
  const lost: string[] = []
  const waits: number[] = []
  const done = keepStreaming<Event>(
    {
      async open(call) {
        calls.push(call.lastEventId)
        const next = openings.shift()
        if (next) return next(call)
        end.abort()
        throw new Error('the script is over')
      },
      onOpen: () => undefined,
      onEvent: ({ n }) => events.push(n),
      onLost(failure) {
        lost.push(failure.code)
        return 'retry'
      },
      wait: async (ms) => void waits.push(ms),
      ...plan,
    },
    end.signal,
  )
  return { done, calls, events, lost, waits }
}

async function* some(...ns: number[]): AsyncGenerator<Event> {
  for (const n of ns) yield withEventMeta({ n }, { id: `id-${n}` })
}

const broken = (): AsyncIterable<Event> => neverYields(Promise.reject(new TypeError('network error')))

/** A stream that gives nothing and breaks when `end` does. */
function neverYields(end: Promise<never>): AsyncIterable<Event> {
  return { [Symbol.asyncIterator]: () => ({ next: () => end }) }
}

describe('a stream that is kept open', () => {
  it('goes on after the last event it gave', async () => {
    const { done, calls, events } = run([() => some(1, 2), () => some(3)])
    await done
    expect([calls, events]).toEqual([
      [undefined, 'id-2', 'id-3'],
      [1, 2, 3],
    ])
  })

  it('tells of every break, and waits longer each time until something arrives', async () => {
    const { done, lost, waits } = run([broken, broken, broken, () => some(1), broken])
    await done
    expect(waits).toEqual([250, 500, 1_000, 250, 500])
    expect(new Set(lost)).toEqual(new Set(['launcher-unreachable']))
  })

  it('never waits longer than two seconds', async () => {
    const { done, waits } = run(Array.from({ length: 12 }, () => broken))
    await done
    expect(Math.max(...waits)).toBe(2_000)
  })

  it('counts a silent stream as broken, but not one that only says that it lives', async () => {
    vi.useFakeTimers()
    try {
      const silent = ({ signal }: StreamCall) =>
        neverYields(new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('silence')))))
      let heard = (): void => undefined
      const { done, lost } = run(
        [
          (call) => {
            heard = () => call.context.heard?.()
            return silent(call)
          },
        ],
        { longestSilenceMs: 1_000 },
      )
      await vi.advanceTimersByTimeAsync(900)
      heard()
      await vi.advanceTimersByTimeAsync(900)
      expect(lost).toEqual([])
      await vi.advanceTimersByTimeAsync(200)
      await done
      expect(lost).toEqual(['launcher-unreachable'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('is opened again at once, from where it was, when something else is wanted of it', async () => {
    let change = (): void => undefined
    const { done, calls, events, lost, waits } = run(
      [
        (call) => {
          const silence = neverYields(
            new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(new Error('ended')))),
          )
          return (async function* () {
            yield* some(1)
            setTimeout(change)
            yield* silence
          })()
        },
        () => some(2),
      ],
      { changes: (listener) => ((change = listener), () => undefined) },
    )
    await done
    expect(calls).toEqual([undefined, 'id-1', 'id-2'])
    expect(events).toEqual([1, 2])
    // The only loss is the end of the script's second stream.
    expect([lost.length, waits.length]).toEqual([1, 1])
  })

  it('is looked at by the clock when there is a doubt, because a computer that slept counts no time', async () => {
    let now = 0
    let doubt = (): void => undefined
    const { done, lost } = run(
      [
        (call) => {
          setTimeout(() => {
            now = 4_000
            doubt()
            now = 60_000
            doubt()
          })
          return neverYields(
            new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(new Error('ended')))),
          )
        },
      ],
      { now: () => now, longestSilenceMs: 5_000, doubts: (listener) => ((doubt = listener), () => undefined) },
    )
    await done
    expect(lost).toEqual(['launcher-unreachable'])
  })

  it('stays closed when it is told so', async () => {
    const { done, calls } = run([broken, () => some(1)], { onLost: () => 'stop' })
    await done
    expect(calls).toHaveLength(1)
  })
})
