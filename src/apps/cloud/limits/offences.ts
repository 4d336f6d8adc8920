import { addOffences, pruneOffences } from '../../../adapters/cloud-db/offence-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import type { RateAsk } from '../../../domain/rate/rate-limiter.ts'
import type { EpochMs } from '../../../domain/units/units.ts'

export type OffenceBook = Readonly<{
  note(ask: RateAsk): void
  /** Writes what has gathered. Never throws: a database that is away gets it the next time. */
  flush(): Promise<void>
}>

/** Who is turned away most sends most: writing each of them down would do the sender's work. */
const MOST_SUBJECTS = 10_000
const KEPT_DAYS = 30
const A_DAY = 86_400_000

/** Gathers who was turned away, and writes it down from time to time. */
export function createOffenceBook(db: CloudDb, now: () => EpochMs): OffenceBook {
  let gathered = new Map<string, { subject: string; day: string; count: number; lastAt: EpochMs }>()
  let prunedOn = ''
  let [flushing, again]: [Promise<void> | undefined, boolean] = [undefined, false]
  const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

  const write = async (): Promise<void> => {
    const rows = gathered
    gathered = new Map()
    try {
      await addOffences(db, [...rows.values()])
      const today = dayOf(now())
      if (prunedOn === today) return
      await pruneOffences(db, dayOf(now() - KEPT_DAYS * A_DAY))
      prunedOn = today
    } catch {
      for (const [key, row] of rows) {
        const newer = gathered.get(key)
        gathered.set(key, newer ? { ...newer, count: newer.count + row.count } : row)
      }
    }
  }
  return {
    note({ subject, key }) {
      const at = now()
      const name = `${subject}:${key}`
      const entry = `${name} ${dayOf(at)}`
      const known = gathered.get(entry)
      if (known) {
        known.count++
        known.lastAt = at
      } else if (gathered.size < MOST_SUBJECTS) {
        gathered.set(entry, { subject: name, day: dayOf(at), count: 1, lastAt: at })
      }
    },
    async flush() {
      // One at a time; who asks meanwhile waits for one more, which holds what was noted before it was asked for.
      if (flushing) {
        again = true
        await flushing
        return
      }
      flushing = (async () => {
        do {
          again = false
          // oxlint-disable-next-line no-await-in-loop -- one after another
          await write()
        } while (again)
      })()
      await flushing
      flushing = undefined
    },
  }
}
