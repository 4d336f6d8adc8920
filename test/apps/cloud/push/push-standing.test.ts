import { expect, it } from 'vitest'
import { revokeLicence } from '../../../../src/apps/cloud/licence/revoke-licence.ts'
import { pushHandlers } from '../../../../src/apps/cloud/push/push-handlers.ts'
import { readPushes } from '../../../../src/contracts/cloud/push.ts'
import { epochMs, type EpochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { eventsOf, NOON, pushDeskOf } from '../../../support/push-rig.ts'

import { USER, OTHER, LICENCE, leaseOf, callOf, BY, serverOf, codeOf } from '../../../support/push-server.ts'

describeOnBothDatabases('news of a licence', (open) => {
  it('tells of a licence only whoever shows its lease', async () => {
    const { desk, listen } = await serverOf((await open()).db)
    expect(await codeOf(() => listen(callOf(), 'licence'))).toBe('lease_invalid')
    expect(
      await codeOf(() => listen(callOf({ lease: leaseOf({ user_id: OTHER, licence_id: `lic_${OTHER}` }) }), 'licence')),
    ).toBe('lease_invalid')
    expect(await codeOf(() => listen(callOf({ lease: leaseOf({ grace_until: NOON / 1000 }) }), 'licence'))).toBe(
      'lease_invalid',
    )
    const [mine, strangers] = [eventsOf(await listen(callOf({ lease: leaseOf() }))), eventsOf(await listen(callOf()))]
    for (const one of [mine, strangers]) await one.next()
    await desk.publish('licence', { licence_id: LICENCE, change: 'revoked' }, { userId: USER })
    await desk.publish('calendar', { revision: 3, emergency: null, withdrawn: null }, 'everyone')
    expect((await mine.next()).value).toMatchObject({ event: 'licence', data: { payload: { change: 'revoked' } } })
    expect((await strangers.next()).value).toMatchObject({ event: 'calendar' })
    for (const one of [mine, strangers]) await one.return()
  })

  it('tells nobody of a licence who shows a lease of one that was revoked or has ended, whatever the age of the lease', async () => {
    const { db } = await open()
    const { clock, listen, share } = await serverOf(db)
    const mine = callOf({ lease: leaseOf() })
    expect(await codeOf(async () => (await listen(mine, 'licence')).body!.cancel())).toBe('none')
    await revokeLicence(db, LICENCE, 'charged back', BY)
    expect(await codeOf(() => listen(mine, 'licence'))).toBe('lease_invalid')
    await expect(share(mine)).rejects.toMatchObject({ code: 'lease_invalid' })
    await db
      .updateTable('licences')
      .set({ revoked_at: null, expires_at: NOON + 1_000 })
      .execute()
    expect(await codeOf(async () => (await listen(mine, 'licence')).body!.cancel())).toBe('none')
    clock.now = epochMs(NOON + 1_000)
    expect(await codeOf(() => listen(mine, 'licence'))).toBe('lease_invalid')
    expect(await codeOf(() => listen(callOf({ lease: leaseOf({ licence_id: 'lic_unknown' }) }), 'licence'))).toBe(
      'lease_invalid',
    )
  })

  it('is told that its licence was revoked, and ends within a minute of that', async () => {
    const { db } = await open()
    const { desk, listen, passed } = await serverOf(db)
    const [mine, other, stranger] = [
      eventsOf(await listen(callOf({ lease: leaseOf() }))),
      eventsOf(await listen(callOf({ userId: OTHER, lease: leaseOf({ user_id: OTHER, licence_id: `lic_${OTHER}` }) }))),
      eventsOf(await listen(callOf())),
    ]
    for (const one of [mine, other, stranger]) await one.next()
    await revokeLicence(db, LICENCE, 'charged back', BY)
    desk.told()
    expect((await mine.next()).value).toMatchObject({ event: 'licence', data: { payload: { change: 'revoked' } } })
    passed.elapsed = 60_000
    expect((await mine.next()).done).toBe(true)
    expect(desk.listeners()).toBe(2)
    await desk.publish('licence', { licence_id: LICENCE, change: 'changed' }, { userId: USER })
    await desk.publish('licence', { licence_id: `lic_${OTHER}`, change: 'changed' }, { userId: OTHER })
    expect((await other.next()).value).toMatchObject({ data: { payload: { licence_id: `lic_${OTHER}` } } })
    for (const one of [other, stranger]) await one.return()
  })

  it('ends when the lease it was opened with is worth nothing any more', async () => {
    const { clock, listen } = await serverOf((await open()).db)
    const events = eventsOf(await listen(callOf({ lease: leaseOf() })))
    await events.next()
    clock.now = epochMs(NOON + 604_800_000)
    expect((await events.next()).done).toBe(true)
  })

  it('goes on while the database does not answer, and ends afterwards where it must', async () => {
    const opened = await open()
    const { desk } = await pushDeskOf(opened.db)
    let answer: () => Promise<EpochMs | undefined> = async () => NOON
    const parts = { desk, deployment: 'hosted', licenceSince: () => answer(), now: () => NOON } as const
    let elapsed = 0
    const handlers = pushHandlers({ ...parts, elapsed: () => (elapsed += 60_000), heartbeatMs: 10 })
    const subscribe = handlers.find(({ route }) => route === readPushes)!.answer
    const events = eventsOf((await subscribe(callOf({ lease: leaseOf() }), { user_id: USER } as never)) as Response)
    await events.next()
    let asked = 0
    answer = () => (asked++, Promise.reject(new Error('away')))
    await expect.poll(() => asked).toBeGreaterThan(2)
    expect(desk.listeners()).toBe(1)
    answer = async () => undefined
    expect((await events.next()).done).toBe(true)
  })
})
