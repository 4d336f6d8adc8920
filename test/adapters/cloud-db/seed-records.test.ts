import { expect, it } from 'vitest'
import { readExperiences, readPoolState } from '../../../src/adapters/cloud-db/experience-records.ts'
import { readPoolFigures } from '../../../src/adapters/cloud-db/given-records.ts'
import { plantSeed } from '../../../src/adapters/cloud-db/seed-records.ts'
import type { NewExperience } from '../../../src/adapters/cloud-db/experience-records.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../support/cloud-databases.ts'

const NOON = epochMs(Date.UTC(2026, 10, 20, 12))

const rowOf = (n: number): NewExperience => ({
  ...{
    kind: 'signal',
    user_id: '000000000000',
    contributor: 'seed:1',
    idempotency_key: `key-${n}`,
    body_hash: `b${n}`,
  },
  ...{ symbol: 'ES', symbol_class: 'us-equity', side: 'buy', strategy: 'vwap-bounce', timeframe: '1m' },
  ...{ source: 'synthetic', features: '{"rsi":30}', outcome: '{"r":1,"exit":"target"}', r: 1, day: '2026-11-20' },
  weight: 1,
})
const rowsOf = (from: number, count: number) => Array.from({ length: count }, (_, n) => rowOf(from + n))

/** A server that ends on the way, as by a power cut. */
async function* cutShort(rows: readonly NewExperience[]): AsyncGenerator<NewExperience> {
  yield* rows
  await Promise.resolve()
  throw new Error('power cut')
}

describeOnBothDatabases('a seed', (open) => {
  it('counts whole or not at all, and lets others have their turn while it is planted', async () => {
    const { db } = await open()
    const seen = new Set<number>()
    let looks = 0
    let isPlanting = true
    const looking = (async () => {
      while (isPlanting) {
        const [used, figures] = [await readExperiences(db, 0, 5_000), await readPoolFigures(db)]
        // Between the two looks it may have become whole.
        if (used.length > 0) expect(figures.seeded).toBe(2_000)
        else expect([0, 2_000]).toContain(figures.seeded)
        seen.add(used.length)
        looks++
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    expect(await plantSeed(db, 'v1', rowsOf(0, 2_000), NOON)).toBe(2_000)
    isPlanting = false
    await looking
    expect([...seen].filter((count) => count !== 0 && count !== 2_000)).toEqual([])
    expect(looks).toBeGreaterThanOrEqual(4)
    expect(await readExperiences(db, 0, 5_000)).toHaveLength(2_000)
  })

  it('that was cut short counts for nothing, and the next start makes it whole, each row once', async () => {
    const { db } = await open()
    await expect(plantSeed(db, 'v1', cutShort(rowsOf(0, 900)), NOON)).rejects.toThrow('power cut')
    expect(await readPoolState(db)).toEqual({ epoch: 0, seed: null })
    expect(await readExperiences(db, 0, 5_000)).toEqual([])
    expect((await readPoolFigures(db)).seeded).toBe(0)
    expect(await plantSeed(db, 'v1', rowsOf(0, 1_100), NOON)).toBe(1_100)
    expect(await readPoolState(db)).toEqual({ epoch: 1, seed: 'v1' })
    expect(await readExperiences(db, 0, 5_000)).toHaveLength(1_100)
  })

  it('has nothing of another that an earlier version began and never finished', async () => {
    const { db } = await open()
    await expect(plantSeed(db, 'v1', cutShort(rowsOf(0, 700)), NOON)).rejects.toThrow('power cut')
    expect(await plantSeed(db, 'v2', rowsOf(600, 300), NOON)).toBe(300)
    expect(await readExperiences(db, 0, 5_000)).toHaveLength(300)
    const { count } = await db
      .selectFrom('experiences')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    expect(count).toBe(300)
  })
})
