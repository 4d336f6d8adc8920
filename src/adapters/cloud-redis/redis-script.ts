import { createHash } from 'node:crypto'
import type { RedisScript } from './open-cloud-redis.ts'

/** Redis names a script by the SHA-1 of its text. */
export function redisScript(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}
