import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listAudit } from '../../../src/adapters/cloud-db/admin-records.ts'
import { openCloudDb } from '../../../src/adapters/cloud-db/open-cloud-db.ts'
import { noteFailedTry, storeStripeEvent } from '../../../src/adapters/cloud-db/subscription-records.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { answerOf, refusalOf, slipway } from '../../support/cli-run.ts'
import { LICENCE_NOW as NOW } from '../../support/licences.ts'
import { stripeEvent, updated } from '../../support/stripe.ts'
import { tempHome } from '../../support/temp-home.ts'

async function withDb<T>(home: string, work: (db: Awaited<ReturnType<typeof openCloudDb>>['db']) => Promise<T>) {
  const database = await openCloudDb({ kind: 'sqlite', file: join(home, 'cloud', 'cloud.db') })
  try {
    return await work(database.db)
  } finally {
    await database.close()
  }
}

/** A home whose cloud has given up on two events: one that nobody can read, and one that could be done with now. */
async function homeWithParked() {
  const home = tempHome()
  const run = (...words: string[]) =>
    slipway(home, ['cloud', 'stripe', ...words, '--json'], { env: {}, now: () => NOW })
  expect(answerOf(await run('list'))).toEqual([])
  const [strange, good] = [stripeEvent('customer.subscription.updated', { id: 7 }), updated()]
  await withDb(home, async (db) => {
    for (const [n, event] of [strange, good].entries()) {
      const stored = { id: event.id, type: event.type, payload: JSON.stringify(event), createdAt: NOW }
      await storeStripeEvent(db, stored, epochMs(NOW + n))
      await noteFailedTry(db, event.id, 'It could not be done with: Error.', 1, NOW)
    }
  })
  return { home, run, strange: strange.id, good: good.id }
}

describe('slipway cloud stripe', () => {
  it('lists what was parked and why, and tries it again', async () => {
    const { run, strange, good } = await homeWithParked()
    expect(answerOf(await run('list'))).toMatchObject([
      { id: good, state: 'parked', attempts: 1 },
      { id: strange, state: 'parked', attempts: 1, type: 'customer.subscription.updated' },
    ])
    const failed = await run('retry', strange)
    expect([failed.code, answerOf(failed)]).toMatchObject([1, { done: false, problem: expect.stringMatching(/id: /) }])
    const done = await run('retry', good)
    expect([done.code, answerOf(done)]).toEqual([0, { id: good, done: true, problem: null }])
    expect(refusalOf(await run('retry', good))).toMatchObject({ code: 'bad-usage' })
    expect(answerOf(await run('list'))).toMatchObject([{ id: strange, attempts: 2 }])
  })

  it('dismisses with a reason, which is written down', async () => {
    const { home, run, strange } = await homeWithParked()
    expect((await run('dismiss', strange)).code).toBe(2)
    expect(answerOf(await run('dismiss', strange, '--reason', 'a test of Stripe'))).toEqual({
      id: strange,
      dismissed: true,
    })
    expect(refusalOf(await run('dismiss', strange, '--reason', 'again'))).toMatchObject({ code: 'bad-usage' })
    expect(answerOf<unknown[]>(await run('list'))).toHaveLength(1)
    const audit = await withDb(home, (db) => listAudit(db, { limit: 9 }))
    expect(audit.at(-1)).toMatchObject({
      ...{ keyId: 'cli', action: 'stripe.dismiss', target: strange, detail: 'a test of Stripe' },
    })
  })
})
