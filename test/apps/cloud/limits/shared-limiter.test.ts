import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openCloudRedis } from '../../../../src/adapters/cloud-redis/open-cloud-redis.ts'
import { openSharedWindow } from '../../../../src/adapters/cloud-redis/window-script.ts'
import { createLocalLimiter } from '../../../../src/apps/cloud/limits/local-limiter.ts'
import { createSharedLimiter } from '../../../../src/apps/cloud/limits/shared-limiter.ts'
import type { RateRule } from '../../../../src/domain/rate/sliding-window.ts'
import { describeWithRedis, redisForTests } from '../../../support/cloud-databases.ts'
import { address, budgetsOf, licence } from '../../../support/rate-rig.ts'

const RULE: RateRule = { limit: 100, windowMs: 60_000 }

/** One instance of the cloud, as far as limits go; all of a prefix share their budgets. */
async function instanceOf(url: string, prefix: string, { rule = RULE, instances = 2, budgetMs = 5_000 } = {}) {
  const redis = openCloudRedis({ url })
  onTestFinished(() => redis.close())
  await redis.settled(10_000)
  const budgets = budgetsOf(rule)
  const local = createLocalLimiter({ budgets, elapsed: () => performance.now(), instances: () => instances })
  const limiter = createSharedLimiter({
    window: openSharedWindow(redis, budgets, prefix),
    local,
    instance: randomBytes(4).toString('hex'),
    elapsed: () => performance.now(),
    connects: redis.connects,
    budgetMs,
  })
  await limiter.look()
  return { redis, limiter, local }
}

const freshPrefix = (): string => `t:${randomBytes(6).toString('hex')}:`

describeWithRedis('a limit that instances share', (url) => {
  it('lets a hundred in among all of them, whoever is asked', async () => {
    const prefix = freshPrefix()
    const all = await Promise.all([1, 2, 3].map(() => instanceOf(url, prefix)))
    const verdicts = await Promise.all(
      Array.from({ length: 600 }, async (_, n) => all[n % 3]!.limiter.take([licence('a'), address(`x${n % 9}`)])),
    )
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(100)
    expect(all.map(({ limiter }) => limiter.figures().alone)).toEqual([0, 0, 0])
  })

  it('takes a request from all of its budgets or from none', async () => {
    const { limiter } = await instanceOf(url, freshPrefix(), { rule: { limit: 2, windowMs: 60_000 } })
    await limiter.take([licence('a'), address('x')])
    await limiter.take([licence('b'), address('x')])
    expect(await limiter.take([licence('c'), address('x')])).toMatchObject({ allowed: false, refusedBy: address('x') })
    expect(await limiter.take([licence('c')])).toMatchObject({ allowed: true, remaining: 1 })
  })

  it('lets in whoever comes when he was told to, and nobody earlier', async () => {
    const { limiter } = await instanceOf(url, freshPrefix(), { rule: { limit: 3, windowMs: 1_500 } })
    for (let n = 0; n < 3; n++) expect((await limiter.take([licence('a')])).allowed).toBe(true)
    const refused = await limiter.take([licence('a')])
    expect(refused).toMatchObject({ allowed: false, remaining: 0 })
    expect(refused.retryAfterSeconds).toBeGreaterThanOrEqual(1)
    await delay(refused.retryAfterSeconds * 1000)
    expect((await limiter.take([licence('a')])).allowed).toBe(true)
  })

  it('leaves no key behind that nobody asks for any more', async () => {
    const prefix = freshPrefix()
    const { limiter } = await instanceOf(url, prefix, { rule: { limit: 3, windowMs: 60_000 } })
    await limiter.take([licence('a'), address('x')])
    const redis = await redisForTests(url)
    for (const key of ['licence:a', 'address:x']) {
      const ttl = await redis.pTTL(prefix + key)
      expect(ttl).toBeGreaterThan(30_000)
      expect(ttl).toBeLessThanOrEqual(61_000)
    }
  })

  it('is not stuck where a clock of Redis was set back', async () => {
    const prefix = freshPrefix()
    const { limiter } = await instanceOf(url, prefix, { rule: { limit: 2, windowMs: 60_000 } })
    const redis = await redisForTests(url)
    const inAnHour = (Date.now() + 3_600_000) * 1000
    await redis.zAdd(`${prefix}licence:a`, [
      { score: inAnHour, value: 'old:1' },
      { score: inAnHour, value: 'old:2' },
    ])
    expect((await limiter.take([licence('a')])).allowed).toBe(true)
  })

  it('knows its script again after Redis has forgotten it', async () => {
    const { limiter } = await instanceOf(url, freshPrefix())
    await limiter.take([licence('a')])
    await (await redisForTests(url)).scriptFlush()
    expect(await limiter.take([licence('a')])).toMatchObject({ allowed: true, remaining: 98 })
    expect(limiter.figures().alone).toBe(0)
  })

  it('tells Redis again what was let in, where that has been lost', async () => {
    const prefix = freshPrefix()
    const one = await instanceOf(url, prefix, { rule: { limit: 10, windowMs: 60_000 } })
    for (let n = 0; n < 7; n++) await one.limiter.take([licence('a')])
    const redis = await redisForTests(url)
    await redis.del(`${prefix}licence:a`)
    const id = String(await one.redis.ask(['CLIENT', 'ID'], 5_000))
    await redis.sendCommand(['CLIENT', 'KILL', 'ID', id])
    await expect.poll(() => one.redis.connects(), { timeout: 10_000 }).toBe(2)
    await one.limiter.look()
    const two = await instanceOf(url, prefix, { rule: { limit: 10, windowMs: 60_000 } })
    expect(await two.limiter.take([licence('a')])).toMatchObject({ allowed: true, remaining: 2 })
  })
})
