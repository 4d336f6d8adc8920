import { expect, it, onTestFinished } from 'vitest'
import { findLicence, insertLicence } from '../../../../src/adapters/cloud-db/licence-records.ts'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { CloudRefused, type CloudCall } from '../../../../src/apps/cloud/cloud-call.ts'
import { revokeLicence } from '../../../../src/apps/cloud/licence/revoke-licence.ts'
import { standingLicences } from '../../../../src/apps/cloud/licence/standing-licences.ts'
import { pushHandlers } from '../../../../src/apps/cloud/push/push-handlers.ts'
import type { CalendarEvent } from '../../../../src/contracts/cloud/calendar.ts'
import type { LeaseClaims } from '../../../../src/contracts/cloud/licence.ts'
import { readPushes, shareSignal } from '../../../../src/contracts/cloud/push.ts'
import { newTerms } from '../../../../src/domain/licence/new-licence.ts'
import { epochMs, type EpochMs } from '../../../../src/domain/units/units.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { eventsOf, NOON, pushDeskOf } from '../../../support/push-rig.ts'

const USER = 'aaaaaaaaaaaa'
const OTHER = 'bbbbbbbbbbbb'
const LICENCE = `lic_${USER}`
const SIGNAL = { user_id: USER, symbol_class: 'us-equity-index', side: 'buy', strategy: 'vwap-bounce', confidence: 0.7 }

function leaseOf(change: Partial<LeaseClaims> = {}): LeaseClaims {
  const now = NOON / 1000
  return {
    ...{ v: 1, licence_id: LICENCE, user_id: USER, device_id: 'device-1', account_id: '0'.repeat(32), plan: 'pro' },
    ...{ accounts: 1, devices: 1, threshold: 0.5, fence: 1, jti: '0'.repeat(16) },
    ...{ iat: now, exp: now + 86_400, grace_until: now + 604_800 },
    ...change,
  }
}

function callOf(change: Partial<CloudCall> = {}, headers: Record<string, string> = {}): CloudCall {
  return {
    ...{ requestId: 'request-1', now: NOON, address: '192.0.2.7', userId: USER, deviceId: undefined },
    ...{ lease: undefined, admin: undefined, signal: new AbortController().signal, rawBody: '' },
    header: (name) => headers[name.toLowerCase()],
    ...change,
  }
}

const BY = { actor: 'cli', at: NOON }

/** The licences of the two users: lic_aaaaaaaaaaaa and lic_bbbbbbbbbbbb. */
async function licencesIn(db: CloudDb) {
  if (await findLicence(db, LICENCE)) return
  for (const userId of [USER, OTHER]) {
    const terms = newTerms({ userId, plan: 'pro' }, NOON)
    const made = { id: `lic_${userId}`, keyHash: userId, keyHint: '', email: null, source: 'cli', subscriptionId: null }
    await insertLicence(db, { ...terms, ...made } as Parameters<typeof insertLicence>[1], BY)
  }
}

async function serverOf(db: CloudDb, deployment: 'embedded' | 'hosted' = 'hosted') {
  await licencesIn(db)
  const { desk, clock } = await pushDeskOf(db)
  const passed = { elapsed: 0 }
  const now = () => clock.now
  const parts = { desk, deployment, licenceSince: standingLicences(db, now), now, elapsed: () => passed.elapsed }
  const handlers = pushHandlers({ ...parts, heartbeatMs: 20 })
  const of = (path: string) => handlers.find(({ route }) => route.path === path)!
  return {
    ...{ desk, clock, passed },
    async listen(call: CloudCall, topics?: string) {
      const input = readPushes.input.parse({ user_id: call.userId, ...(topics === undefined ? {} : { topics }) })
      return (await of('/api/push').answer(call, input as never)) as Response
    },
    share: async (call: CloudCall, body: object = SIGNAL) =>
      (await of('/api/signals').answer(call, shareSignal.input.parse(body) as never)) as { seq: number },
  }
}

const codeOf = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work()
    return 'none'
  } catch (error) {
    return error instanceof CloudRefused ? error.code : String(error)
  }
}

describeOnBothDatabases('the stream of pushes', (open) => {
  it('says hello with an id to resume from, then tells', async () => {
    const { listen, share } = await serverOf((await open()).db)
    const events = eventsOf(await listen(callOf()))
    const hello = (await events.next()).value!
    expect(hello).toEqual({
      id: '0',
      event: 'hello',
      data: { complete: true, server_time: new Date(NOON).toISOString() },
    })
    const { seq } = await share(callOf({ lease: leaseOf() }))
    expect((await events.next()).value).toMatchObject({
      id: String(seq),
      event: 'signal',
      data: { topic: 'signal' },
    })
    await events.return()
  })

  it('resumes after Last-Event-ID on whichever instance', async () => {
    const opened = await open()
    const [one, two] = [await serverOf(opened.db), await serverOf((await opened.again()).db)]
    const { seq } = await one.share(callOf({ lease: leaseOf() }))
    await one.share(callOf({ lease: leaseOf() }), { ...SIGNAL, confidence: 0.9 })
    const events = eventsOf(await two.listen(callOf({}, { 'last-event-id': String(seq) })))
    expect((await events.next()).value).toMatchObject({ event: 'hello', data: { complete: true } })
    expect((await events.next()).value).toMatchObject({ data: { payload: { confidence: 0.9 } } })
    await events.return()
  })

  it('tells nobody who has shared a signal', async () => {
    const { listen, share } = await serverOf((await open()).db)
    const events = eventsOf(await listen(callOf(), 'signal'))
    await events.next()
    await share(callOf({ lease: leaseOf() }))
    const told = JSON.stringify((await events.next()).value)
    expect(told).not.toContain(USER)
    expect(told).not.toContain(LICENCE)
    await events.return()
  })

  it('tells what a signal was found on, and takes none of history told again', async () => {
    const { listen, share } = await serverOf((await open()).db)
    const events = eventsOf(await listen(callOf(), 'signal'))
    await events.next()
    await share(callOf({ lease: leaseOf() }), { ...SIGNAL, source: 'synthetic' })
    expect((await events.next()).value).toMatchObject({ data: { payload: { source: 'synthetic' } } })
    await share(callOf({ lease: leaseOf() }))
    expect((await events.next()).value).not.toHaveProperty('data.payload.source')
    await events.return()
    expect(shareSignal.input.safeParse({ ...SIGNAL, source: 'replay' }).success).toBe(false)
  })

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

  it('takes signals on a hosted server from holders of a licence only', async () => {
    const { db } = await open()
    const { share } = await serverOf(db)
    await expect(share(callOf())).rejects.toMatchObject({ code: 'lease_invalid' })
    await expect(
      share(callOf({ lease: leaseOf({ user_id: OTHER, licence_id: `lic_${OTHER}` }) })),
    ).rejects.toMatchObject({
      code: 'lease_invalid',
    })
    expect(await db.selectFrom('pushes').selectAll().execute()).toEqual([])
  })

  it('takes signals and tells of licences on the private socket without a lease', async () => {
    const { desk, listen, share } = await serverOf((await open()).db, 'embedded')
    await share(callOf({ address: 'local' }))
    const events = eventsOf(await listen(callOf({ address: 'local' }), 'licence'))
    await events.next()
    await desk.publish('licence', { licence_id: LICENCE, change: 'changed' }, { userId: USER })
    expect((await events.next()).value).toMatchObject({ event: 'licence' })
    await events.return()
  })

  it('says something even when there is nothing to say', async () => {
    const { listen } = await serverOf((await open()).db)
    const reader = (await listen(callOf())).body!.getReader()
    let text = ''
    while (!text.includes('\n\n:\n\n')) text += new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
  })

  it('ends when the caller leaves, and when the server does', async () => {
    const { desk, listen } = await serverOf((await open()).db)
    const leaving = new AbortController()
    const [left, stays] = [eventsOf(await listen(callOf({ signal: leaving.signal }))), eventsOf(await listen(callOf()))]
    for (const one of [left, stays]) await one.next()
    expect(desk.listeners()).toBe(2)
    leaving.abort()
    expect((await left.next()).done).toBe(true)
    expect(desk.listeners()).toBe(1)
    await desk.close()
    expect((await stays.next()).done).toBe(true)
  })

  it('drops who does not read, and keeps no more for him than a bounded number of bytes', async () => {
    const { desk, listen } = await serverOf((await open()).db)
    const response = await listen(callOf())
    onTestFinished(() => response.body!.cancel())
    await expect.poll(() => desk.listeners()).toBe(1)
    const note = 'x'.repeat(500)
    const emergency: CalendarEvent = {
      ...{ id: 'EMERGENCY:1', date: '2026-11-21', time: '12:00', zone: 'UTC', projections: false, note, minutes: 5 },
      ...{ name: 'EMERGENCY', status: 'scheduled', impact: 'high' },
    }
    for (let n = 0; n < 400; n++)
      await desk.publish('calendar', { revision: n, emergency, withdrawn: null }, 'everyone')
    await expect.poll(() => desk.listeners()).toBe(0)
    let bytes = 0
    for await (const chunk of response.body!) bytes += chunk.length
    expect(bytes).toBeLessThan(300 * 1024)
  })

  it('has an end to how many streams one user may hold', async () => {
    const { listen } = await serverOf((await open()).db)
    const own = callOf({ lease: leaseOf() })
    const streams = await Promise.all(Array.from({ length: 50 }, () => listen(own)))
    expect(await codeOf(() => listen(own))).toBe('unavailable')
    const other = { userId: OTHER, lease: leaseOf({ user_id: OTHER, licence_id: `lic_${OTHER}` }) }
    expect(await codeOf(async () => (await listen(callOf(other))).body!.cancel())).toBe('none')
    await streams[0]!.body!.cancel()
    expect(await codeOf(async () => streams.push(await listen(own)))).toBe('none')
    for (const stream of streams.slice(1)) await stream.body!.cancel()
  })

  it("lets strangers who call themselves by a user's id take none of that user's streams", async () => {
    const { listen } = await serverOf((await open()).db)
    const streams = await Promise.all(Array.from({ length: 200 }, () => listen(callOf())))
    expect(await codeOf(() => listen(callOf()))).toBe('unavailable')
    expect(await codeOf(() => listen(callOf({ userId: OTHER })))).toBe('unavailable')
    expect(await codeOf(async () => streams.push(await listen(callOf({ lease: leaseOf() }))))).toBe('none')
    expect(await codeOf(async () => streams.push(await listen(callOf({ address: '192.0.2.8' }))))).toBe('none')
    for (const stream of streams) await stream.body!.cancel()
  })

  it.each(['1; drop table pushes', '-1', '1e3', ' 7', '9'.repeat(16)])('does not take %s for an id', async (id) => {
    const { listen } = await serverOf((await open()).db)
    expect(await codeOf(() => listen(callOf({}, { 'last-event-id': id })))).toBe('body_invalid')
  })

  it.each(['', 'prices', 'signal,prices', 'signal,signal,signal,signal'])('knows no topics "%s"', (topics) => {
    expect(readPushes.input.safeParse({ user_id: USER, topics }).success).toBe(false)
  })
})
