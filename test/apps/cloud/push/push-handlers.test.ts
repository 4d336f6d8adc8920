import { expect, it, onTestFinished } from 'vitest'
import type { CalendarEvent } from '../../../../src/contracts/cloud/calendar.ts'
import { readPushes, shareSignal } from '../../../../src/contracts/cloud/push.ts'
import { describeOnBothDatabases } from '../../../support/cloud-databases.ts'
import { eventsOf, NOON } from '../../../support/push-rig.ts'

import { USER, OTHER, LICENCE, SIGNAL, leaseOf, callOf, serverOf, codeOf } from '../../../support/push-server.ts'

describeOnBothDatabases('the stream of pushes', (open) => {
  it('says hello with an id to resume from, then tells', async () => {
    const { listen, share } = await serverOf((await open()).db)
    const events = eventsOf(await listen(callOf({ lease: leaseOf() })))
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
    const events = eventsOf(await two.listen(callOf({ lease: leaseOf() }, { 'last-event-id': String(seq) })))
    expect((await events.next()).value).toMatchObject({ event: 'hello', data: { complete: true } })
    expect((await events.next()).value).toMatchObject({ data: { payload: { confidence: 0.9 } } })
    await events.return()
  })

  it('tells nobody who has shared a signal', async () => {
    const { listen, share } = await serverOf((await open()).db)
    const events = eventsOf(await listen(callOf({ lease: leaseOf() }), 'signal'))
    await events.next()
    await share(callOf({ lease: leaseOf() }))
    const told = JSON.stringify((await events.next()).value)
    expect(told).not.toContain(USER)
    expect(told).not.toContain(LICENCE)
    await events.return()
  })

  it('tells what a signal was found on, and takes none of history told again', async () => {
    const { listen, share } = await serverOf((await open()).db)
    const events = eventsOf(await listen(callOf({ lease: leaseOf() }), 'signal'))
    await events.next()
    await share(callOf({ lease: leaseOf() }), { ...SIGNAL, source: 'synthetic' })
    expect((await events.next()).value).toMatchObject({ data: { payload: { source: 'synthetic' } } })
    await share(callOf({ lease: leaseOf() }))
    expect((await events.next()).value).not.toHaveProperty('data.payload.source')
    await events.return()
    expect(shareSignal.input.safeParse({ ...SIGNAL, source: 'replay' }).success).toBe(false)
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

  it('tells signals on a hosted server to holders of a licence only, and the calendar to everybody', async () => {
    const { desk, listen, share } = await serverOf((await open()).db)
    const strangers = [
      callOf(),
      callOf({ lease: leaseOf({ user_id: OTHER, licence_id: `lic_${OTHER}` }) }),
      callOf({ lease: leaseOf({ licence_id: 'lic_unknown' }) }),
      callOf({ lease: leaseOf({ grace_until: NOON / 1000 }) }),
    ]
    for (const stranger of strangers) {
      expect(await codeOf(() => listen(stranger, 'signal'))).toBe('lease_invalid')
      expect(await codeOf(() => listen(stranger, 'calendar,signal'))).toBe('lease_invalid')
    }
    const { seq } = await share(callOf({ lease: leaseOf() }))
    // Nor what was told before, to who says that he was away.
    const all = eventsOf(await listen(callOf({}, { 'last-event-id': String(seq - 1) })))
    const calendar = eventsOf(await listen(callOf(), 'calendar'))
    for (const one of [all, calendar]) expect((await one.next()).value).toMatchObject({ event: 'hello' })
    await share(callOf({ lease: leaseOf() }))
    await desk.publish('calendar', { revision: 3, emergency: null, withdrawn: null }, 'everyone')
    for (const one of [all, calendar]) {
      expect((await one.next()).value).toMatchObject({ event: 'calendar' })
      await one.return()
    }
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
