import { expect, it, onTestFinished } from 'vitest'
import { excludeContributor } from '../../../../src/adapters/cloud-db/experience-records.ts'
import { plantSeed } from '../../../../src/adapters/cloud-db/seed-records.ts'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { followPool } from '../../../../src/apps/cloud/pool/follow-pool.ts'
import { EMBEDDED_POOL, HOSTED_POOL, type PoolSettings } from '../../../../src/domain/pool/pool-settings.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { market, rowOf } from '../../../support/pool-experiences.ts'

function rows(count: number, from = 0, bias = 0) {
  const { trade } = market(from + 1, { bias })
  return Array.from({ length: count }, (_, n) => {
    const { features, r } = trade('x')
    return rowOf({
      ...{ contributor: `lic_${n % 3}`, idempotency_key: `key-${String(from + n).padStart(16, '0')}` },
      ...{ features: JSON.stringify(features), r },
    })
  })
}

async function add(db: CloudDb, more: ReturnType<typeof rows>) {
  for (let from = 0; from < more.length; from += 500)
    await db
      .insertInto('experiences')
      .values(more.slice(from, from + 500).map((row) => ({ ...row, stored_at: 1, status: 'used' })))
      .execute()
}

function follow(db: CloudDb, settings: PoolSettings = EMBEDDED_POOL, now = () => epochMs(0)) {
  const told: string[] = []
  let passed = 0
  const log = { info: (event: string) => void told.push(event), warn: (event: string) => void told.push(event) }
  const follower = followPool({ db, settings, log, now, elapsed: () => passed })
  onTestFinished(() => follower.close())
  return { follower, told, later: (ms: number) => (passed += ms) }
}

describeOnBothDatabases('an instance that follows the pool', (open) => {
  it('reads all there is, many pages long, and then what is new', async () => {
    const { db } = await open()
    await add(db, rows(12_000))
    const { follower, told } = follow(db)
    expect(follower.loaded).toBe(false)
    await follower.look()
    expect([follower.loaded, follower.pool.size]).toEqual([true, 12_000])
    await add(db, rows(7, 12_000))
    await follower.look()
    expect(follower.pool.size).toBe(12_007)
    expect(told).toEqual(['pool-read'])
  })

  it('tells how old its copy is, by the time its reading began', async () => {
    const { db } = await open()
    const { follower, later } = follow(db)
    later(4_000)
    expect(follower.ageSeconds()).toBe(4)
    await follower.look()
    expect(follower.ageSeconds()).toBe(0)
    later(2_500)
    expect(follower.health()).toMatchObject({ loaded: true, ageSeconds: 2.5, rows: 0, drifting: [] })
  })

  it('answers from its old copy while it reads all anew', async () => {
    const { db } = await open()
    await add(db, rows(300))
    const { follower } = follow(db)
    await follower.look()
    const before = follower.pool
    await excludeContributor(db, 'lic_0', true)
    const reading = follower.look()
    expect(follower.pool).toBe(before)
    await reading
    expect(follower.pool).not.toBe(before)
    expect(follower.pool.size).toBe(200)
  })

  it('looks again for those who asked while it was looking', async () => {
    const { db } = await open()
    const { follower } = follow(db)
    const stored = add(db, rows(5))
    const first = follower.look()
    const second = stored.then(() => follower.look())
    const [third, fourth] = [follower.look(), follower.look()]
    expect(third).toBe(fourth)
    await Promise.all([first, second, third])
    expect(follower.pool.size).toBe(5)
  })

  it('keeps what it has when the database is gone, and goes on from there', async () => {
    const opened = await open()
    await add(opened.db, rows(30))
    const { follower } = follow(opened.db)
    await follower.look()
    await opened.db.destroy()
    await expect(follower.look()).rejects.toThrow(/driver|destroyed|closed|pool/i)
    expect(follower.pool.size).toBe(30)
    expect(follower.loaded).toBe(true)
  })

  it('says once when a cell drifts', async () => {
    const { db } = await open()
    await plantSeed(db, 'none', [], epochMs(1))
    await add(db, rows(300, 0, 2))
    const { follower, told } = follow(db)
    await follower.look()
    await add(db, rows(120, 300, -2))
    await follower.look()
    await follower.look()
    expect(told.filter((event) => event === 'pool-drift')).toHaveLength(1)
    expect(follower.health().drifting).toEqual(['signal us-equity buy vwap-bounce'])
  })

  it('lets a trade of a person count on a hosted server when a day has passed, what Slipway brings with it at once', async () => {
    const { db } = await open()
    const DAY = 86_400_000
    const seeds = rows(50).map((row) => ({ ...row, contributor: 'seed:x' }))
    await plantSeed(db, 'test', seeds, epochMs(DAY))
    const stored = (of: ReturnType<typeof rows>, at: number) =>
      db
        .insertInto('experiences')
        .values(of.map((row) => ({ ...row, stored_at: at, status: 'used' })))
        .execute()
    // The clock of the instance that stored the second was behind: it waits with the first, and is not missed.
    await stored(rows(3, 100), DAY + 5_000)
    await stored(rows(4, 200), DAY + 1_000)
    let now = epochMs(2 * DAY)
    const { follower } = follow(db, HOSTED_POOL, () => now)
    const sizeAt = async (time: number, of = follower) => {
      now = epochMs(time)
      await of.look()
      return of.pool.size
    }
    expect(await sizeAt(2 * DAY)).toBe(50)
    expect(await sizeAt(2 * DAY + 4_999)).toBe(50)
    expect(await sizeAt(2 * DAY + 5_000)).toBe(57)
    await stored(rows(2, 300), 2 * DAY + 6_000)
    expect(await sizeAt(3 * DAY)).toBe(57)
    expect(await sizeAt(3 * DAY, follow(db, HOSTED_POOL, () => now).follower)).toBe(57)
    expect(await sizeAt(3 * DAY, follow(db, EMBEDDED_POOL, () => now).follower)).toBe(59)
    expect(await sizeAt(3 * DAY + 6_000)).toBe(59)
  })

  it('goes on behind trades that a clock far ahead has stored, a day after others came behind them', async () => {
    const { db } = await open()
    const day = 86_400_000
    const store = async (more: ReturnType<typeof rows>, at: number) =>
      void (await db
        .insertInto('experiences')
        .values(more.map((row) => ({ ...row, stored_at: at, status: 'used' })))
        .execute())
    await store(rows(5), day)
    await store(rows(2, 100), 400 * day)
    let now = epochMs(2.5 * day)
    const { follower } = follow(db, HOSTED_POOL, () => now)
    const sizeAt = async (days: number) => {
      now = epochMs(days * day)
      await follower.look()
      return follower.pool.size
    }
    expect(await sizeAt(3)).toBe(5)
    await store(rows(3, 200), 3 * day)
    await store(rows(4, 300), 3.5 * day)
    expect(await sizeAt(3.9)).toBe(5)
    expect(await sizeAt(4)).toBe(10)
    expect(await sizeAt(5)).toBe(14)
  })
})
