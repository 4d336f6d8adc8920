import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RedisFailed } from '../../../../src/adapters/cloud-redis/open-cloud-redis.ts'
import type { SharedWindow } from '../../../../src/adapters/cloud-redis/window-script.ts'
import { createLocalLimiter } from '../../../../src/apps/cloud/limits/local-limiter.ts'
import { createSharedLimiter } from '../../../../src/apps/cloud/limits/shared-limiter.ts'
import { budgetsOf, licence, mostWithin } from '../../../support/rate-rig.ts'

const LIMIT = 6
const WINDOW_MS = 10_000
const STEP_MS = 100
const ASK = licence('a')

/** What happens in one step: a few requests at one instance, and what becomes of Redis. */
type Step = Readonly<{
  instance: number
  requests: number
  redis: 'stays' | 'dies' | 'comes back' | 'is slow' | 'is quick'
  /** Whether a slow Redis does what it is asked after nobody waits any more. */
  acts: boolean
}>

/** Redis as it may be: away, late, or without its memory. The decision is the same as of the script. */
function fakeRedis(clock: { now: number }) {
  let entries = new Map<string, number>()
  const state = { up: true, slow: false, acts: false, connects: 1 }
  const inside = (): number => {
    for (const [name, at] of entries) if (at <= clock.now - WINDOW_MS) entries.delete(name)
    return entries.size
  }
  const answer = (act: () => void): void => {
    if (!state.up) throw new RedisFailed('away', false)
    if (!state.slow || state.acts) act()
    if (state.slow) throw new RedisFailed('slow', true)
  }
  const window: SharedWindow = {
    async take(_asks, name) {
      let allowed = false
      answer(() => {
        allowed = inside() < LIMIT
        if (allowed) entries.set(name, clock.now)
      })
      const verdict = { remaining: 0, retryAfterSeconds: allowed ? 0 : 1 }
      return { ...verdict, allowed, refusedBy: allowed ? undefined : ASK }
    },
    async ping() {
      answer(() => undefined)
    },
    async refill(_ask, admissions) {
      answer(() => {
        for (const { name, ageMs } of admissions) if (!entries.has(name)) entries.set(name, clock.now - ageMs)
      })
    },
  }
  return {
    window,
    state,
    die() {
      state.up = false
      entries = new Map()
    },
    comeBack() {
      if (!state.up) state.connects++
      state.up = true
    },
  }
}

async function admittedIn(instances: number, steps: readonly Step[]) {
  const clock = { now: 0 }
  const redis = fakeRedis(clock)
  const limiters = Array.from({ length: instances }, (_, n) =>
    createSharedLimiter({
      window: redis.window,
      local: createLocalLimiter({
        budgets: budgetsOf({ limit: LIMIT, windowMs: WINDOW_MS }),
        elapsed: () => clock.now,
        instances: () => instances,
      }),
      instance: `i${n}`,
      elapsed: () => clock.now,
      connects: () => redis.state.connects,
    }),
  )
  const admitted: number[] = []
  for (const { instance, requests, redis: change, acts } of steps) {
    if (change === 'dies') redis.die()
    if (change === 'comes back') redis.comeBack()
    if (change === 'is slow') redis.state.slow = true
    if (change === 'is quick') redis.state.slow = false
    redis.state.acts = acts
    for (let n = 0; n < requests; n++)
      if ((await limiters[instance % instances]!.take([ASK])).allowed) admitted.push(clock.now)
    clock.now += STEP_MS
    // Each looks every second, at a moment of its own.
    for (const [n, limiter] of limiters.entries()) if ((clock.now / STEP_MS + n * 3) % 10 === 0) await limiter.look()
  }
  return { admitted, limiters, clock, redis }
}

const step = fc.record({
  instance: fc.nat({ max: 2 }),
  requests: fc.nat({ max: 4 }),
  redis: fc.oneof(
    { weight: 12, arbitrary: fc.constant('stays' as const) },
    { weight: 1, arbitrary: fc.constantFrom('dies' as const, 'is slow' as const) },
    { weight: 2, arbitrary: fc.constantFrom('comes back' as const, 'is quick' as const) },
  ),
  acts: fc.boolean(),
})

describe('a limit that instances share, whatever becomes of Redis', () => {
  it('is never passed by more than the shares of those who had to decide alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 300 }), async (instances, steps) => {
        const { admitted } = await admittedIn(instances, steps)
        const most = LIMIT + (instances - 1) * Math.floor(LIMIT / instances)
        expect(mostWithin(admitted, WINDOW_MS)).toBeLessThanOrEqual(most)
      }),
    )
  })

  it('holds exactly while Redis does its work', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 300 }), async (instances, steps) => {
        const quiet = steps.map((one) => ({ ...one, redis: 'stays' as const }))
        const { admitted } = await admittedIn(instances, quiet)
        expect(mostWithin(admitted, WINDOW_MS)).toBeLessThanOrEqual(LIMIT)
      }),
    )
  })

  it('lets all of it in again when everything has passed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 100 }), async (instances, steps) => {
        const calm: Step = { instance: 0, requests: 0, redis: 'stays', acts: true }
        const end: Step[] = [
          { ...calm, redis: 'comes back' },
          { ...calm, redis: 'is quick' },
          ...Array.from({ length: 200 }, () => calm),
        ]
        const { limiters } = await admittedIn(instances, [...steps, ...end])
        let count = 0
        for (let n = 0; n < 2 * LIMIT; n++) if ((await limiters[n % instances]!.take([ASK])).allowed) count++
        expect(count).toBe(LIMIT)
        expect(limiters.every((limiter) => limiter.figures().shared)).toBe(true)
      }),
    )
  })
})
