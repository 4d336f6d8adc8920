import { expect, it } from 'vitest'
import { countByStatus } from '../../../../src/adapters/cloud-db/experience-records.ts'
import { EMBEDDED_POOL, HOSTED_POOL } from '../../../../src/domain/pool/pool-settings.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { market, rowOf } from '../../../support/pool-experiences.ts'
import { NOW, DAY_MS, USER, trade, serve, given, put } from '../../../support/pool-server.ts'

describeOnBothDatabases('the pool of the cloud', (open) => {
  it('answers neutral, and lets trade, while little is known', async () => {
    const { confidence } = await serve(await open())
    const { status, body } = await confidence()
    expect(status).toBe(200)
    expect(body).toEqual({
      ...{ confidence: 0.5, should_trade: true, threshold: 0.5, sample_size: 0, win_rate: null, expected_pnl: null },
      ...{ reason: 'neutral: nothing like it is in the pool', stop_multiple: null, target_multiple: null },
    })
  })

  it('learns from trades as they are saved, once each', async () => {
    const server = await serve(await open())
    const { trade: next } = market(3, { bias: 3 })
    for (let n = 0; n < 40; n++) {
      const { features, r } = next('x')
      const key = `key-${String(n).padStart(16, '0')}`
      const over = { idempotency_key: key, features: { ...features }, outcome: { r, exit: 'other' as const } }
      expect((await server.save(over)).body).toEqual({ result: 'stored' })
      if (n < 5) expect((await server.save(over)).body).toEqual({ result: 'duplicate' })
    }
    expect(server.nudges()).toBe(40)
    await server.follower.look()
    const { body } = await server.confidence()
    expect(body.sample_size).toBe(40)
    expect(body.win_rate).toBeGreaterThan(0.8)
    expect(body.should_trade).toBe(true)
    expect(body.reason).toMatch(/^of 40 trades like it \d+ % won/)
    const stats = await server.stats()
    expect(stats.body).toMatchObject({ total: { count: 40 }, mine: { count: 40 }, contributors: 1, seeded: 0 })
  })

  it('tells what a user gave, and how it went, to nobody but him: anybody may call himself so', async () => {
    const server = await serve(await open(), HOSTED_POOL)
    await server.save({}, 'lic_one')
    expect((await server.stats()).body).toMatchObject({ mine: null })
    expect((await server.stats('lic_one')).body).toMatchObject({ mine: { count: 1, win_rate: 1, total_r: 1 } })
  })

  it('refuses a key that was used for another trade, and stores nothing', async () => {
    const opened = await open()
    const { save } = await serve(opened)
    await save()
    const { status, body } = await save({ outcome: { r: -1, exit: 'stop' } })
    expect(status).toBe(422)
    expect(body.code).toBe('key_conflict')
    expect(await countByStatus(opened.db)).toEqual(new Map([['used', 1]]))
  })

  it('takes the same trade in another order of fields for the same', async () => {
    const { save } = await serve(await open())
    await save({ features: { a: 1, b: 2 } })
    expect((await save({ features: { b: 2, a: 1 } })).body).toEqual({ result: 'duplicate' })
  })

  it.each([
    ['a result beyond 20 R', { outcome: { r: 21, exit: 'target' } }],
    ['no number', { outcome: { r: null, exit: 'target' } }],
    ['a feature out of range', { features: { x: 1e7 } }],
    ['no features', { features: {} }],
    ['thirteen features', { features: Object.fromEntries(Array.from({ length: 13 }, (_, n) => [`f${n}`, n])) }],
    ['an unknown field', { quantity: 5 }],
    ['a name that is SQL', { strategy: "x'; DROP TABLE experiences; --" }],
    ['a symbol that is SQL', { symbol: "ES' OR 1=1" }],
    ['a key with a line break', { idempotency_key: 'key-000000000000\r\nx: y' }],
    ['a made-up prototype', { features: JSON.parse('{"__proto__": 1}') as object }],
    ['no user', { user_id: undefined }],
  ])('refuses %s and stores nothing', async (_, over) => {
    const opened = await open()
    const { ask } = await serve(opened)
    const { status, body } = await ask<{ code: string }>('/api/ml/save_trade', { ...trade(), ...over })
    expect(status).toBe(400)
    expect(body.code).toMatch(/^(body_invalid|user_id_required)$/)
    expect(await countByStatus(opened.db)).toEqual(new Map())
  })

  it('keeps history told again, and lets it count for nothing', async () => {
    const opened = await open()
    const { save } = await serve(opened)
    await save({ source: 'replay' })
    await save({ source: 'synthetic', idempotency_key: 'key-0000000000000002' })
    expect(await countByStatus(opened.db)).toEqual(
      new Map([
        ['source', 1],
        ['used', 1],
      ]),
    )
  })

  it('lets made-up prices count on one’s own machine only', async () => {
    const opened = await open()
    const { save } = await serve(opened, HOSTED_POOL)
    await save({ source: 'synthetic' })
    expect(await countByStatus(opened.db)).toEqual(new Map([['source', 1]]))
  })

  it('holds what the market of the day does not allow', async () => {
    const opened = await open()
    const { save } = await serve(opened, EMBEDDED_POOL, { rangeOf: (symbol) => (symbol === 'ES' ? 100 : undefined) })
    const features = { riskTicks: 40 }
    await save({ features, outcome: { r: 2.5, exit: 'target', bars: 9 } })
    await save({ features, outcome: { r: 9, exit: 'target', bars: 9 }, idempotency_key: 'key-0000000000000002' })
    await save({
      features,
      outcome: { r: 9, exit: 'target', bars: 9 },
      symbol: 'NQ',
      idempotency_key: 'key-0000000000000003',
    })
    expect(await countByStatus(opened.db)).toEqual(
      new Map([
        ['held-range', 1],
        ['used', 2],
      ]),
    )
  })

  it('weighs by who vouches: a licence by its age, a bare user id hardly', async () => {
    const opened = await open()
    const licenceSince = async (id: string) => (id === 'lic_old' ? NOW - 45 * DAY_MS : undefined)
    const { save } = await serve(opened, HOSTED_POOL, { licenceSince })
    await save()
    await save({ idempotency_key: 'key-0000000000000002' }, 'lic_old')
    await save({ idempotency_key: 'key-0000000000000003' }, 'lic_revoked')
    const rows = await opened.db.selectFrom('experiences').select(['contributor', 'weight']).orderBy('seq').execute()
    expect(rows).toEqual([
      { contributor: `user:${USER}`, weight: 0.02 },
      { contributor: 'lic_old', weight: 0.625 },
      { contributor: `user:${USER}`, weight: 0.02 },
    ])
  })

  it('uses the threshold of the plan', async () => {
    const opened = await open()
    await put(opened, given(400, 1))
    const { confidence } = await serve(opened)
    expect((await confidence()).body).toMatchObject({ threshold: 0.5, should_trade: true })
    expect((await confidence({}, 'lic_0')).body).toMatchObject({ threshold: 0.9, should_trade: false })
  })

  it('is advised against by people’s trades, not by what Slipway brought with it', async () => {
    const { trade: next } = market(9, { bias: -3 })
    const lost = (contributor: string, from: number) =>
      Array.from({ length: 60 }, (_, n) => {
        const { features, r, exit } = next(contributor)
        const texts = { features: JSON.stringify(features), outcome: JSON.stringify({ r, exit }) }
        return rowOf({ contributor, idempotency_key: `key-${String(from + n).padStart(16, '0')}`, ...texts, r })
      })
    const seeds = await open()
    await put(seeds, lost('seed:x', 0))
    const { body } = await (await serve(seeds)).confidence()
    expect(body.confidence).toBeLessThan(0.2)
    expect(body.should_trade).toBe(true)
    expect(body.reason).toMatch(/all in Slipway's own replays of generated markets, which keep nobody from a trade$/)
    const people = await open()
    await put(people, [...lost('seed:x', 0), ...lost('lic_1', 60)])
    const said = (await (await serve(people)).confidence()).body
    expect(said.should_trade).toBe(false)
    expect(said.reason).toMatch(/\d+ of them in Slipway's own replays of generated markets$/)
  })
})
