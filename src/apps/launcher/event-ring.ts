/** An event with the id under which a reader goes on after it. */
export type Stamped<E> = Readonly<{ id: string; event: E }>

export type EventRing<E> = Readonly<{
  publish(event: E): void
  /**
   * Everything after `lastId`, then what happens until `signal` aborts.
   *
   * Without an id, or with one that is no longer (or never was) held, a snapshot comes first.
   */
  read(lastId: string | undefined, signal: AbortSignal | undefined): AsyncGenerator<Stamped<E>, void>
}>

/**
 * The last events, for any number of readers at their own pace.
 *
 * Readers hold a place, not a queue: one that falls behind by more than the ring gets a snapshot instead of what it
 * missed, so nobody's slowness costs memory, and nothing can fall between what is replayed and what is live.
 *
 * @param origin   names this ring; ids of another one (before a restart) are not resumed
 * @param snapshot the state after all events so far
 */
export function openEventRing<E>(origin: string, capacity: number, snapshot: () => E): EventRing<E> {
  const events: E[] = []
  let next = 1
  let { promise: changed, resolve: announce } = Promise.withResolvers<void>()

  const oldest = () => next - events.length
  const idOf = (n: number) => `${origin}-${n}`
  const placeOf = (id: string | undefined) => {
    const [from, n] = splitId(id)
    return from === origin && n >= oldest() - 1 && n < next ? n : undefined
  }

  async function* read(lastId: string | undefined, signal: AbortSignal | undefined): AsyncGenerator<Stamped<E>, void> {
    let place = placeOf(lastId)
    while (!signal?.aborted) {
      if (place === undefined || place < oldest() - 1) {
        place = next - 1
        yield { id: idOf(place), event: snapshot() }
      } else if (place < next - 1) {
        place += 1
        yield { id: idOf(place), event: events[place - oldest()]! }
      } else await orAborted(changed, signal)
    }
  }

  return {
    publish(event) {
      events.push(event)
      next += 1
      if (events.length > capacity) events.shift()
      const tell = announce
      ;({ promise: changed, resolve: announce } = Promise.withResolvers<void>())
      tell()
    },
    read,
  }
}

function splitId(id: string | undefined): [origin: string | undefined, n: number] {
  const match = /^(.+)-(\d{1,15})$/.exec(id ?? '')
  return match ? [match[1], Number(match[2])] : [undefined, Number.NaN]
}

async function orAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise
  const { promise: aborted, resolve } = Promise.withResolvers<void>()
  const onAbort = () => resolve()
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  await Promise.race([promise, aborted])
  signal.removeEventListener('abort', onAbort)
}
