import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'redis'
import { expect, it, onTestFinished } from 'vitest'
import { describeWithRedis } from '../../support/cloud-databases.ts'
import { startRedis, type TestServer } from '../../support/cloud-servers.ts'
import { otherClock } from '../../support/other-clock.ts'
import { mostWithin } from '../../support/rate-rig.ts'
import { programOf } from '../../support/programs/programs.ts'

const LIMIT = 100
const WINDOW_MS = 2_000
const PROGRAM = programOf('limited-instance')
const AHEAD = otherClock('+30s')

type Verdict = { allowed: boolean; remaining: number; retryAfterSeconds: number; mode: string }
/** One request that was let in: when it was sent and when its answer was here, milliseconds of this process. */
type Admitted = { instance: number; sent: number; back: number; mode: string }

/**
 * Two instances of the cloud; the clock of the second is half a minute ahead. They wait longer for Redis than a server
 * does: a machine that is busy with tests is no Redis that is slow.
 */
async function twoInstances(redis: TestServer, { window = WINDOW_MS, budget = 2_000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-limits-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  onTestFinished(() => agent.destroy())
  const start = async (name: string, clock: NodeJS.ProcessEnv): Promise<string> => {
    const settings = {
      redis: redis.url,
      file: join(folder, `${name}.db`),
      instance: name,
      limit: LIMIT,
      window,
      budget,
    }
    const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)])
    const env = { ...process.env, ...clock }
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit'], env })
    onTestFinished(async () => {
      if (child.exitCode === null) {
        child.stdin.end()
        await once(child, 'exit')
      }
    })
    const [port] = (await once(child.stdout, 'data')) as [Buffer]
    return `http://127.0.0.1:${port.toString().trim()}`
  }
  const urls = await Promise.all([start('one', {}), start('two', AHEAD ?? {})])
  const ask = async <T>(instance: number, path: string): Promise<T> =>
    await new Promise((resolve, reject) => {
      const asked = request(new URL(path, urls[instance]), { agent }, (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(JSON.parse(text) as T)
            : reject(new Error(`${response.statusCode} ${text}`)),
        )
      })
      asked.on('error', reject)
      asked.end()
    })
  const figures = (instance: number) => ask<{ mode: string; instances: number; clock: number }>(instance, '/figures')
  for (const instance of [0, 1])
    await expect
      .poll(async () => await figures(instance), { timeout: 30_000 })
      .toMatchObject({ mode: 'shared', instances: 2 })
  return { ask, figures }
}

/** Asks both in turn, so many in so long a time, and keeps what was let in. */
async function load(
  { ask }: Awaited<ReturnType<typeof twoInstances>>,
  { requests, ms, licence }: { requests: number; ms: number; licence: string },
) {
  const admitted: Admitted[] = []
  const refused: Verdict[] = []
  const began = performance.now()
  const one = async (n: number): Promise<void> => {
    await delay(Math.max(0, began + (ms * n) / requests - performance.now()))
    const sent = performance.now()
    const verdict = await ask<Verdict>(n % 2, `/take?licence=${licence}`)
    if (verdict.allowed) admitted.push({ instance: n % 2, sent, back: performance.now(), mode: verdict.mode })
    else refused.push(verdict)
  }
  await Promise.all(Array.from({ length: requests }, (_, n) => one(n)))
  return { admitted, refused }
}

/** Most that were certainly let in within one span: those that were sent in it and answered in it. */
function mostCertain(admitted: readonly Admitted[], span: number): number {
  return Math.max(
    0,
    ...admitted.map(({ sent }) => admitted.filter((other) => other.sent >= sent && other.back < sent + span).length),
  )
}

async function ownRedis(port?: number): Promise<TestServer> {
  const redis = await startRedis(port)
  onTestFinished(() => redis.stop())
  return redis
}

/** When Redis itself says that it let them in, milliseconds of its clock: what it wrote, as its monitor tells. */
async function admissionsBy(redis: TestServer, key: string) {
  const client = createClient({ url: redis.url })
  client.on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.destroy())
  const times: number[] = []
  await client.monitor((line: string | Buffer) => {
    const added = /"ZADD" "([^"]+)" "(\d+)"/.exec(line.toString())
    if (added?.[1] === key) times.push(Number(added[2]) / 1000)
  })
  return times
}

describeWithRedis('a rate limit over two instances', () => {
  if (AHEAD === undefined) console.warn('faketime is missing: both instances have the same clock')

  it('holds in every span around a boundary, whatever the clocks of the instances say', async () => {
    const redis = await ownRedis()
    const two = await twoInstances(redis)
    const clocks = await Promise.all([0, 1].map(async (instance) => (await two.figures(instance)).clock))
    if (AHEAD !== undefined) expect(clocks[1]! - clocks[0]!).toBeGreaterThan(25_000)
    const times = await admissionsBy(redis, 'slipway:rate:licence:a')

    const { admitted, refused } = await load(two, { requests: 1_000, ms: 2.4 * WINDOW_MS, licence: 'a' })
    expect(admitted.length + refused.length).toBe(1_000)
    await expect.poll(() => times.length).toBe(admitted.length)
    expect(mostWithin(times, WINDOW_MS)).toBe(LIMIT)
    expect(mostCertain(admitted, WINDOW_MS)).toBeLessThanOrEqual(LIMIT)
    // All of it is given: the limit holds, and takes no more than it must.
    expect(admitted.length).toBeGreaterThanOrEqual(2 * LIMIT)
    expect(admitted.every(({ mode }) => mode === 'shared')).toBe(true)
    for (const { retryAfterSeconds } of refused) expect(retryAfterSeconds).toBeLessThanOrEqual(WINDOW_MS / 1000)

    await delay(WINDOW_MS + 1_500)
    const client = createClient({ url: redis.url })
    await client.connect()
    expect(await client.keys('slipway:rate:*')).toEqual([])
    client.destroy()
    expect(await two.ask<Verdict>(0, '/take?licence=a')).toMatchObject({ allowed: true, remaining: LIMIT - 1 })
  })

  it('holds when Redis is killed in the middle and comes back empty', async () => {
    const redis = await ownRedis()
    const two = await twoInstances(redis)
    const port = Number(new URL(redis.url).port)
    const loading = load(two, { requests: 2_000, ms: 6 * WINDOW_MS, licence: 'b' })
    await delay(1.5 * WINDOW_MS)
    const dead = performance.now()
    await redis.kill()
    await delay(2 * WINDOW_MS)
    await ownRedis(port)
    const { admitted, refused } = await loading
    // Nobody was turned away because of Redis, and nobody was without a limit.
    expect(admitted.length + refused.length).toBe(2_000)
    const alone = admitted.filter(({ mode }) => mode === 'fallback')
    for (const instance of [0, 1]) {
      const own = alone.filter((one) => one.instance === instance)
      expect(own.length).toBeGreaterThan(0)
      expect(mostCertain(own, WINDOW_MS)).toBeLessThanOrEqual(LIMIT / 2)
    }
    const alive = admitted.filter((one) => one.back < dead)
    expect(mostCertain(alive, WINDOW_MS)).toBeLessThanOrEqual(LIMIT)
    // Across its death and its return: what it forgot it was told again before it decided.
    expect(mostCertain(admitted, WINDOW_MS)).toBeLessThanOrEqual(LIMIT * 1.5)
    // Once neither decides alone any more, which takes as long as both need to find Redis again.
    const together = Math.max(...alone.map(({ back }) => back))
    const afterwards = admitted.filter(({ sent }) => sent > together)
    expect(mostCertain(afterwards, WINDOW_MS)).toBeLessThanOrEqual(LIMIT)
    await expect.poll(async () => (await two.figures(0)).mode, { timeout: 30_000 }).toBe('shared')
    await expect.poll(async () => (await two.figures(1)).mode, { timeout: 30_000 }).toBe('shared')
    const again = await load(two, { requests: 600, ms: 2 * WINDOW_MS, licence: 'b' })
    expect(again.admitted.length).toBeGreaterThan(0)
    expect(again.admitted.every(({ mode }) => mode === 'shared')).toBe(true)
    expect(mostCertain([...afterwards, ...again.admitted], WINDOW_MS)).toBeLessThanOrEqual(LIMIT)
    await delay(WINDOW_MS)
    expect(await two.ask<Verdict>(1, '/take?licence=b')).toMatchObject({ allowed: true, mode: 'shared' })
  })

  it('is decided at once while Redis hangs', async () => {
    const redis = await ownRedis()
    const two = await twoInstances(redis, { window: 60_000, budget: 50 })
    process.kill(redis.pid, 'SIGSTOP')
    onTestFinished(() => void process.kill(redis.pid, 'SIGCONT'))
    const verdicts = []
    for (let n = 0; n < 60; n++) verdicts.push(await two.ask<Verdict>(0, '/take?licence=c'))
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(LIMIT / 2)
    expect(verdicts.at(-1)).toMatchObject({ mode: 'fallback' })
    process.kill(redis.pid, 'SIGCONT')
    await expect.poll(async () => (await two.figures(0)).mode, { timeout: 10_000 }).toBe('shared')
    // What was let in meanwhile counts for the other instance too.
    const next = await two.ask<Verdict>(1, '/take?licence=c')
    expect(next.remaining).toBeLessThan(LIMIT)
  })
})
