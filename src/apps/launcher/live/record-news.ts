import { statSync } from 'node:fs'
import type { LiveEvent } from '../../../contracts/launcher/live.ts'
import { openEventRing, type EventRing } from '../event-ring.ts'
import type { TopicSource } from './merge-topics.ts'

/** That what an account has done may be read again, told to whoever follows it. */
export type RecordNews = Readonly<{
  /** Its figures have moved. */
  moved(accountId: string): void
  source(accountId: string): TopicSource
}>

/** How often the database of an account that is followed is looked at, milliseconds. */
const LOOK_MS = 250

/**
 * Figures don't tell of every order that was acknowledged or moved, and a bot tells of no other: so its database is looked
 * at from outside, without opening it. Every commit changes the write-ahead log beside it.
 *
 * @param origin    names this run of the launcher
 * @param databases of an account: the files that change with what it has written down
 */
export function openRecordNews(origin: string, databases: (accountId: string) => readonly string[]): RecordNews {
  type Held = { ring: EventRing<LiveEvent>; readers: number; timer: ReturnType<typeof setInterval> }
  const followed = new Map<string, Held>()
  let opened = 0

  function follow(accountId: string): Held {
    const look = () => databases(accountId).map(stateOf).join()
    // Nobody has looked while nobody followed it: what a reader knows of an earlier ring counts for nothing. One that holds
    // nothing tells whoever is behind once.
    const ring = openEventRing<LiveEvent>(`${origin}.${++opened}`, 0, () => ({ type: 'records', accountId }))
    let seen = look()
    const timer = setInterval(() => {
      const now = look()
      if (now === seen) return
      seen = now
      ring.publish({ type: 'records', accountId })
    }, LOOK_MS).unref()
    const held = { ring, readers: 0, timer }
    followed.set(accountId, held)
    return held
  }

  return {
    moved: (accountId) => followed.get(accountId)?.ring.publish({ type: 'records', accountId }),
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
