import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'redis'
import { getConfidence } from '../../src/contracts/cloud/pool.ts'
import { startPostgres, startRedis, type TestServer } from '../support/cloud-servers.ts'
import { otherClock } from '../support/other-clock.ts'
import { mostWithin } from '../support/rate-rig.ts'
import { repoRoot } from '../support/repo-root.ts'
import { askCloud, runningCloud } from '../support/running-cloud.ts'
import type { Bench, Figure } from './figure.ts'

export const name: Bench['name'] = 'cloud-limits'

const WINDOW_MS = 60_000
const LIMIT = 100
const INSTANCES = 2
/** Seconds: how long it is asked, when Redis is killed, and when an empty one takes its place. */
const [LASTS, DIES, BACK] = [170, 80, 95]
const REQUESTS = 1_700
const USER = 'abcabcabcabc'

type Answered = Readonly<{ sent: number; back: number }>

/**
 * The limit as it is shipped, over its true minute: one user at two instances from many addresses, the clock of one of them
 * half a minute ahead, and `kill -9` for Redis on the way.
 */
export const run: Bench['run'] = async () => {
  const [postgres, redis] = [await startPostgres(), await startRedis()]
  const ahead = otherClock('+30s')
  const program = join(repoRoot, 'dist', 'cloud.mjs')
  const start = (env: NodeJS.ProcessEnv) =>
    runningCloud({ databaseUrl: postgres.url, redisUrl: redis.url, args: ['--behind-proxy'], program, env })
  const servers = [await start({}), await start(ahead ?? {})]
  let second: TestServer | undefined
  try {
    const written = await admissionsBy(redis, `slipway:rate:user:${USER}`)
    const began = performance.now()
    const asking = askFor(
      servers.map(({ url }) => url),
      began,
    )
    await delay(DIES * 1000)
    await redis.kill()
    await delay((BACK - DIES) * 1000)
    second = await startRedis(Number(new URL(redis.url).port))
    const { admitted, refused, others } = await asking
    const stuck = await keysWithoutEnd(second)
    // What the instances do once they have noticed that it is back.
    const later = admitted.filter(({ sent }) => sent > began + (BACK + 3) * 1000)
    const clocks = ahead ? 'clock of one 30 s ahead' : 'faketime is missing: clocks alike'
    const figures: Figure[] = [
      {
        name: 'limit over two instances: most that Redis let in within any 60 s of its time',
        ...{ value: mostWithin(written, WINDOW_MS), limit: LIMIT, unit: 'requests' },
        note: `${written.length} let in of ${DIES * (REQUESTS / LASTS)} asked; ${clocks}`,
      },
      {
        name: 'limit over two instances: most within 60 s across the death of Redis',
        ...{ value: mostCertain(admitted), limit: LIMIT * (2 - 1 / INSTANCES), unit: 'requests' },
        note: `${admitted.length} let in, ${refused} turned away, of ${REQUESTS}; most after its return ${mostCertain(later)}`,
      },
      {
        name: 'limit over two instances: answers that were neither 200 nor 429, and keys without an end',
        ...{ value: others + stuck, limit: 0, unit: 'answers' },
      },
    ]
    return { figures }
  } finally {
    for (const server of servers) await server.kill()
    await second?.stop()
    await redis.stop()
    await postgres.stop()
  }
}

async function askFor(urls: readonly string[], began: number) {
  const admitted: Answered[] = []
  let [refused, others] = [0, 0]
  const body = { user_id: USER, symbol: 'ES', side: 'buy', features: { distance: 1 } }
  const one = async (n: number): Promise<void> => {
    await delay(Math.max(0, began + (LASTS * 1000 * n) / REQUESTS - performance.now()))
    const sent = performance.now()
    const headers = { 'x-forwarded-for': `203.0.113.${n % 250}` }
    const { status } = await askCloud(urls[n % urls.length]!, getConfidence.path, { body, headers })
    if (status === 200) admitted.push({ sent, back: performance.now() })
    else if (status === 429) refused++
    else others++
  }
  await Promise.all(Array.from({ length: REQUESTS }, (_, n) => one(n)))
  return { admitted, refused, others }
}

/** Most that were sent and answered within one window, so were certainly let in within it. */
function mostCertain(admitted: readonly Answered[]): number {
  return Math.max(
    0,
    ...admitted.map(
      ({ sent }) => admitted.filter((other) => other.sent >= sent && other.back < sent + WINDOW_MS).length,
    ),
  )
}

/** When Redis let them in, milliseconds of its clock: it writes that down, and its monitor tells. Not what it was told later. */
async function admissionsBy(redis: TestServer, key: string): Promise<readonly number[]> {
  const client = createClient({ url: redis.url, socket: { reconnectStrategy: false } })
  client.on('error', () => undefined)
  await client.connect()
  const times: number[] = []
  await client.monitor((line: string | Buffer) => {
    const added = /"ZADD" "([^"]+)" "(\d+)"/.exec(line.toString())
    if (added?.[1] === key) times.push(Number(added[2]) / 1000)
  })
  return times
}

async function keysWithoutEnd(redis: TestServer): Promise<number> {
  const client = createClient({ url: redis.url })
  await client.connect()
  const keys = await client.keys('slipway:*')
  const ends = await Promise.all(keys.map((key) => client.pTTL(key)))
  client.destroy()
  return ends.filter((ms) => ms < 0 || ms > WINDOW_MS + 1_000).length
}
