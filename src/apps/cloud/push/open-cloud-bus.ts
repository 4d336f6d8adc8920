import type { CloudRedis } from '../../../adapters/cloud-redis/open-cloud-redis.ts'
import { NUDGES, type CloudBus, type Nudge } from './cloud-bus.ts'

export type CloudBusParts = Readonly<{
  /** Names this instance: its own words come back from Redis, and are known already. */
  instance: string
  redis?: CloudRedis | undefined
  /** Before the name of the channel. */
  prefix?: string
  /** A second nudge within so many milliseconds waits for their end, and a third goes with it. */
  quietMs?: number
}>

const QUIET_MS = 100

export async function openCloudBus({
  instance,
  redis,
  prefix = 'slipway:',
  quietMs = QUIET_MS,
}: CloudBusParts): Promise<CloudBus> {
  const channel = `${prefix}nudges`
  const listeners = new Map(NUDGES.map((what) => [what, new Set<() => void>()]))
  const waiting = new Map<Nudge, { timer: NodeJS.Timeout; again: boolean }>()
  let closed = false

  const tell = (what: Nudge): void => {
    for (const listener of listeners.get(what)!) listener()
  }
  const send = (what: Nudge): void => {
    redis?.say(channel, `${what} ${instance}`)
    setImmediate(() => !closed && tell(what))
  }
  const nudge = (what: Nudge): void => {
    if (closed) return
    const known = waiting.get(what)
    if (known) {
      known.again = true
      return
    }
    const state = {
      again: false,
      timer: setTimeout(() => {
        waiting.delete(what)
        if (state.again) nudge(what)
      }, quietMs),
    }
    waiting.set(what, state)
    send(what)
  }
  await redis?.hear(
    channel,
    (message) => {
      const [word, from] = message.split(' ')
      const what = NUDGES.find((known) => known === word)
      if (what && from !== instance && !closed) tell(what)
    },
    // Deaf for a while: anything may have been said.
    () => !closed && NUDGES.forEach(tell),
  )
  return {
    nudge,
    on(what, listener) {
      listeners.get(what)!.add(listener)
      return () => void listeners.get(what)!.delete(listener)
    },
    async close() {
      closed = true
      for (const { timer } of waiting.values()) clearTimeout(timer)
    },
  }
}
