import { firstStoredAfter, readExperiences, readPoolState } from '../../../adapters/cloud-db/experience-records.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import type { OpenIndex } from '../../../domain/pool/cell-vectors.ts'
import type { PoolSettings } from '../../../domain/pool/pool-settings.ts'
import { Pool, type CellHealth } from '../../../domain/pool/pool.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { openNeighbours } from './open-neighbours.ts'

export type PoolHealth = Readonly<{
  /** The pool was read to its end at least once. */
  loaded: boolean
  /** Seconds since this instance last knew all there was. */
  ageSeconds: number
  rows: number
  /** Names of cells whose newest trades end otherwise than those before. */
  drifting: readonly string[]
  cells: readonly CellHealth[]
}>

/** This instance's copy of the pool. */
export interface PoolFollower {
  /** As far as it is read; empty before the first. Ask it at each use: another takes its place when old rows change. */
  readonly pool: Pool
  readonly loaded: boolean
  ageSeconds(): number
  health(): PoolHealth
  /** Reads what is new. Calls that come meanwhile share the next reading. @throws the database does not answer */
  look(): Promise<void>
  /** Looks now and then, and when `look` is called; trouble is logged and does not stop it. */
  start(): void
  close(): Promise<void>
}

export type FollowerParts = Readonly<{
  db: CloudDb
  settings: PoolSettings
  log: {
    info(event: string, message: string, fields?: Record<string, unknown>): void
    warn(event: string, message: string, fields?: Record<string, unknown>): void
  }
  now: () => EpochMs
  /** Monotonic, milliseconds. */
  elapsed: () => number
  openIndex?: () => OpenIndex
}>

const ROWS_AT_ONCE = 1_000
const LOOKS_EVERY_MS = 3_000
/** Clocks of two instances are never farther apart, unless one is wrong. */
const CLOCKS_DIFFER_MS = 3_600_000

/**
 * Follows the pool's rows by their number, each when its delay has run out. What it answers depends on the rows alone, not on
 * when they were read.
 */
export function followPool(parts: FollowerParts): PoolFollower {
  const { db, settings, log, now, elapsed } = parts
  const fresh = () => new Pool(settings, (parts.openIndex ?? openNeighbours)())
  let pool = fresh()
  let epoch: number | undefined
  let at = 0
  let knownAt = Number.NaN
  let opened = elapsed()
  let reading: Promise<void> | undefined
  let again: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let told = new Set<string>()

  async function read(): Promise<void> {
    const began = elapsed()
    const state = await readPoolState(db)
    if (epoch !== undefined && state.epoch !== epoch) {
      // Old rows changed: another pool is read beside this one, which answers until that is done.
      const other = fresh()
      let end = 0
      await readInto(other, 0, (seq) => (end = seq))
      pool.close()
      pool = other
      at = end
    } else await readInto(pool, at, (seq) => (at = seq))
    if (epoch !== state.epoch)
      log.info('pool-read', `The pool has ${pool.size} experiences`, {
        rows: pool.size,
        ms: Math.round(elapsed() - began),
      })
    epoch = state.epoch
    // What was stored while it was read may be missing, so it is as old as the begin of the reading.
    knownAt = began
    tellOfDrift()
  }

  /** @param reached is told of each row that was added: where the next is not to be had, it goes on from there */
  async function readInto(into: Pool, after: number, reached: (seq: number) => void): Promise<void> {
    const { delayMs } = settings
    const [aged, possible] = [now() - delayMs, now() + CLOCKS_DIFFER_MS] as [EpochMs, EpochMs]
    const end = delayMs > 0 ? await firstStoredAfter(db, after, aged, possible) : undefined
    for (let last = after; ;) {
      const rows = await readExperiences(db, last, ROWS_AT_ONCE, end)
      for (const { seq, experience } of rows) {
        into.add(experience)
        last = seq
        reached(seq)
      }
      if (rows.length < ROWS_AT_ONCE || closed) return
      // A million rows take seconds: probes and callers are answered in between.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  function tellOfDrift(): void {
    const drifting = new Set(pool.drifting())
    for (const cell of drifting)
      if (!told.has(cell))
        log.warn('pool-drift', `The newest trades of a cell end otherwise than before: ${cell}`, { cell })
    told = drifting
  }

  function look(): Promise<void> {
    if (closed) return Promise.resolve()
    if (!reading) {
      reading = read().finally(() => (reading = undefined))
      return reading
    }
    // Rows may have come after the reading under way had looked for them.
    again ??= reading
      .catch(() => undefined)
      .then(() => {
        again = undefined
        return look()
      })
    return again
  }

  const ageSeconds = () => (elapsed() - (Number.isNaN(knownAt) ? opened : knownAt)) / 1_000
  return {
    get pool() {
      return pool
    },
    get loaded() {
      return epoch !== undefined
    },
    ageSeconds,
    health: () => ({
      loaded: epoch !== undefined,
      ageSeconds: ageSeconds(),
      rows: pool.size,
      drifting: pool.drifting(),
      cells: pool.health(),
    }),
    look,
    start() {
      opened = elapsed()
      const tick = () =>
        void look()
          .catch((error: unknown) =>
            log.warn('pool-not-read', 'The pool could not be read; the copy in memory stays', { error }),
          )
          .finally(() => {
            if (!closed) timer = setTimeout(tick, LOOKS_EVERY_MS).unref()
          })
      tick()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await reading?.catch(() => undefined)
      pool.close()
    },
  }
}
