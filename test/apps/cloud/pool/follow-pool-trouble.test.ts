import { expect, it, onTestFinished } from 'vitest'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { followPool } from '../../../../src/apps/cloud/pool/follow-pool.ts'
import { EMBEDDED_POOL } from '../../../../src/domain/pool/pool-settings.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { rowOf } from '../../../support/pool-experiences.ts'

/** The database, away from its n-th question on until it is said to be back. */
function awayFrom(db: CloudDb, question: number): { db: CloudDb; back: () => void } {
  let asked = 0
  let isAway = true
  const get = (target: CloudDb, name: string | symbol) => {
    if (name === 'selectFrom' && isAway && ++asked >= question) throw new Error('the database is away')
    const value = Reflect.get(target, name, target) as unknown
    return typeof value === 'function' ? (value.bind(target) as unknown) : value
  }
  return { db: new Proxy(db, { get }), back: () => (isAway = false) }
}

describeOnBothDatabases('an instance whose database goes away while it reads the pool', (open) => {
  it('goes on behind the last row it has, and counts none twice', async () => {
    const { db: whole } = await open()
    const rows = Array.from({ length: 2_500 }, (_, n) =>
      rowOf({ idempotency_key: `key-${String(n).padStart(16, '0')}` }),
    )
    for (let from = 0; from < rows.length; from += 500)
      await whole
        .insertInto('experiences')
        .values(rows.slice(from, from + 500).map((row) => ({ ...row, stored_at: 1, status: 'used' })))
        .execute()
    // After the state of the pool and two pages.
    const { db, back } = awayFrom(whole, 4)
    const log = { info: () => undefined, warn: () => undefined }
    const follower = followPool({ db, settings: EMBEDDED_POOL, log, now: () => epochMs(0), elapsed: () => 0 })
    onTestFinished(() => follower.close())
    await expect(follower.look()).rejects.toThrow('away')
    expect([follower.loaded, follower.pool.size]).toEqual([false, 2_000])
    back()
    await follower.look()
    expect([follower.loaded, follower.pool.size]).toEqual([true, 2_500])
  })
})
