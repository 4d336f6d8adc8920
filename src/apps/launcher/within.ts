import { setTimeout as delay } from 'node:timers/promises'

/** Whether a promise is fulfilled within a time; it goes on where it is not. Milliseconds. */
export async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const stop = new AbortController()
  const late = delay(ms, 'late', { signal: stop.signal }).catch(() => 'late')
  const first = await Promise.race([promise.then(() => 'done'), late])
  stop.abort()
  return first === 'done'
}
