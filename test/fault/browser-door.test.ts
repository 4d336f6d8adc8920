import { rmSync, writeFileSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SESSION_HEADER } from '../../src/contracts/launcher-api.ts'
import { knock, openSessionAt, type SessionHeaders } from '../support/knock.ts'
import { launcherProcess, newHome } from '../support/launched.ts'
import { contractRoutes, doorRoutes } from '../support/launcher-routes.ts'
import { programOf } from '../support/programs/programs.ts'

/** W1 of the fault matrix: everything that is not our own page, at every route that there is. */
describe('at the browser door of a running launcher', () => {
  const layout = newHome()
  let launcher: Awaited<ReturnType<typeof launcherProcess>>
  let port: number
  let origin: string
  let session: SessionHeaders
  let old: SessionHeaders

  async function startLauncher(): Promise<SessionHeaders> {
    launcher = await launcherProcess(layout, programOf('launcher-of-fakes'), ['--no-open'])
    const url = await launcher.ready
    port = Number(new URL(url).port)
    origin = `http://127.0.0.1:${port}`
    return openSessionAt(url)
  }
  async function stopLauncher(): Promise<void> {
    launcher.child.kill('SIGTERM')
    await launcher.exited
  }

  beforeAll(async () => {
    old = await startLauncher()
    await stopLauncher()
    // A week without use, as far as the launcher can tell.
    const kept = JSON.parse(readFileSync(layout.sessions, 'utf8')) as { sessions: { usedAt: number }[] }
    for (const one of kept.sessions) one.usedAt -= 8 * 24 * 3_600_000
    writeFileSync(layout.sessions, JSON.stringify(kept))
    session = await startLauncher()
  })
  afterAll(async () => {
    await stopLauncher()
    rmSync(layout.root, { recursive: true, force: true })
  })

  const json = { 'content-type': 'application/json' }
  const code = { [SESSION_HEADER]: 'new' }

  it('there are the routes of the contract, and no other in its description', async () => {
    const { body } = await knock(port, { method: 'GET', path: '/api/openapi.json', headers: session })
    const { paths } = JSON.parse(body) as { paths: Record<string, Record<string, unknown>> }
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.toSorted()).toEqual(
      contractRoutes()
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    )
  })

  describe.each(doorRoutes())('$method $path', ({ method, path, isOpen }) => {
    const isRead = method === 'GET'
    const body = isRead ? {} : { body: '{}' }
    const sent = isRead ? {} : json
    const ask = async (
      headers: Record<string, string | readonly string[]>,
      more: { method?: string; body?: string } = {},
    ) => (await knock(port, { method, path, ...body, ...more, headers })).status

    it('answers nobody who calls it by another name, whatever else is right', async () => {
      const strange = ['evil.example', `evil.example:${port}`, '127.0.0.1', 'localhost:1', `0.0.0.0:${port}`, '']
      const rebound = [`127.0.0.1.evil.example:${port}`, `localhost.:${port}`, `127.0.0.1:${port}@evil.example`]
      for (const host of [...strange, ...rebound])
        expect(await ask({ host, origin, ...session, ...sent }), host).toBeOneOf([400, 403])
      // As under rebinding: a Host and an Origin that agree with each other.
      const both = { host: `evil.example:${port}`, origin: `http://evil.example:${port}` }
      expect(await ask({ ...both, ...session, ...sent })).toBe(403)
      const twice = { host: [`127.0.0.1:${port}`, 'evil.example'] }
      expect(await ask({ ...twice, origin, ...session, ...sent })).toBeOneOf([400, 403])
    })

    it('answers no page of another origin, nor of another port of this computer', async () => {
      for (const foreign of [
        'http://evil.example',
        'null',
        `http://127.0.0.1:${port + 1}`,
        `https://127.0.0.1:${port}`,
      ])
        expect(await ask({ origin: foreign, ...session, ...sent }), foreign).toBe(403)
    })

    it('takes no change without an Origin', async () => {
      if (!isRead) expect(await ask({ ...session, ...json })).toBe(403)
    })

    it('is not a place for requests that any page can send', async () => {
      const forms = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']
      for (const type of forms)
        expect(
          await ask({ origin, ...session, 'content-type': type }, { method: 'POST', body: '{"all":true}' }),
          type,
        ).toBe(415)
      expect(await ask({ origin, ...session }, { method: 'POST', body: '{"all":true}' })).toBe(415)
      // With nothing of ours but what a browser adds by itself.
      const ridden = { origin: 'http://evil.example', cookie: session.cookie, 'content-type': 'text/plain' }
      expect(await ask(ridden, { method: 'POST', body: '{}' })).toBe(403)
    })

    it('is open to nobody without a session, with half of one, with an old one or one made up', async () => {
      if (isOpen) return
      const token = session[SESSION_HEADER]
      const without: Record<string, Record<string, string>> = {
        nothing: {},
        'cookie only': { cookie: session.cookie },
        'token only': { [SESSION_HEADER]: token },
        'token as a cookie': { cookie: `slipway-${port}=${token}`, [SESSION_HEADER]: token },
        'cookie of another port': {
          cookie: session.cookie.replace(/^slipway-\d+/, 'slipway-1'),
          [SESSION_HEADER]: token,
        },
        'a cookie made up': { cookie: `slipway-${port}=${'x'.repeat(43)}`, [SESSION_HEADER]: token },
        'a token made up': { cookie: session.cookie, [SESSION_HEADER]: 'x'.repeat(43) },
        'halves of two': { cookie: old.cookie, [SESSION_HEADER]: token },
        old: { ...old },
        authorization: { cookie: session.cookie, authorization: `Bearer ${token}` },
      }
      for (const [what, headers] of Object.entries(without))
        expect(await ask({ origin, ...headers, ...sent }), what).toBe(401)
    })

    it('answers no page of another site that a browser tells of', async () => {
      if (!path.startsWith('/api')) return
      for (const site of ['cross-site', 'same-site'])
        expect(await ask({ origin, ...session, ...sent, 'sec-fetch-site': site }), site).toBe(403)
    })

    it('does not become a web socket, and is judged before it could', async () => {
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
      const key = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }
      const evil = { host: `evil.example:${port}`, ...session }
      expect(await ask({ ...upgrade, ...key, ...evil }, { method: 'GET' })).toBe(403)
      expect(await ask({ ...upgrade, ...key, origin: 'http://evil.example', ...session }, { method: 'GET' })).toBe(403)
      expect(await ask({ ...upgrade, ...key, ...session }, { method: 'GET' })).not.toBe(101)
    })

    it('knows no other methods, and no preflight', async () => {
      for (const strange of ['PUT', 'TRACE', 'PROPFIND'])
        expect(await ask({ origin, ...session, ...json }, { method: strange }), strange).toBe(405)
      const preflight = await knock(port, {
        ...{ method: 'OPTIONS', path },
        headers: { origin: 'http://evil.example', 'access-control-request-method': method },
      })
      expect(preflight.status).toBeOneOf([403, 405])
      expect(preflight.headers).not.toHaveProperty('access-control-allow-origin')
    })

    it('says with every answer that nobody may frame it, and tells nobody where one came from', async () => {
      const answers = [
        await knock(port, { method: 'GET', path, headers: { ...session } }),
        await knock(port, { method: 'GET', path, headers: {} }),
        await knock(port, { method: 'GET', path, headers: { host: 'evil.example' } }),
        await knock(port, { method: 'POST', path, headers: { origin, ...session, ...json }, body: 'no json {' }),
      ]
      for (const { headers } of answers) {
        expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
        expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' })
        expect(headers).not.toHaveProperty('location')
      }
    })
  })

  it('trades a code only for our own page: with its header, as JSON', async () => {
    const knockWith = (headers: Record<string, string>) =>
      knock(port, { method: 'POST', path: '/api/session', headers, body: '{"code":"x"}' })
    expect((await knockWith({ origin, ...json })).status).toBe(403)
    expect((await knockWith({ origin, ...code, 'content-type': 'text/plain' })).status).toBe(415)
    expect((await knockWith({ ...code, ...json })).status).toBe(403)
  })

  it('is no way to a proxy, and takes no tunnel', async () => {
    expect((await knock(port, { method: 'GET', path: 'http://evil.example/', headers: session })).status).toBe(400)
    expect((await knock(port, { method: 'CONNECT', path: 'evil.example:443' })).status).not.toBe(200)
  })

  it('judges who asks whether to go on, before it says so', async () => {
    const said = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString()))
      socket.on('close', () => resolve(text))
      socket.write(
        'POST /api/shutdown HTTP/1.1\r\nHost: evil.example\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n',
      )
    })
    expect(said).toMatch(/^HTTP\/1\.1 403/)
  })

  it('is at the loopback address only', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4')
    for (const { address } of others as { address: string }[])
      await expect(
        new Promise((resolve, reject) => {
          const socket = connect(port, address)
          socket.on('connect', () => resolve(socket.destroy()))
          socket.on('error', reject)
        }),
        address,
      ).rejects.toThrow(/ECONNREFUSED/)
  })

  it('lets our own page in all the same', async () => {
    const answer = await knock(port, { method: 'GET', path: '/api/health', headers: session })
    expect(JSON.parse(answer.body)).toMatchObject({ name: 'slipway', pid: launcher.child.pid })
    const changed = await knock(port, {
      ...{ method: 'POST', path: '/api/vault/lock', headers: { origin, ...session, ...json }, body: '{}' },
    })
    expect(changed.status).toBe(200)
  })

  // Last, because it locks the door for a while.
  it('stops listening to guesses, also to a right code', async () => {
    const guess = (text: string) =>
      knock(port, {
        ...{ method: 'POST', path: '/api/session', headers: { origin, ...json, ...code } },
        body: JSON.stringify({ code: text }),
      })
    const statuses = []
    for (let n = 0; n < 8; n++) statuses.push((await guess(`guess ${n}`)).status)
    expect(statuses.at(-1)).toBe(429)
    expect(statuses.slice(0, 2)).toEqual([401, 401])
    const right = new URLSearchParams(new URL(await launcher.ready).hash.slice(1)).get('code')!
    expect((await guess(right)).status).toBe(429)
    expect(readFileSync(join(layout.root, 'logs', 'launcher.log'), 'utf8')).not.toContain(right)
  })
})
