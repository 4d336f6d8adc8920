import { afterFailure, CLOSED, isOpen, restMs, type CircuitRules } from '../../../domain/failure/circuit.ts'
import type { RateAsk, RateLimiter } from '../../../domain/rate/rate-limiter.ts'
import { UNLIMITED } from '../../../domain/rate/rate-limiter.ts'
import type { SharedWindow } from '../../../adapters/cloud-redis/window-script.ts'
import type { LocalLimiter } from './local-limiter.ts'

export type SharedLimiterParts = Readonly<{
  window: SharedWindow
  local: LocalLimiter
  /** Names this instance; the names of its requests begin with it. */
  instance: string
  elapsed: () => number
  /** Number of times Redis was connected: another one may have forgotten everything. */
  connects: () => number
  /** Longest wait for Redis, milliseconds. */
  budgetMs?: number
  rules?: CircuitRules
  /** After a new connection: how long the other instances may take to tell Redis what it has forgotten, milliseconds. */
  settleMs?: number
}>

export type SharedLimiterFigures = Readonly<{
  /** Redis decides. */
  shared: boolean
  /** Requests that this instance decided alone, because Redis was dead or slow. */
  alone: number
}>

export interface SharedLimiter extends RateLimiter {
  figures(): SharedLimiterFigures
  /** Tries Redis again where it is left alone. Called from time to time; never throws. */
  look(): Promise<void>
}

/** Three slow answers in a row are more than a pause of its garbage collector or of our own. */
const RULES: CircuitRules = { opensAfter: 3, backoffMs: [0], openMs: 1_000 }
const BUDGET_MS = 50
const REFILL_BUDGET_MS = 1_000
const REFILL_ROUNDS = 5
/** Twice the longest pause between two tries to connect, and the one between two looks. */
const SETTLE_MS = 3_000
const REFILL_AT_ONCE = 200

/**
 * Budgets that all instances share through Redis. Dead or slow, it is left alone: then each instance lets its share in, counting
 * what it let in before; so nobody is ever without a limit, and no licence check ever waits for Redis.
 *
 * When Redis is back it is told what it missed, or lost, before it decides again. Bound over an outage, for n instances that
 * were not asked evenly: limit × (2 − 1/n) in a window that reaches across Redis's death; limit in every other.
 */
export function createSharedLimiter(parts: SharedLimiterParts): SharedLimiter {
  const {
    window,
    local,
    instance,
    elapsed,
    connects,
    budgetMs = BUDGET_MS,
    rules = RULES,
    settleMs = SETTLE_MS,
  } = parts
  let circuit = CLOSED
  let known = connects()
  /** Something was decided here that Redis does not know of. */
  let missing = false
  /** Until when others may still be telling Redis what it forgot: it knows too little to decide. */
  let settles: number | undefined
  let refilling: Promise<void> | undefined
  let [asked, alone] = [0, 0]

  const refill = async (): Promise<void> => {
    // What it decided before a new connection may be lost with it; else it lacks only what we decided alone.
    let which: 'all' | 'own' = connects() === known ? 'own' : 'all'
    const connection = connects()
    await window.ping(budgetMs)
    for (let round = 0; round < REFILL_ROUNDS; round++) {
      const lost = local.recall(which)
      if (lost.length === 0) break
      for (let at = 0; at < lost.length; at += REFILL_AT_ONCE) {
        // oxlint-disable-next-line no-await-in-loop -- many at once would make Redis slow again
        await Promise.all(
          lost.slice(at, at + REFILL_AT_ONCE).map(async ({ ask, admissions }) => {
            await window.refill(ask, admissions, REFILL_BUDGET_MS)
            local.shared(ask, new Set(admissions.map(({ name }) => name)))
          }),
        )
      }
      which = 'own'
    }
    // The first connection of an instance finds a Redis that has served others.
    if (known !== 0 && known !== connection) settles = elapsed() + settleMs
    else if (settles !== undefined && elapsed() >= settles) settles = undefined
    known = connection
    missing = false
    circuit = CLOSED
  }
  const isShared = (): boolean =>
    !missing && !isOpen(circuit, rules) && connects() === known && settles === undefined && refilling === undefined
  const failed = (): void => {
    circuit = afterFailure(circuit, elapsed(), rules)
    missing = true
  }
  const look = async (): Promise<void> => {
    if (!missing && settles === undefined && connects() === known) return
    if (isOpen(circuit, rules) && restMs(circuit, elapsed()) > 0) return
    refilling ??= refill()
      .catch(failed)
      .finally(() => (refilling = undefined))
    await refilling
  }
  return {
    async take(asks: readonly RateAsk[]) {
      if (asks.length === 0) return UNLIMITED
      const name = `${instance}:${++asked}`
      if (isShared()) {
        try {
          const verdict = await window.take(asks, name, budgetMs)
          if (circuit.failures > 0 && !isOpen(circuit, rules)) circuit = CLOSED
          if (verdict.allowed) local.note(asks, name)
          return verdict
        } catch {
          failed()
          // One slow answer: Redis is told at once what it missed, and goes on deciding.
          void look()
        }
      }
      alone++
      return local.takeAs(asks, name)
    },
    figures: () => ({ shared: isShared(), alone }),
    look,
  }
}
