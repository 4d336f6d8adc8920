/** Who goes first: cancels, exits and stops, then questions, then entries. */
export const URGENCIES = ['protect', 'ask', 'enter'] as const
export type Urgency = (typeof URGENCIES)[number]

export type RequestQueue = Readonly<{
  /**
   * Runs work when it is its turn.
   *
   * @returns undefined when the signal came first: then the work was never begun
   */
  run<T>(urgency: Urgency, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined>
  /** Lets nothing out for a while, because the gateway asked for it. */
  pauseFor(ms: number): void
  /** How much of that is left, milliseconds. */
  pauseLeft(): number
  /** Most requests within one second; undefined: no limit. */
  setPace(requestsPerSecond: number | undefined): void
}>

/** Questions and entries under way at once. What protects a position never waits for their answers. */
const MOST_AT_ONCE = 4
/** A tenth more than it says: what leaves a second apart may arrive closer together. */
const SECOND_MS = 1_100

/**
 * The order in which requests leave.
 *
 * @param now monotonic milliseconds
 */
export function openRequestQueue(now: () => number): RequestQueue {
  const waiting: Record<Urgency, (() => void)[]> = { protect: [], ask: [], enter: [] }
  /** When the requests of the last second left, oldest first. */
  let left: number[] = []
  let perSecond = Number.POSITIVE_INFINITY
  let pausedUntil = Number.NEGATIVE_INFINITY
  let busy = 0
  let timer: NodeJS.Timeout | undefined

  /** Milliseconds until a request may leave; 0 now. */
  function wait(): number {
    const at = now()
    left = left.filter((time) => at - time < SECOND_MS)
    const paced = left.length < perSecond ? 0 : left[left.length - perSecond]! + SECOND_MS - at
    return Math.max(pausedUntil - at, paced, 0)
  }

  function letOut(): void {
    clearTimeout(timer)
    timer = undefined
    for (;;) {
      const urgency = URGENCIES.find((one) => waiting[one].length > 0 && (one === 'protect' || busy < MOST_AT_ONCE))
      if (!urgency) return
      const ms = wait()
      if (ms > 0) {
        timer = setTimeout(letOut, Math.ceil(ms))
        return
      }
      left.push(now())
      waiting[urgency].shift()!()
    }
  }

  return {
    run: async (urgency, signal, work) => {
      if (signal.aborted) return undefined
      const isOut = await new Promise<boolean>((resolve) => {
        const go = () => {
          signal.removeEventListener('abort', giveUp)
          if (urgency !== 'protect') busy++
          resolve(true)
        }
        const giveUp = () => {
          waiting[urgency] = waiting[urgency].filter((one) => one !== go)
          if (URGENCIES.every((one) => waiting[one].length === 0)) {
            clearTimeout(timer)
            timer = undefined
          }
          resolve(false)
        }
        signal.addEventListener('abort', giveUp, { once: true })
        waiting[urgency].push(go)
        letOut()
      })
      if (!isOut) return undefined
      try {
        return await work()
      } finally {
        if (urgency !== 'protect') busy--
        letOut()
      }
    },
    pauseFor(ms) {
      pausedUntil = Math.max(pausedUntil, now() + ms)
    },
    pauseLeft: () => Math.max(0, pausedUntil - now()),
    setPace(requestsPerSecond) {
      perSecond =
        requestsPerSecond === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(requestsPerSecond))
    },
  }
}
