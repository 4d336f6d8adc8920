import type { RateAsk, RateVerdict } from '../../domain/rate/rate-limiter.ts'
import type { RateBudgets } from '../../domain/rate/budgets.ts'
import type { CloudRedis } from './open-cloud-redis.ts'
import { redisScript } from './redis-script.ts'

/**
 * judgeWindow (domain/rate/sliding-window.ts) in Redis, for several budgets at once: all of them or none. One script, so that
 * nobody comes between reading and writing, and Redis's own clock, so that the clocks of instances do not matter.
 *
 * KEYS: a sorted set for each budget, scored by microseconds. ARGV: a name for this request, then limit and window
 * (microseconds) of each. Answers: 1 or 0, remaining, microseconds until one fits, which budget refused.
 */
const TAKE = redisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local allowed, least, wait, which = 1, -1, 0, 0
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[i * 2]), tonumber(ARGV[i * 2 + 1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
  -- A clock that was set back would keep requests of its old future inside for as long.
  redis.call('ZREMRANGEBYSCORE', key, string.format('(%.0f', now + 1000000), '+inf')
  local inside = redis.call('ZCARD', key)
  if inside >= limit then
    allowed = 0
    local at = redis.call('ZRANGE', key, inside - limit, inside - limit, 'WITHSCORES')[2]
    local left = tonumber(at) + window - now
    if left > wait then wait, which = left, i end
  elseif least < 0 or limit - inside - 1 < least then
    least = limit - inside - 1
  end
end
if allowed == 0 then return {0, 0, wait, which} end
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, string.format('%.0f', now), ARGV[1])
  redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(ARGV[i * 2 + 1] / 1000) + 1000))
end
return {1, least, 0, 0}
`)

/** Brings back what Redis may have lost. KEYS: one set. ARGV: window in microseconds, then age in microseconds and name of each. */
const REFILL = redisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i = 2, #ARGV, 2 do
  redis.call('ZADD', KEYS[1], 'NX', string.format('%.0f', now - ARGV[i]), ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil(ARGV[1] / 1000) + 1000))
return 1
`)

/** One request that was let in: its name and how long ago, milliseconds. */
export type Admission = Readonly<{ name: string; ageMs: number }>

/** The budgets of all instances, in one Redis. */
export interface SharedWindow {
  /** @throws {RedisFailed} */
  take(asks: readonly RateAsk[], name: string, budgetMs: number): Promise<RateVerdict>
  /** @throws {RedisFailed} no answer within the time that a request would give it */
  ping(budgetMs: number): Promise<void>
  /** Adds requests that Redis does not know of; what it knows stays as it is. @throws {RedisFailed} */
  refill(ask: RateAsk, admissions: readonly Admission[], budgetMs: number): Promise<void>
}

export function openSharedWindow(redis: CloudRedis, budgets: RateBudgets, prefix = 'slipway:rate:'): SharedWindow {
  const keyOf = ({ subject, key }: RateAsk): string => `${prefix}${subject}:${key}`
  const micros = (ms: number): string => String(Math.round(ms * 1000))
  return {
    async take(asks, name, budgetMs) {
      const rules = asks.flatMap(({ subject }) => [String(budgets[subject].limit), micros(budgets[subject].windowMs)])
      const answer = await redis.run(TAKE, asks.map(keyOf), [name, ...rules], budgetMs)
      const [allowed, remaining, waitMicros, which] = numbersIn(answer)
      if (allowed === 1) return { allowed: true, remaining, retryAfterSeconds: 0, refusedBy: undefined }
      return {
        allowed: false,
        remaining: 0,
        retryAfterSeconds: Math.max(1, Math.ceil(waitMicros / 1_000_000)),
        refusedBy: asks[which - 1],
      }
    },
    async ping(budgetMs) {
      await redis.ask(['PING'], budgetMs)
    },
    async refill(ask, admissions, budgetMs) {
      const args = admissions.flatMap(({ name, ageMs }) => [micros(ageMs), name])
      await redis.run(REFILL, [keyOf(ask)], [micros(budgets[ask.subject].windowMs), ...args], budgetMs)
    },
  }
}

function numbersIn(answer: unknown): [number, number, number, number] {
  if (!Array.isArray(answer) || answer.length !== 4)
    throw new TypeError('the script of the rate limit answers four numbers')
  return answer.map(Number) as [number, number, number, number]
}
