import { describe, expect, it, onTestFinished } from 'vitest'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { listOffences } from '../../../../src/adapters/cloud-db/offence-listing.ts'
import { createOffenceBook } from '../../../../src/apps/cloud/limits/offences.ts'
import { openLimits } from '../../../../src/apps/cloud/limits/open-limits.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { NOON } from '../../../support/push-rig.ts'
import { address, budgetsOf, licence } from '../../../support/rate-rig.ts'
import { askCloud, servedCloud } from '../../../support/running-cloud.ts'

const DAY = 86_400_000
const USER = 'aaaaaaaaaaaa'

async function limitsOf(db: CloudDb) {
  const limits = await openLimits({
    ...{ db, instance: 'test', now: () => NOON, elapsed: () => performance.now() },
    budgets: budgetsOf({ limit: 2, windowMs: 60_000 }),
  })
  let closed = false
  const close = async () => {
    if (!closed) await limits.close()
    closed = true
  }
  onTestFinished(close)
  return { ...limits, close }
}

describeOnBothDatabases('the limits of an instance', (open) => {
  it('write down who was turned away, added up over all instances', async () => {
    const opened = await open()
    const [one, two] = [await limitsOf(opened.db), await limitsOf((await opened.again()).db)]
    for (const { limiter } of [one, two]) for (let n = 0; n < 5; n++) await limiter.take([licence('greedy')])
    await one.limiter.take([address('192.0.2.7')])
    expect(one.figures()).toMatchObject({ mode: 'local', instances: 1, refused: { licence: 3, address: 0 } })
    await Promise.all([one.close(), two.close()])
    expect(await listOffences(opened.db, { limit: 10 })).toEqual([
      { subject: 'licence:greedy', day: '2026-11-21', count: 6, lastAt: NOON },
    ])
  })

  it('tell the worst first, and forget them after a month', async () => {
    const { db } = await open()
    const clock = { now: NOON }
    const book = createOffenceBook(db, () => clock.now)
    book.note(address('x'))
    for (let n = 0; n < 3; n++) book.note(licence('a'))
    await book.flush()
    clock.now = epochMs(NOON + 2 * DAY)
    book.note(licence('a'))
    await book.flush()
    const offenders = await listOffences(db, { limit: 10 })
    expect(offenders.map(({ subject, day, count }) => [subject, day, count])).toEqual([
      ['licence:a', '2026-11-21', 3],
      ['address:x', '2026-11-21', 1],
      ['licence:a', '2026-11-23', 1],
    ])
    clock.now = epochMs(NOON + 31 * DAY)
    await book.flush()
    expect((await listOffences(db, { limit: 10 })).map(({ day }) => day)).toEqual(['2026-11-23'])
  })

  it('keep what the database could not take for the next time', async () => {
    const { db } = await open()
    const book = createOffenceBook(db, () => NOON)
    await db.schema.alterTable('rate_offences').renameTo('elsewhere').execute()
    book.note(licence('a'))
    await book.flush()
    book.note(licence('a'))
    await db.schema.alterTable('elsewhere').renameTo('rate_offences').execute()
    await book.flush()
    expect(await listOffences(db, { limit: 10 })).toMatchObject([{ subject: 'licence:a', count: 2 }])
  })

  it('do not let those who are turned away fill the memory', async () => {
    const { db } = await open()
    const book = createOffenceBook(db, () => NOON)
    for (let n = 0; n < 12_000; n++) book.note(address(`a${n}`))
    await book.flush()
    expect(await listOffences(db, { limit: 20_000 })).toHaveLength(10_000)
  })
})

describe('a server that is asked too often', () => {
  it('answers 429, says when to come again, and goes on with all others', async () => {
    const server = await servedCloud({ behindProxy: true })
    const from = (where: string) => ({ headers: { 'x-forwarded-for': where } })
    const calendar = (where: string) => askCloud(server.url, '/api/calendar', from(where))
    const first = await calendar('192.0.2.7')
    expect(first.headers['ratelimit-remaining']).toBe('99')
    for (let n = 1; n < 100; n++) await calendar('192.0.2.7')
    const refused = await calendar('192.0.2.7')
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(refused.headers['ratelimit-remaining']).toBe('0')
    const seconds = Number(refused.headers['retry-after'])
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect((refused.body as { retry_after: number }).retry_after).toBe(seconds)
    expect((await calendar('192.0.2.8')).status).toBe(first.status)
    expect((await askCloud(server.url, '/health', from('192.0.2.7'))).status).toBe(200)
    // The first hop is what a caller may claim; the last is what our proxy saw.
    expect((await calendar('192.0.2.99, 192.0.2.7')).status).toBe(429)
    const admin = await askCloud(server.url, '/api/admin/refresh_calendar', { body: {}, ...from('192.0.2.7') })
    expect(admin).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
  })

  it('counts who shows no lease by his address, wrong requests too, and leaves the user he names alone', async () => {
    const server = await servedCloud({ behindProxy: true })
    const ask = (where: string, more: object = {}) =>
      askCloud(server.url, '/api/ml/get_confidence', {
        body: { user_id: USER, symbol: 'ES', side: 'buy', features: { a: 1 }, ...more },
        headers: { 'x-forwarded-for': where },
      })
    for (let n = 0; n < 50; n++) expect((await ask('198.51.100.1')).status).toBe(200)
    for (let n = 50; n < 100; n++) expect((await ask('198.51.100.1', { nonsense: 1 })).status).toBe(400)
    expect((await ask('198.51.100.1')).status).toBe(429)
    expect((await ask('198.51.100.1', { user_id: 'ffffffffffff' })).status).toBe(429)
    expect((await ask('198.51.100.2')).status).toBe(200)
  })

  it('counts no address on the private socket', async () => {
    const folder = (await servedCloud()).folder
    const endpoint = `${folder}/cloud.sock`
    const server = await servedCloud({ deployment: 'embedded', listen: { endpoint } })
    for (let n = 0; n < 130; n++) expect((await askCloud(server.address, '/api/calendar')).status).not.toBe(429)
  })
})

describe('an admin route', () => {
  it('does not let strangers try keys without end, and looks none up for who has tried too many', async () => {
    const server = await servedCloud({ behindProxy: true })
    const attempt = (n: number) =>
      askCloud(server.url, '/api/admin/refresh_calendar', {
        body: {},
        headers: { 'x-forwarded-for': '192.0.2.7', authorization: `Bearer sla_${String(n).padStart(43, 'k')}` },
      })
    for (let from = 0; from < 300; from += 25) {
      const answers = await Promise.all(Array.from({ length: 25 }, (_, n) => attempt(from + n)))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401))
    }
    expect(await attempt(300)).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  })
})
