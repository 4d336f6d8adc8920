import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Readiness } from '../../../src/contracts/cloud/health.ts'
import { describeWithPostgres, describeWithRedis, freshDatabaseOn } from '../../support/cloud-databases.ts'
import { startPostgres, startRedis } from '../../support/cloud-servers.ts'
import { askCloud, runningCloud, servedCloud } from '../../support/running-cloud.ts'

describe('a cloud server', () => {
  it('tells that it lives, what it stands on, and its figures', async () => {
    const { url } = await servedCloud()
    expect((await askCloud(url, '/health')).body).toMatchObject({ name: 'slipway-cloud', version: '0.0.0-test' })
    const ready = await askCloud(url, '/ready')
    expect(ready.status).toBe(200)
    expect(Readiness.parse(ready.body)).toMatchObject({ ready: true, database: { ok: true }, redis: null })
    const metrics = await askCloud(url, '/metrics')
    expect(metrics.headers['content-type']).toContain('text/plain')
    for (const line of metrics.text.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? -?[\d.e+-]+)$/)
    expect(metrics.text).toContain('slipway_requests_total{route="/health",status="200"} 1')
    expect(metrics.text).toContain('slipway_database_up 1')
  })

  it('describes its whole API', async () => {
    const { url } = await servedCloud()
    const { body } = await askCloud(url, '/api/openapi.json')
    const { openapi, paths } = body as {
      openapi: string
      paths: Record<string, Record<string, { operationId: string }>>
    }
    expect(openapi).toBe('3.1.0')
    const operations = Object.values(paths).flatMap((path) => Object.values(path).map((one) => one.operationId))
    expect(operations).toContain('postApiLicenseValidate')
    expect(new Set(operations).size).toBe(operations.length)
  })

  it('is not confused by a request that is no HTTP', async () => {
    const { url } = await servedCloud()
    const { port } = new URL(url)
    for (const text of [
      '\0\x01\x02garbage\r\n\r\n',
      'GET /health HTTP/1.1\r\n\r\n',
      'GET http://[bad HTTP/1.1\r\nHost: a b\r\n\r\n',
    ]) {
      const socket = connect(Number(port), '127.0.0.1')
      socket.end(text)
      let said = ''
      socket.on('data', (chunk) => (said += chunk.toString()))
      await once(socket, 'close')
      expect(said).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(said).not.toMatch(/node|stack|Error:/)
    }
    expect((await askCloud(url, '/health')).status).toBe(200)
  })

  it('finishes what is under way before it ends, and takes nothing more', async () => {
    const cloud = await servedCloud()
    const { port } = new URL(cloud.url)
    // Its body is announced and comes late: the request is under way for as long as we like.
    const body = JSON.stringify({ nothing: true })
    const socket = connect(Number(port), '127.0.0.1')
    let said = ''
    socket.on('data', (chunk) => (said += chunk.toString()))
    const head = `POST /api/license/validate HTTP/1.1\r\nHost: cloud\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
    socket.write(head)
    // The head has arrived before this is answered: both go through the same loop of the server.
    await askCloud(cloud.url, '/health')
    const closed = cloud.close()
    await expect(askCloud(cloud.url, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    socket.write(body)
    await once(socket, 'close')
    await closed
    expect(said).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('ends its streams when it ends', async () => {
    const cloud = await servedCloud()
    const { port } = new URL(cloud.url)
    const socket = connect(Number(port), '127.0.0.1')
    let said = ''
    socket.on('data', (chunk) => (said += chunk.toString()))
    socket.write('GET /api/push?user_id=0123456789ab&topics=calendar HTTP/1.1\r\nHost: cloud\r\n\r\n')
    await expect.poll(() => said).toContain('event: hello')
    const ended = once(socket, 'end')
    await cloud.close()
    await ended
  })

  it('is not troubled by callers who leave half-way', async () => {
    const cloud = await servedCloud()
    const { port } = new URL(cloud.url)
    const whole =
      'POST /api/ml/stats HTTP/1.1\r\nHost: cloud\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"user_id":'
    const leaving = Array.from({ length: 40 }, async (_, n) => {
      const text = n % 2 ? whole.replace('/api/ml/stats', '/api/license/validate') : whole.slice(0, 5 + n * 3)
      const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
      await once(socket, 'connect')
      socket.write(text, () => (n % 3 ? socket.destroy() : socket.resetAndDestroy()))
      await once(socket, 'close')
    })
    await Promise.all(leaving)
    expect((await askCloud(cloud.url, '/health')).status).toBe(200)
    await cloud.close()
    expect(cloud.lines.filter((line) => line.includes('"error"'))).toEqual([])
  })

  it('is refused a port that is taken, with a way out', async () => {
    const { url } = await servedCloud()
    const port = Number(new URL(url).port)
    await expect(servedCloud({ listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      refusal: { code: 'bad-usage' },
    })
  })

  it('keeps its licences and keys over a restart', async () => {
    const first = await runningCloud()
    const keys = (await askCloud(first.url, '/api/license/keys')).body as { keys: unknown }
    expect(await first.stop()).toBe(0)
    const second = await runningCloud({ home: first.home })
    expect(((await askCloud(second.url, '/api/license/keys')).body as { keys: unknown }).keys).toEqual(keys.keys)
  })

  it('writes JSON lines without addresses, users or secrets of those who ask', async () => {
    const cloud = await runningCloud({
      env: { SMTP_URL: 'smtp://user:hunter2@127.0.0.1:1', MAIL_FROM: 'cloud@slipway.test' },
    })
    const secret = { user_id: '0123456789ab', license_key: `slw_${'s'.repeat(43)}`, email: 'a@example.com' }
    await askCloud(cloud.url, '/api/license/validate', { body: secret })
    await askCloud(cloud.url, '/api/license/validate', { body: '{' })
    await cloud.stop()
    const lines = cloud
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
    expect(cloud.output()).not.toMatch(/hunter2|0123456789ab|sssss|example\.com/)
  })
})

describe('the command line of a cloud server', () => {
  it.each([
    [['--port', 'x'], {}, 'is no port'],
    [['--nonsense'], {}, 'slipway cloud serve --help'],
    [[], { DATABASE_URL: 'mysql://somebody:hunter2@host/db' }, 'DATABASE_URL'],
    [[], { REDIS_URL: 'http://:hunter2@host' }, 'REDIS_URL'],
    [[], { DATABASE_URL_FILE: '/does/not/exist' }, 'DATABASE_URL_FILE'],
    [[], { DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:1/none' }, 'PostgreSQL'],
  ])('refuses %j with %j', async (args, env, words) => {
    const outcome = await runningCloud({ args, env }).then(
      () => 'started',
      (error: Error) => error.message,
    )
    expect(outcome).toContain(words)
    expect(outcome).not.toContain('hunter2')
    expect(outcome).not.toContain('    at ')
  })
})

describeWithPostgres('a cloud server on PostgreSQL', () => {
  it('is not ready while its database is gone, and says to come again, without details', async () => {
    const postgres = await startPostgres()
    const cloud = await servedCloud({
      database: { kind: 'postgres', url: await freshDatabaseOn(postgres.url), connectMs: 500, statementMs: 500 },
    })
    try {
      expect((await askCloud(cloud.url, '/ready')).status).toBe(200)
      await postgres.kill()
      await expect.poll(async () => (await askCloud(cloud.url, '/ready')).status, { timeout: 10_000 }).toBe(503)
      const { body } = await askCloud(cloud.url, '/ready')
      expect(Readiness.parse(body)).toMatchObject({ ready: false, database: { ok: false } })
      expect((await askCloud(cloud.url, '/health')).status).toBe(200)
      const validate = await askCloud(cloud.url, '/api/license/validate', {
        body: {
          ...{ license_key: `slw_${'a'.repeat(43)}`, user_id: '0123456789ab', device_id: 'device-0001' },
          ...{ account_id: '0'.repeat(32), app_version: '1.0.0' },
        },
      })
      expect([validate.status, validate.body]).toEqual([503, expect.objectContaining({ code: 'unavailable' })])
      expect(validate.text).not.toMatch(/ECONN|postgres|slipway-pg|sql/i)
      expect((await askCloud(cloud.url, '/metrics')).text).toContain('slipway_database_up 0')
    } finally {
      await cloud.close()
      await postgres.stop()
    }
  })
})

describeWithRedis('a cloud server with Redis', () => {
  it('stays ready without it, says so, and takes it back', async () => {
    const redis = await startRedis()
    const cloud = await servedCloud({ redisUrl: redis.url })
    const seen = async () => Readiness.parse((await askCloud(cloud.url, '/ready')).body)
    expect(await seen()).toMatchObject({ ready: true, redis: { ok: true } })
    await redis.kill()
    await expect.poll(async () => (await seen()).redis?.ok, { timeout: 10_000 }).toBe(false)
    expect((await askCloud(cloud.url, '/ready')).status).toBe(200)
    const again = await startRedis(Number(new URL(redis.url).port))
    await expect.poll(async () => (await seen()).redis?.ok, { timeout: 10_000 }).toBe(true)
    await cloud.close()
    for (const one of [redis, again]) await one.stop()
  })
})
