import type { CloudRedis } from './open-cloud-redis.ts'
import { redisScript } from './redis-script.ts'

/** KEYS: instances by their last beat. ARGV: name of this one, milliseconds after which one is gone. Answers how many there are. */
const BEAT = redisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[2]))
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now + 1000), '+inf')
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ARGV[2] * 2))
return redis.call('ZCARD', KEYS[1])
`)

/**
 * Says that this instance lives.
 *
 * @param goneMs an instance that was silent for so long does not count
 * @returns how many live, this one among them
 * @throws {RedisFailed}
 */
export async function beat(
  redis: CloudRedis,
  instance: string,
  goneMs: number,
  budgetMs: number,
  key: string,
): Promise<number> {
  return Number(await redis.run(BEAT, [key], [instance, String(goneMs)], budgetMs))
}

/** This instance ends in order. */
export async function lastBeat(redis: CloudRedis, instance: string, budgetMs: number, key: string): Promise<void> {
  await redis.ask(['ZREM', key, instance], budgetMs).catch(() => undefined)
}
