import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openCloudDb } from '../../../../src/adapters/cloud-db/open-cloud-db.ts'
import { openLeaseSigner } from '../../../../src/adapters/lease-keys/lease-signer.ts'
import { CLOUD_HEADER } from '../../../../src/contracts/cloud/words.ts'
import { epochMs } from '../../../../src/domain/units/units.ts'
import { describeWithServers, freshDatabaseOn } from '../../../support/cloud-databases.ts'
import { startRedis } from '../../../support/cloud-servers.ts'
import { DEVICE, USER } from '../../../support/cloud-questions.ts'
import { claimsAt } from '../../../support/leases.ts'
import { makeLicence } from '../../../support/licences.ts'
import { eventsOf } from '../../../support/push-rig.ts'
import { askCloud, servedCloud } from '../../../support/running-cloud.ts'

const SIGNAL = { user_id: USER, symbol_class: 'us-index', side: 'buy', strategy: 'vwap-bounce', confidence: 0.7 }

describeWithServers('pushes over two instances', ({ postgres }) => {
  async function twoServers() {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const keys = mkdtempSync(join(tmpdir(), 'slipway-keys-'))
    onTestFinished(() => rmSync(keys, { recursive: true, force: true }))
    const url = await freshDatabaseOn(postgres)
    const shared = { database: { kind: 'postgres', url } as const, redisUrl: redis.url, keys }
    const now = epochMs(Date.now())
    const { db, close } = await openCloudDb(shared.database)
    const { id } = await makeLicence(db, { userId: USER }, now)
    await close()
    const lease = openLeaseSigner(keys, now).sign(claimsAt(now, { licence_id: id }))
    const headers = { [CLOUD_HEADER.lease]: lease, [CLOUD_HEADER.deviceId]: DEVICE }
    const [one, two] = [await servedCloud(shared), await servedCloud(shared)]
    const leaving = new AbortController()
    onTestFinished(() => leaving.abort())
    const listen = async (server: { url: string }, more: Record<string, string> = {}) => {
      const response = await fetch(`${server.url}/api/push?user_id=${USER}&topics=signal`, {
        headers: { ...headers, ...more },
        signal: leaving.signal,
      })
      expect(response.status).toBe(200)
      return { response, events: eventsOf(response) }
    }
    return {
      one,
      two,
      listen,
      share: (server: { url: string }) => askCloud(server.url, '/api/signals', { body: SIGNAL, headers }),
    }
  }

  it('reach whoever listens at the other, and resume there', async () => {
    const { one, two, listen, share } = await twoServers()
    const { response, events } = await listen(two)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toContain('no-store')
    expect((await events.next()).value).toMatchObject({ event: 'hello', data: { complete: true } })
    expect(await share(one)).toMatchObject({ status: 200 })
    const first = (await events.next()).value!
    expect(first).toMatchObject({ event: 'signal', data: { payload: { symbol_class: 'us-index', confidence: 0.7 } } })
    await events.return()

    await share(two)
    const again = await listen(one, { 'last-event-id': first.id })
    await again.events.next()
    expect((await again.events.next()).value).toMatchObject({ id: String(Number(first.id) + 1), event: 'signal' })
    await again.events.return()
  })

  it('end when their instance drains, so that listeners go to the other', async () => {
    const { one, two, listen } = await twoServers()
    const { events } = await listen(one)
    await events.next()
    await one.close()
    expect((await events.next()).done).toBe(true)
    const other = await listen(two)
    expect((await other.events.next()).value).toMatchObject({ event: 'hello' })
    await other.events.return()
  })

  it('turn bad requests away with a code', async () => {
    const { one, share } = await twoServers()
    expect(await share(one)).toMatchObject({ status: 200 })
    const codeOf = async (path: string, options = {}) =>
      ((await askCloud(one.url, path, options)).body as { code: string }).code
    expect(await codeOf('/api/push')).toBe('user_id_required')
    expect(await codeOf(`/api/push?user_id=${USER}&topics=prices`)).toBe('body_invalid')
    expect(await codeOf(`/api/push?user_id=${USER}&topics=licence`)).toBe('lease_invalid')
    expect(await codeOf(`/api/push?user_id=${USER}&topics=signal`)).toBe('lease_invalid')
    expect(await codeOf(`/api/push?user_id=${USER}`, { headers: { 'last-event-id': '1; drop' } })).toBe('body_invalid')
    expect(await codeOf('/api/signals', { body: SIGNAL })).toBe('lease_invalid')
    expect(await codeOf('/api/signals', { body: { ...SIGNAL, price: 5000 } })).toBe('body_invalid')
    expect(await codeOf('/api/signals', { body: { ...SIGNAL, confidence: 7 } })).toBe('body_invalid')
  })
})

describe('a listener that does not read', () => {
  it('is cut off by a real server, which keeps nothing for it', async () => {
    const server = await servedCloud()
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    onTestFinished(() => void socket.destroy())
    socket.write(`GET /api/push?user_id=${USER} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`)
    await once(socket, 'readable')
    const listeners = async () =>
      /slipway_push_listeners (\d+)/.exec((await askCloud(server.url, '/metrics')).text)?.[1]
    expect(await listeners()).toBe('1')
    // More than the sockets of a machine hold between the two.
    const { db, close } = await openCloudDb({ kind: 'sqlite', file: join(server.folder, 'cloud.db') })
    const emergency = {
      ...{ id: 'EMERGENCY:1', name: 'EMERGENCY', date: '2026-11-21', time: '12:00', zone: 'UTC', projections: false },
      ...{ status: 'scheduled', impact: 'high', note: 'the exchange is down', minutes: 5 },
    }
    const payload = JSON.stringify({ revision: 1, emergency, withdrawn: null })
    for (let batch = 0; batch < 60; batch++)
      await db
        .insertInto('pushes')
        .values(Array.from({ length: 1_000 }, () => ({ at: Date.now(), topic: 'calendar', audience: null, payload })))
        .execute()
    await close()
    await expect.poll(listeners, { timeout: 30_000, interval: 500 }).toBe('0')
  })
})
