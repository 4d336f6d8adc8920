import {
  newestPushes,
  prunePushes,
  pushesAfter,
  pushSpan,
  insertPush,
  type StoredPush,
} from '../../../adapters/cloud-db/push-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { PushEvent } from '../../../contracts/cloud/push.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import type { CloudBus } from './cloud-bus.ts'
import type { Push, PushListener } from './push.ts'

export type PushDeskParts = Readonly<{
  db: CloudDb
  bus: CloudBus
  now: () => EpochMs
  /** How often the table is looked at without being told to, milliseconds. */
  pollMs?: number
  /** The table could not be read or written; told again only after it could. */
  onTrouble?: (error: unknown) => void
}>

/** What a subscriber begins with. */
export type PushStart = Readonly<{
  /** Resume from here. */
  seq: number
  /** Nothing of what was asked for is missing. */
  complete: boolean
}>

export interface PushDesk extends Push {
  /**
   * Hears first what came after `after` (nothing of the past where that is undefined), then everything as it comes, each once
   * and in order. `begin` is called once, before the first event.
   *
   * @returns stops hearing
   */
  listen(listener: PushListener, after: number | undefined, begin: (start: PushStart) => void): Promise<() => void>
  /** How many listen here. */
  listeners(): number
  /** Called when the desk closes: whoever listens should end. */
  onClose(listener: () => void): () => void
  close(): Promise<void>
}

/** Most that is told of the past: who was away longer reads the calendar and validates his licence again. */
const MOST_REPLAYED = 1_000
const BATCH = 500
const KEPT_MS = 7 * 86_400_000
const PRUNE_EVERY_MS = 3_600_000
const POLL_MS = 2_000

type Ear = { listener: PushListener; from: number; held: PushEvent[] | undefined; gone: boolean }

/** Tells the subscribers of this instance what is in the table, as it comes. */
export async function openPushDesk({ db, bus, now, pollMs = POLL_MS, onTrouble }: PushDeskParts): Promise<PushDesk> {
  const ears = new Set<Ear>()
  const closers = new Set<() => void>()
  let seen = (await pushSpan(db)).last
  let prunedAt = 0
  let closed = false
  let troubled = false
  let [looking, again]: [Promise<void> | undefined, boolean] = [undefined, false]

  const tellTo = (ear: Ear, event: PushEvent): void => {
    if (ear.gone || event.seq <= ear.from) return
    if (ear.held) {
      ear.held.push(event)
      // It was told so much while its past was read: then it is too slow already.
      if (ear.held.length > MOST_REPLAYED) leave(ear)
      return
    }
    ear.from = event.seq
    if (!ear.listener.hear(event)) leave(ear)
  }
  const leave = (ear: Ear): void => {
    ear.gone = true
    ears.delete(ear)
  }
  const readOn = async (): Promise<void> => {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- in order
      const rows = await pushesAfter(db, seen, BATCH)
      for (const row of rows) {
        seen = row.seq
        const event = eventOf(row)
        if (event) for (const ear of ears) if (concerns(row, ear.listener)) tellTo(ear, event)
      }
      if (rows.length < BATCH) return
    }
  }
  const prune = async (): Promise<void> => {
    if (now() - prunedAt < PRUNE_EVERY_MS) return
    prunedAt = now()
    await prunePushes(db, (now() - KEPT_MS) as EpochMs)
  }
  const look = (): void => {
    again = true
    if (closed) return
    looking ??= (async () => {
      try {
        while (again && !closed) {
          again = false
          // oxlint-disable-next-line no-await-in-loop -- one after another
          await readOn()
          // oxlint-disable-next-line no-await-in-loop -- once an hour
          await prune()
        }
        troubled = false
      } catch (error) {
        if (!troubled) onTrouble?.(error)
        troubled = true
      } finally {
        looking = undefined
      }
    })()
  }
  const timer = setInterval(look, pollMs).unref()
  const deaf = bus.on('push', look)
  const told = (): void => bus.nudge('push')

  return {
    async publish(topic, payload, audience, within) {
      const push = { at: now(), topic, audience: audience === 'everyone' ? null : audience.userId, payload }
      const seq = await insertPush(within ?? db, push)
      if (!within) told()
      return seq
    },
    told,
    async listen(listener, after, begin) {
      // First it is there, then it hears of the past, then what came meanwhile: so nothing falls between.
      const ear: Ear = { listener, from: seen, held: [], gone: false }
      ears.add(ear)
      try {
        const upTo = seen
        const past = after === undefined ? undefined : await pastOf(db, after, upTo)
        begin({ seq: past?.from ?? upTo, complete: past?.complete ?? true })
        // Another instance may have told it more than this one has read.
        ear.from = Math.max(upTo, past?.from ?? 0)
        for (const row of past?.rows ?? []) {
          const event = concerns(row, listener) ? eventOf(row) : undefined
          if (event && !listener.hear(event)) leave(ear)
        }
        const held = ear.held ?? []
        ear.held = undefined
        for (const event of held) tellTo(ear, event)
        return () => leave(ear)
      } catch (error) {
        leave(ear)
        throw error
      }
    },
    listeners: () => ears.size,
    onClose(listener) {
      closers.add(listener)
      return () => void closers.delete(listener)
    },
    async close() {
      closed = true
      clearInterval(timer)
      deaf()
      for (const closer of closers) closer()
      ears.clear()
      await looking
    },
  }
}

/** What lies between two numbers, as far as it is kept. */
async function pastOf(db: CloudDb, after: number, upTo: number) {
  const span = await pushSpan(db)
  // Numbers that were never given here: of a database that has been put back to an older state.
  if (after > span.last) return { rows: [], from: upTo, complete: false }
  const rows = await newestPushes(db, after, upTo, MOST_REPLAYED)
  const complete = after >= span.first - 1 && rows.length < MOST_REPLAYED
  return { rows, from: after, complete }
}

function concerns({ topic, audience }: StoredPush, { topics, userId }: PushListener): boolean {
  return (topics as ReadonlySet<string>).has(topic) && (audience === null || audience === userId)
}

/** @returns undefined for a row that this version does not know how to tell */
function eventOf({ seq, at, topic, payload }: StoredPush): PushEvent | undefined {
  const read = PushEvent.safeParse({
    seq,
    at: new Date(at).toISOString(),
    topic,
    payload: JSON.parse(payload) as unknown,
  })
  return read.success ? read.data : undefined
}
