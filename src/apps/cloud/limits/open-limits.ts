import { beat, lastBeat } from '../../../adapters/cloud-redis/instance-beat.ts'
import type { CloudRedis } from '../../../adapters/cloud-redis/open-cloud-redis.ts'
import { openSharedWindow } from '../../../adapters/cloud-redis/window-script.ts'
import type { CloudDb } from '../../../adapters/cloud-db/open-cloud-db.ts'
import { RATE_BUDGETS, type RateBudgets } from '../../../domain/rate/budgets.ts'
import {
  RATE_SUBJECTS,
  type RateLimiter,
  type RateVerdict,
  type RateSubject,
} from '../../../domain/rate/rate-limiter.ts'
import type { EpochMs } from '../../../domain/units/units.ts'
import { createLocalLimiter } from './local-limiter.ts'
import { createOffenceBook } from './offences.ts'
import { createSharedLimiter, type SharedLimiter } from './shared-limiter.ts'

export type LimitsParts = Readonly<{
  db: CloudDb
  /** Names this instance among all. */
  instance: string
  now: () => EpochMs
  /** A clock that never goes back, milliseconds. */
  elapsed: () => number
  /** Without it this process counts alone: right where it is the only one. */
  redis?: CloudRedis | undefined
  budgets?: RateBudgets
  /** Longest wait for Redis, milliseconds; default 50. */
  redisBudgetMs?: number
  /** Before the names of all keys in Redis. */
  prefix?: string
}>

export type LimitsFigures = Readonly<{
  /** Who decides: this process because it is the only one, Redis, or this process because Redis is dead or slow. */
  mode: 'local' | 'shared' | 'fallback'
  /** How many instances share the budgets, as far as is known. */
  instances: number
  /** Requests that were decided here because Redis was dead or slow. */
  decidedAlone: number
  refused: Readonly<Record<RateSubject, number>>
}>

export type Limits = Readonly<{
  limiter: RateLimiter
  figures(): LimitsFigures
  close(): Promise<void>
}>

const LOOK_EVERY_MS = 1_000
const BEAT_EVERY_MS = 5_000
const GONE_AFTER_MS = 15_000
const FLUSH_EVERY_MS = 5_000
const BEAT_BUDGET_MS = 1_000
const START_WAIT_MS = 1_000

/** The rate limits of this instance, with their timers. Waits a moment for Redis, and not for ever. */
export async function openLimits(parts: LimitsParts): Promise<Limits> {
  const { db, redis, instance, now, elapsed, budgets = RATE_BUDGETS, prefix = 'slipway:' } = parts
  // Nobody sets up a Redis for one: until it has told how many we are, we are at least two.
  let instances = redis ? 2 : 1
  const local = createLocalLimiter({ budgets, elapsed, instances: () => instances })
  const shared: SharedLimiter | undefined =
    redis &&
    createSharedLimiter({
      window: openSharedWindow(redis, budgets, `${prefix}rate:`),
      local,
      instance,
      elapsed,
      connects: redis.connects,
      ...(parts.redisBudgetMs === undefined ? {} : { budgetMs: parts.redisBudgetMs }),
    })
  const offences = createOffenceBook(db, now)
  const refused = Object.fromEntries(RATE_SUBJECTS.map((subject) => [subject, 0])) as Record<RateSubject, number>
  let [beatenOn, beatenSince] = [0, 0]
  const beatKey = `${prefix}instances`
  const beatOnce = async (): Promise<void> => {
    if (redis?.isUp())
      await beat(redis, instance, GONE_AFTER_MS, BEAT_BUDGET_MS, beatKey).then(
        (count) => {
          // A Redis that has just begun knows only whom it has heard: fewer is believed when all had time to beat.
          if (count > instances || elapsed() - beatenSince > GONE_AFTER_MS) instances = Math.max(1, count)
        },
        // The last number that is known holds: a share too small is safer than one too big.
        () => undefined,
      )
  }
  const look = async (): Promise<void> => {
    if (redis && redis.connects() !== beatenOn) {
      beatenOn = redis.connects()
      beatenSince = elapsed()
      await beatOnce()
    }
    await shared?.look()
  }
  const every = (ms: number, work: () => Promise<void>) => setInterval(() => void work(), ms).unref()
  const timers = [every(FLUSH_EVERY_MS, offences.flush)]
  if (redis) {
    timers.push(every(LOOK_EVERY_MS, look), every(BEAT_EVERY_MS, beatOnce))
    await redis.settled(START_WAIT_MS)
    await look()
  }
  const noted = (verdict: RateVerdict): RateVerdict => {
    if (verdict.refusedBy) {
      refused[verdict.refusedBy.subject]++
      offences.note(verdict.refusedBy)
    }
    return verdict
  }
  return {
    limiter: {
      take(asks) {
        const said = (shared ?? local).take(asks)
        return said instanceof Promise ? said.then(noted) : noted(said)
      },
    },
    figures() {
      const known = shared?.figures()
      const mode = known === undefined ? 'local' : known.shared ? 'shared' : 'fallback'
      return { mode, instances, decidedAlone: known?.alone ?? 0, refused: { ...refused } }
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      await offences.flush()
      if (redis?.isUp()) await lastBeat(redis, instance, BEAT_BUDGET_MS, beatKey)
    },
  }
}
