import { expect, it, onTestFinished } from 'vitest'
import type { CloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { CloudRefused, type CloudCall } from '../../../../src/apps/cloud/cloud-call.ts'
import { pushHandlers } from '../../../../src/apps/cloud/push/push-handlers.ts'
import type { CalendarEvent } from '../../../../src/contracts/cloud/calendar.ts'
import type { LeaseClaims } from '../../../../src/contracts/cloud/licence.ts'
import { readPushes, shareSignal } from '../../../../src/contracts/cloud/push.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { eventsOf, NOON, pushDeskOf } from '../../../support/push-rig.ts'

const USER = 'aaaaaaaaaaaa'
const SIGNAL = { user_id: USER, symbol_class: 'us-equity-index', side: 'buy', strategy: 'vwap-bounce', confidence: 0.7 }

function leaseOf(change: Partial<LeaseClaims> = {}): LeaseClaims {
  const now = NOON / 1000
  return {
    ...{ v: 1, licence_id: 'lic_1', user_id: USER, device_id: 'device-1', account_id: '0'.repeat(32), plan: 'pro' },
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

async function serverOf(db: CloudDb, deployment: 'embedded' | 'hosted' = 'hosted') {
  const { desk } = await pushDeskOf(db)
  const handlers = pushHandlers({ desk, deployment, heartbeatMs: 20 })
  const of = (path: string) => handlers.find(({ route }) => route.path === path)!
  return {
    desk,
    listen(call: CloudCall, topics?: string) {
      const input = readPushes.input.parse({ user_id: call.userId, ...(topics === undefined ? {} : { topics }) })
      return of('/api/push').answer(call, input as never) as Response
    },
    share: async (call: CloudCall, body: object = SIGNAL) =>
      (await of('/api/signals').answer(call, shareSignal.input.parse(body) as never)) as { seq: number },
  }
}

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'none'
  } catch (error) {
    return error instanceof CloudRefused ? error.code : String(error)
  }
}

describeOnBothDatabases('the stream of pushes', (open) => {
  it('says hello with an id to resume from, then tells', async () => {
    const { listen, share } = await serverOf((await open()).db)
    const events = eventsOf(listen(callOf()))
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
    const events = eventsOf(two.listen(callOf({}, { 'last-event-id': String(seq) })))
    expect((await events.next()).value).toMatchObject({ event: 'hello', data: { complete: true } })
    expect((await events.next()).value).toMatchObject({ data: { payload: { confidence: 0.9 } } })
    await events.return()
  })

  it('tells nobody who has shared a signal', async () => {
    const { listen, share } = await serverOf((await open()).db)
    const events = eventsOf(listen(callOf(), 'signal'))
    await events.next()
    await share(callOf({ lease: leaseOf() }))
    const told = JSON.stringify((await events.next()).value)
    expect(told).not.toContain(USER)
    expect(told).not.toContain('lic_1')
    await events.return()
  })

  it('tells of a licence only whoever shows its lease', async () => {
    const { desk, listen } = await serverOf((await open()).db)
    expect(codeOf(() => listen(callOf(), 'licence'))).toBe('lease_invalid')
    expect(codeOf(() => listen(callOf({ lease: leaseOf({ user_id: 'bbbbbbbbbbbb' }) }), 'licence'))).toBe(
      'lease_invalid',
    )
    expect(codeOf(() => listen(callOf({ lease: leaseOf({ grace_until: NOON / 1000 }) }), 'licence'))).toBe(
      'lease_invalid',
    )
    const [mine, strangers] = [eventsOf(listen(callOf({ lease: leaseOf() }))), eventsOf(listen(callOf()))]
    for (const one of [mine, strangers]) await one.next()
    await desk.publish('licence', { licence_id: 'lic_1', change: 'revoked' }, { userId: USER })
    await desk.publish('calendar', { revision: 3, emergency: null, withdrawn: null }, 'everyone')
    expect((await mine.next()).value).toMatchObject({ event: 'licence', data: { payload: { change: 'revoked' } } })
    expect((await strangers.next()).value).toMatchObject({ event: 'calendar' })
    for (const one of [mine, strangers]) await one.return()
  })

  it('takes signals on a hosted server from holders of a licence only', async () => {
    const { db } = await open()
    const { share } = await serverOf(db)
    await expect(share(callOf())).rejects.toMatchObject({ code: 'lease_invalid' })
    await expect(share(callOf({ lease: leaseOf({ user_id: 'bbbbbbbbbbbb' }) }))).rejects.toMatchObject({
      code: 'lease_invalid',
    })
    expect(await db.selectFrom('pushes').selectAll().execute()).toEqual([])
  })

  it('takes signals and tells of licences on the private socket without a lease', async () => {
    const { desk, listen, share } = await serverOf((await open()).db, 'embedded')
    await share(callOf({ address: 'local' }))
    const events = eventsOf(listen(callOf({ address: 'local' }), 'licence'))
    await events.next()
    await desk.publish('licence', { licence_id: 'lic_1', change: 'changed' }, { userId: USER })
    expect((await events.next()).value).toMatchObject({ event: 'licence' })
    await events.return()
  })

  it('says something even when there is nothing to say', async () => {
    const { listen } = await serverOf((await open()).db)
    const reader = listen(callOf()).body!.getReader()
    let text = ''
    while (!text.includes('\n\n:\n\n')) text += new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
  })

  it('ends when the caller leaves, and when the server does', async () => {
    const { desk, listen } = await serverOf((await open()).db)
    const leaving = new AbortController()
    const [left, stays] = [eventsOf(listen(callOf({ signal: leaving.signal }))), eventsOf(listen(callOf()))]
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
    const response = listen(callOf())
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
    const streams = Array.from({ length: 50 }, () => listen(own))
    expect(codeOf(() => listen(own))).toBe('unavailable')
    const other = { userId: 'bbbbbbbbbbbb', lease: leaseOf({ user_id: 'bbbbbbbbbbbb' }) }
    expect(codeOf(() => listen(callOf(other)).body!.cancel())).toBe('none')
    await streams[0]!.body!.cancel()
    expect(codeOf(() => streams.push(listen(own)))).toBe('none')
    for (const stream of streams.slice(1)) await stream.body!.cancel()
  })

  it("lets strangers who call themselves by a user's id take none of that user's streams", async () => {
    const { listen } = await serverOf((await open()).db)
    const streams = Array.from({ length: 200 }, () => listen(callOf()))
    expect(codeOf(() => listen(callOf()))).toBe('unavailable')
    expect(codeOf(() => listen(callOf({ userId: 'bbbbbbbbbbbb' })))).toBe('unavailable')
    expect(codeOf(() => streams.push(listen(callOf({ lease: leaseOf() }))))).toBe('none')
    expect(codeOf(() => streams.push(listen(callOf({ address: '192.0.2.8' }))))).toBe('none')
    for (const stream of streams) await stream.body!.cancel()
  })

  it.each(['1; drop table pushes', '-1', '1e3', ' 7', '9'.repeat(16)])('does not take %s for an id', async (id) => {
    const { listen } = await serverOf((await open()).db)
    expect(codeOf(() => listen(callOf({}, { 'last-event-id': id })))).toBe('body_invalid')
  })

  it.each(['', 'prices', 'signal,prices', 'signal,signal,signal,signal'])('knows no topics "%s"', (topics) => {
    expect(readPushes.input.safeParse({ user_id: USER, topics }).success).toBe(false)
  })
})
