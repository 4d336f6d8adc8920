import { expect, it } from 'vitest'
import {
  countByStatus,
  countGivenBy,
  excludeContributor,
  readExperiences,
  readPoolState,
  storeExperience,
} from '../../../src/adapters/cloud-db/experience-records.ts'
import { plantSeed } from '../../../src/adapters/cloud-db/seed-records.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../support/cloud-databases.ts'
import { rowOf } from '../../support/pool-experiences.ts'

const NOON = epochMs(Date.UTC(2026, 10, 21, 12))
const used = () => 'used' as const
const key = (n: number) => `key-${String(n).padStart(16, '0')}`

describeOnBothDatabases('experiences in the database', (open) => {
  it('are stored once for a key of a user and a kind, however often they come', async () => {
    const { db } = await open()
    expect(await storeExperience(db, rowOf(), NOON, used)).toBe('stored')
    expect(await storeExperience(db, rowOf(), NOON, used)).toBe('duplicate')
    expect(await storeExperience(db, rowOf({ kind: 'exit' }), NOON, used)).toBe('stored')
    expect(await storeExperience(db, rowOf({ user_id: 'ffffffffffff' }), NOON, used)).toBe('stored')
    expect(await storeExperience(db, rowOf({ body_hash: 'other', r: -1 }), NOON, used)).toBe('conflict')
    const rows = await readExperiences(db, 0, 100)
    expect(rows.map(({ experience }) => [experience.kind, experience.r])).toEqual([
      ['signal', 1],
      ['exit', 1],
      ['signal', 1],
    ])
  })

  it('that come at the same time under one key leave one row', async () => {
    const opened = await open()
    const other = await opened.again()
    const tries = Array.from({ length: 20 }, (_, n) =>
      storeExperience((n % 2 ? other : opened).db, rowOf(), NOON, used),
    )
    const outcomes = await Promise.all(tries)
    expect(outcomes.toSorted()).toEqual([...Array<string>(19).fill('duplicate'), 'stored'])
  })

  it('are followed by their number without a gap, while many write', async () => {
    const opened = await open()
    const other = await opened.again()
    const seen: string[] = []
    let last = 0
    let done = false
    const follow = async () => {
      for (const { seq, experience } of await readExperiences(opened.db, last, 7)) {
        seen.push(experience.symbol)
        last = seq
      }
    }
    const writing = Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const row = rowOf({ idempotency_key: key(n), symbol: `S${n}` })
        await storeExperience((n % 2 ? other : opened).db, row, NOON, used)
      }),
    ).then(() => (done = true))
    while (!done) await follow()
    await writing
    for (let pass = 0; pass < 10; pass++) await follow()
    expect(seen.toSorted()).toEqual(Array.from({ length: 60 }, (_, n) => `S${n}`).toSorted())
  })

  it('tell the judge how many of the contributor were stored on that UTC day and count', async () => {
    const { db } = await open()
    const given: number[] = []
    const store = (n: number, at: number, status: 'used' | 'capped' = 'used', over = {}) =>
      storeExperience(db, rowOf({ idempotency_key: key(n), ...over }), epochMs(at), (count) => {
        given.push(count)
        return status
      })
    await store(1, NOON - 13 * 3_600_000)
    await store(2, NOON)
    await store(3, NOON + 1, 'capped')
    await store(4, NOON + 2)
    await store(5, NOON + 3, 'used', { contributor: 'lic_2' })
    expect(given).toEqual([0, 0, 1, 1, 0])
    expect(await countByStatus(db)).toEqual(
      new Map([
        ['capped', 1],
        ['used', 4],
      ]),
    )
    expect(await readExperiences(db, 0, 9)).toHaveLength(4)
  })

  it('bring the path of an exit with them, and only of an exit', async () => {
    const { db } = await open()
    await storeExperience(db, rowOf({ weight: 0.25 }), NOON, used)
    await storeExperience(db, rowOf({ kind: 'exit' }), NOON, used)
    const [signal, exit] = (await readExperiences(db, 0, 9)).map(({ experience }) => experience)
    expect(signal).toMatchObject({ weight: 0.25, features: { rsi: 30, stretch: -2 }, mfe: undefined, exit: 'other' })
    expect(exit).toMatchObject({ weight: 1, mfe: 1.2, mae: -0.4, exit: 'target' })
  })

  it('of a contributor can be taken out and back in, and every instance is told', async () => {
    const { db } = await open()
    for (let n = 0; n < 4; n++) await storeExperience(db, rowOf({ idempotency_key: key(n) }), NOON, used)
    expect((await readPoolState(db)).epoch).toBe(0)
    expect(await excludeContributor(db, 'lic_1', true)).toBe(4)
    expect(await readExperiences(db, 0, 9)).toHaveLength(0)
    expect(await excludeContributor(db, 'lic_1', true)).toBe(0)
    expect((await readPoolState(db)).epoch).toBe(1)
    expect(await excludeContributor(db, 'lic_1', false)).toBe(4)
    expect((await readPoolState(db)).epoch).toBe(2)
    expect(await readExperiences(db, 0, 9)).toHaveLength(4)
  })

  it('are planted once, by one of the instances that start together', async () => {
    const opened = await open()
    const other = await opened.again()
    const seed = Array.from({ length: 1_200 }, (_, n) => rowOf({ idempotency_key: key(n), contributor: 'seed:1' }))
    const planted = await Promise.all([plantSeed(opened.db, 'v1', seed, NOON), plantSeed(other.db, 'v1', seed, NOON)])
    expect(planted.toSorted()).toEqual([0, 1_200])
    expect(await readPoolState(opened.db)).toEqual({ epoch: 1, seed: 'v1' })
    expect(await plantSeed(opened.db, 'v2', seed, NOON)).toBe(0)
    expect(await readExperiences(opened.db, 0, 5_000)).toHaveLength(1_200)
  })

  it('are counted for the user who gave them, whether they count or not', async () => {
    const { db } = await open()
    await storeExperience(db, rowOf(), NOON, used)
    await storeExperience(db, rowOf({ idempotency_key: key(2), r: -0.5 }), NOON, () => 'held-range')
    expect(await countGivenBy(db, '0123456789ab')).toEqual({ count: 2, wins: 1, totalR: 0.5 })
    expect(await countGivenBy(db, 'ffffffffffff')).toEqual({ count: 0, wins: 0, totalR: 0 })
  })
})
