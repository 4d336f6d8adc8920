import { expect, it } from 'vitest'
import { excludeContributor } from '../../../../src/adapters/cloud-db/experience-records.ts'
import { HOSTED_POOL } from '../../../../src/domain/pool/pool-settings.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { NOW, serve, given, put } from '../../../support/pool-server.ts'

describeOnBothDatabases('a pool of many, on several instances', (open) => {
  it('tells nothing of a cell that fewer than 20 licences gave to', async () => {
    const few = await open()
    await put(few, given(400, 19))
    const { body } = await (await serve(few, HOSTED_POOL)).confidence()
    expect(body).toMatchObject({ confidence: 0.5, sample_size: 0, win_rate: null })
    expect(body.reason).toBe('neutral: too few people have traded such a setup for what they saw to be told')
    const enough = await open()
    await put(enough, given(400, 20))
    expect((await (await serve(enough, HOSTED_POOL)).confidence()).body.win_rate).toBeGreaterThan(0.5)
    const users = await open()
    await put(users, given(400, 40, 'user:'))
    expect((await (await serve(users, HOSTED_POOL)).confidence()).body.win_rate).toBeNull()
  })

  it('answers alike on every instance, whenever each has read what', async () => {
    const opened = await open()
    const rows = given(900, 30)
    const early = await serve(opened, HOSTED_POOL)
    for (let from = 0; from < 900; from += 90) {
      await opened.db
        .insertInto('experiences')
        .values(rows.slice(from, from + 90).map((row) => ({ ...row, stored_at: NOW, status: 'used' })))
        .execute()
      await early.follower.look()
    }
    const late = await serve(opened, HOSTED_POOL)
    for (const x of [-3, -1, 0, 0.5, 2]) {
      const over = { features: { x, noise: 410 } }
      const { body } = await late.confidence(over)
      expect(body.sample_size).toBeGreaterThan(100)
      expect((await early.confidence(over)).body).toEqual(body)
    }
  })

  it('forgets a contributor that was taken out, on every instance', async () => {
    const opened = await open()
    await put(opened, given(100, 2))
    const { follower, confidence } = await serve(opened)
    expect((await confidence()).body.sample_size).toBe(50)
    await excludeContributor(opened.db, 'lic_0', true)
    await excludeContributor(opened.db, 'lic_1', true)
    await follower.look()
    expect((await confidence()).body.sample_size).toBe(0)
  })

  it('never tells who gave something', async () => {
    const opened = await open()
    await put(opened, given(400, 30))
    const server = await serve(opened, HOSTED_POOL)
    const answers = [await server.confidence(), await server.stats(), await server.save()]
    for (const answer of answers) expect(JSON.stringify(answer)).not.toMatch(/lic_|0123456789ab/)
  })
})
