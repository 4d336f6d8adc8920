import { expect, it } from 'vitest'
import { countByStatus } from '../../../../src/adapters/cloud-db/experience-records.ts'
import { EMBEDDED_POOL, HOSTED_POOL, type PoolSettings } from '../../../../src/domain/pool/pool-settings.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { DAY_MS, NOW, serve } from '../../../support/pool-server.ts'

const SMALL: PoolSettings = { ...HOSTED_POOL, room: { aGiverADay: 3, unprovenADay: 5 } }
const OTHER = 'ba9876543210'
const THIRD = 'cccccccccccc'
const key = (n: number) => `key-${String(n).padStart(16, '0')}`

describeOnBothDatabases('contributions without a paid licence', (open) => {
  async function server(settings = SMALL, licences: Partial<{ paid: string; tried: string }> = {}) {
    const opened = await open()
    const clock = { now: NOW }
    let turnedAway = 0
    const since =
      (...ids: (string | undefined)[]) =>
      async (id: string) =>
        ids.includes(id) ? NOW - DAY_MS : undefined
    const served = await serve(opened, settings, {
      licenceSince: since(licences.paid),
      standingSince: since(licences.paid, licences.tried),
      onFull: () => void turnedAway++,
      clock,
    })
    let n = 0
    const give = (user_id?: string, lease?: string) =>
      served.save({ ...(user_id === undefined ? {} : { user_id }), idempotency_key: key(++n) }, lease)
    const stored = async () => [...(await countByStatus(opened.db)).values()].reduce((sum, count) => sum + count, 0)
    return { ...served, opened, clock, give, stored, turnedAway: () => turnedAway }
  }

  it('have an end for one user id and for all of them, with a code and the time until the next day', async () => {
    const { give, stored, save, turnedAway } = await server()
    for (let n = 0; n < 3; n++) expect(await give()).toMatchObject({ status: 200, body: { result: 'stored' } })
    const full = await give()
    expect(full).toMatchObject({ status: 429, body: { code: 'contributions_full', retry_after: 43_200 } })
    // What is known already is answered so, however full the day is: its sender may forget it.
    expect(await save({ idempotency_key: key(2) })).toMatchObject({ status: 200, body: { result: 'duplicate' } })
    expect(await give(OTHER)).toMatchObject({ status: 200 })
    expect(await give(OTHER)).toMatchObject({ status: 200 })
    expect(await give(THIRD)).toMatchObject({ status: 429, body: { code: 'contributions_full' } })
    expect(await stored()).toBe(5)
    expect(turnedAway()).toBe(2)
  })

  it('have room again on the next day', async () => {
    const { opened, clock, give } = await server()
    for (let n = 0; n < 4; n++) await give()
    clock.now = epochMs(Date.UTC(2026, 10, 22))
    expect(await give()).toMatchObject({ status: 200 })
    clock.now = epochMs(Date.UTC(2026, 11, 22))
    await give()
    expect(await opened.db.selectFrom('gifts_of_day').select('day').distinct().execute()).toEqual([
      { day: '2026-12-22' },
    ])
  })

  it('take nothing from who shows a paid licence, nor from who shows one that he tries out', async () => {
    const { give, stored } = await server(SMALL, { paid: 'lic_paid', tried: 'lic_tried' })
    for (let n = 0; n < 6; n++) await give(n < 3 ? OTHER : THIRD)
    expect(await give()).toMatchObject({ status: 429 })
    for (let n = 0; n < 9; n++) expect(await give(undefined, 'lic_paid')).toMatchObject({ status: 200 })
    for (let n = 0; n < 3; n++) expect(await give(undefined, 'lic_tried')).toMatchObject({ status: 200 })
    expect(await give(undefined, 'lic_tried')).toMatchObject({ status: 429, body: { code: 'contributions_full' } })
    // One that was revoked or has ended proves nothing any more.
    expect(await give(undefined, 'lic_gone')).toMatchObject({ status: 429 })
    expect(await stored()).toBe(5 + 9 + 3)
  })

  it('are counted whole where they come at once', async () => {
    const { give, stored } = await server()
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => give()))
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(await stored()).toBe(3)
  })

  it('have no end on one’s own machine, and are not even counted', async () => {
    const { give, opened } = await server({ ...EMBEDDED_POOL, room: SMALL.room })
    for (let n = 0; n < 7; n++) expect(await give()).toMatchObject({ status: 200 })
    expect(await opened.db.selectFrom('gifts_of_day').selectAll().execute()).toEqual([])
  })
})
