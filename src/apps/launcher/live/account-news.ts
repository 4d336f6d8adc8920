import { statSync } from 'node:fs'
import type { LiveEvent } from '../../../contracts/launcher/live.ts'
import { openEventRing, type EventRing } from '../event-ring.ts'
import type { TopicSource } from './merge-topics.ts'

/** That something of an account may be read again, told to whoever follows it. */
export type AccountNews = Readonly<{
  /** It is another one, whatever its files say. */
  moved(accountId: string): void
  source(accountId: string): TopicSource
}>

/** How often the files of an account that is followed are looked at, milliseconds. */
const LOOK_MS = 250

/**
 * A bot tells its launcher what its page's head shows, and of no other change: so files of it are looked at from outside,
 * without opening them.
 *
 * @param origin names this run of the launcher
 * @param event  that says so of an account
 * @param files  of an account that change with it; every commit to a database changes the write-ahead log beside it
 */
export function openAccountNews(
  origin: string,
  event: (accountId: string) => LiveEvent,
  files: (accountId: string) => readonly string[],
): AccountNews {
  type Held = { ring: EventRing<LiveEvent>; readers: number; timer: ReturnType<typeof setInterval> }
  const followed = new Map<string, Held>()
  let opened = 0

  function follow(accountId: string): Held {
    const look = () => files(accountId).map(stateOf).join()
    // Nobody has looked while nobody followed it: what a reader knows of an earlier ring counts for nothing. One that holds
    // nothing tells whoever is behind once.
    const ring = openEventRing<LiveEvent>(`${origin}.${++opened}`, 0, () => event(accountId))
    let seen = look()
    const timer = setInterval(() => {
      const now = look()
      if (now === seen) return
      seen = now
      ring.publish(event(accountId))
    }, LOOK_MS).unref()
    const held = { ring, readers: 0, timer }
    followed.set(accountId, held)
    return held
  }

  return {
    moved: (accountId) => followed.get(accountId)?.ring.publish(event(accountId)),
    source: (accountId) =>
      async function* (cursor, signal) {
        const held = followed.get(accountId) ?? follow(accountId)
        held.readers += 1
        try {
          yield* held.ring.read(cursor, signal)
        } finally {
          held.readers -= 1
          if (held.readers === 0) {
            clearInterval(held.timer)
            followed.delete(accountId)
          }
        }
      },
  }
}

function stateOf(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true })
    return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : ''
  } catch {
    // Being replaced just now: then it is another one at the next look.
    return ''
  }
}
