import { expect, it, onTestFinished } from 'vitest'
import {
  countByStatus,
  excludeContributor,
  type NewExperience,
} from '../../../../src/adapters/cloud-db/experience-records.ts'
import { plantSeed } from '../../../../src/adapters/cloud-db/seed-records.ts'
import { openMetrics } from '../../../../src/apps/cloud/cloud-metrics.ts'
import { followPool } from '../../../../src/apps/cloud/pool/follow-pool.ts'
import { poolHandlers, type PoolParts } from '../../../../src/apps/cloud/pool/pool-handlers.ts'
import type { LeaseClaims } from '../../../../src/contracts/cloud/licence.ts'
import type { ConfidenceAnswer, SaveTrade } from '../../../../src/contracts/cloud/pool.ts'
import { EMBEDDED_POOL, HOSTED_POOL, type PoolSettings } from '../../../../src/domain/pool/pool-settings.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases, type OpenedCloud } from '../../../support/cloud-databases.ts'
import { cloudFetch } from '../../../support/cloud-fetch.ts'
import { market, rowOf } from '../../../support/pool-experiences.ts'

const NOW = epochMs(Date.UTC(2026, 10, 21, 12))
const DAY_MS = 86_400_000
const USER = '0123456789ab'
const trade = (over: Partial<SaveTrade> = {}): SaveTrade => ({
  user_id: USER,
  idempotency_key: 'key-0000000000000001',
  kind: 'signal',
  symbol: 'ES',
  side: 'buy',
  features: { x: 1, noise: 400 },
  outcome: { r: 1, exit: 'target', bars: 5 },
  source: 'paper',
  timeframe: '1m',
  strategy: 'vwap-bounce',
  day: '2026-11-20',
  ...over,
})
const question = (over: object = {}) => ({
  user_id: USER,
  symbol: 'ES',
  side: 'buy',
  features: { x: 1, noise: 400 },
  ...over,
})
const leaseOf = (licence: string, user = USER) =>
  ({ licence_id: licence, user_id: user, device_id: 'device-0001', threshold: 0.9 }) as LeaseClaims

async function serve(opened: OpenedCloud, settings: PoolSettings = EMBEDDED_POOL, more: Partial<PoolParts> = {}) {
  const { db } = opened
  // What these tests have stored is old enough to be used.
  const follows = epochMs(NOW + settings.delayMs)
  const told: string[] = []
  const log = { info: () => undefined, warn: (event: string) => void told.push(event) }
  const follower = followPool({ db, settings, log, now: () => follows, elapsed: () => 0 })
  onTestFinished(() => follower.close())
  await follower.look()
  let nudges = 0
  const licenceSince = async () => NOW - 45 * DAY_MS
  const parts = { db, follower, settings, licenceSince, nudge: () => void nudges++, ...more }
  const handle = cloudFetch({
    handlers: poolHandlers(parts),
    limiter: { take: async () => ({ allowed: true, remaining: 9, retryAfterSeconds: 0, refusedBy: undefined }) },
    leases: { verify: (token) => (token.startsWith('lic_') ? leaseOf(token, USER) : undefined) },
    findAdmin: async () => undefined,
    metrics: openMetrics(),
    log: { error: (event: string) => void told.push(event) },
    now: () => NOW,
    elapsed: () => 0,
  })
  async function ask<T>(path: string, body?: object, lease?: string): Promise<{ status: number; body: T }> {
    const headers = {
      'content-type': 'application/json',
      ...(lease ? { 'x-slipway-lease': lease, 'x-slipway-device': 'device-0001' } : {}),
    }
    const init = body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers }
    const response = await handle(new Request(`http://cloud${path}`, init), { address: 'local' })
    return { status: response.status, body: (await response.json()) as T }
  }
  return {
    follower,
    told,
    nudges: () => nudges,
    save: (over: Partial<SaveTrade> = {}, lease?: string) =>
      ask<{ result?: string; code?: string }>('/api/ml/save_trade', trade(over), lease),
    confidence: (over: object = {}, lease?: string) =>
      ask<ConfidenceAnswer>('/api/ml/get_confidence', question(over), lease),
    stats: () => ask<{ [name: string]: unknown }>(`/api/ml/stats?user_id=${USER}`),
    ask,
  }
}

/** Rows of a made-up market, as contributors of a number of licences would have given them. */
function given(count: number, contributors: number, prefix = 'lic_'): NewExperience[] {
  const { trade: next } = market(7)
  return Array.from({ length: count }, (_, n) => {
    const { features, r, exit } = next(`${prefix}${n % contributors}`)
    return rowOf({
      contributor: `${prefix}${n % contributors}`,
      idempotency_key: `key-${String(n).padStart(16, '0')}`,
      features: JSON.stringify(features),
      outcome: JSON.stringify({ r, exit }),
      r,
    })
  })
}

const put = (opened: OpenedCloud, rows: readonly NewExperience[]) => plantSeed(opened.db, 'test', rows, NOW)

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
