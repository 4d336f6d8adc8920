import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectLauncherByUrl } from '../../../src/adapters/launcher-client/connect-launcher.ts'
import { SESSION_HEADER } from '../../../src/contracts/launcher-api.ts'
import { launched, newHome, type Launched } from '../../support/launched.ts'
import { contractRoutes } from '../../support/launcher-routes.ts'

type Answer = { status: number; headers: IncomingHttpHeaders; body: string }
type Ask = { method: string; path: string; headers?: Record<string, string | string[]>; body?: string | undefined }

/** What every route refuses to strangers is in test/fault/browser-door.test.ts. */
describe('the browser door', () => {
  let home: Launched
  let port: number
  let session: Record<string, string>
  beforeAll(async () => {
    const layout = newHome()
    const rendererFolder = join(layout.root, 'renderer')
    mkdirSync(join(rendererFolder, 'assets'), { recursive: true })
    writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html><title>Slipway</title>')
    writeFileSync(join(rendererFolder, 'assets', 'page-1a2b.js'), 'export {}')
    writeFileSync(join(layout.root, 'secret.txt'), 'a secret')
    home = await launched({ layout, rendererFolder })
    port = home.launcher.port
    session = await openSession()
  })
  afterAll(() => home.close())

  const origin = () => `http://127.0.0.1:${port}`
  const ask = ({ method, path, headers = {}, body }: Ask): Promise<Answer> =>
    new Promise((resolve, reject) => {
      // `fetch` would put a Host of its own in place of ours, and an object of headers can't hold one twice.
      const framed = {
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      }
      const raw = Object.entries({ host: `127.0.0.1:${port}`, ...framed }).flatMap(([name, value]) =>
        [value].flat().flatMap((one) => [name, one]),
      )
      const asked = httpRequest({ host: '127.0.0.1', port, method, path, headers: raw, agent: false }, (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          if (answer.headers['content-type']?.startsWith('text/event-stream')) give()
        })
        answer.on('end', () => give())
        const give = () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text })
          asked.destroy()
        }
      })
      asked.on('error', reject)
      asked.end(body)
    })
  const json = { 'content-type': 'application/json' }
  const knock = { [SESSION_HEADER]: 'new' }

  async function openSession(): Promise<Record<string, string>> {
    const code = new URL(home.launcher.freshUrl()).hash.slice('#code='.length)
    const answer = await ask({
      method: 'POST',
      path: '/api/session',
      headers: { ...json, ...knock, origin: origin() },
      body: JSON.stringify({ code }),
    })
    expect(answer.status).toBe(200)
    const cookie = answer.headers['set-cookie']![0]!
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict/)
    return { cookie: cookie.split(';')[0]!, [SESSION_HEADER]: (JSON.parse(answer.body) as { token: string }).token }
  }

  it('lets a page in that has both halves of a session', async () => {
    const answer = await ask({ method: 'GET', path: '/api/health', headers: session })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject({ name: 'slipway', pid: process.pid })
  })

  it('lets no page in that another site sent here', async () => {
    const headers = { ...session, 'sec-fetch-site': 'same-site' }
    expect((await ask({ method: 'GET', path: '/api/status', headers })).status).toBe(403)
  })

  it('refuses two hosts, and an address of a proxy', async () => {
    const twice = await ask({ method: 'GET', path: '/', headers: { host: [`127.0.0.1:${port}`, 'evil.example'] } })
    expect(twice.status).toBeOneOf([400, 403])
    expect((await ask({ method: 'GET', path: 'http://evil.example/' })).status).toBe(400)
  })

  it('sends what keeps the page to itself, with every answer', async () => {
    for (const path of ['/', '/api/health', '/api/nothing-here', '/nothing.js']) {
      const { headers } = await ask({ method: 'GET', path, headers: session })
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' })
      expect(headers['cache-control']).toBe('no-store')
    }
  })

  it('serves the page at every place inside it, and its parts for good', async () => {
    for (const path of ['/', '/accounts/A1', '/index.html?x=1'])
      expect(await ask({ method: 'GET', path })).toMatchObject({
        status: 200,
        body: expect.stringContaining('Slipway'),
      })
    const part = await ask({ method: 'GET', path: '/assets/page-1a2b.js' })
    expect(part.headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8' })
    expect(part.headers['cache-control']).toContain('immutable')
  })

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%00.txt',
    '/%zz.txt',
  ])('serves nothing outside the page: %s', async (path) => {
    const answer = await ask({ method: 'GET', path })
    expect(answer.status).toBeOneOf([400, 404])
    expect(answer.body).not.toContain('a secret')
  })

  it('trades a code once', async () => {
    const url = home.launcher.freshUrl()
    await connectLauncherByUrl(url)
    await expect(connectLauncherByUrl(url)).rejects.toMatchObject({ refusal: { code: 'unauthorized' } })
  })

  it('describes its API, and knows each of its paths', async () => {
    const answer = await ask({ method: 'GET', path: '/api/openapi.json', headers: session })
    const document = JSON.parse(answer.body) as { openapi: string; paths: Record<string, Record<string, unknown>> }
    expect(document.openapi).toMatch(/^3\.1/)
    for (const { method, path } of contractRoutes()) expect(document.paths[path]).toHaveProperty(method.toLowerCase())
  })

  it('answers no request that is larger than any it has', async () => {
    const headers = { origin: origin(), ...session, ...json }
    const body = JSON.stringify({ code: 'x'.repeat(2_000_000) })
    expect((await ask({ method: 'POST', path: '/api/open', headers, body })).status).toBe(413)
  })

  it('writes no code, token or cookie to its log', async () => {
    const url = home.launcher.freshUrl()
    await connectLauncherByUrl(url)
    const log = readFileSync(home.layout.launcherLog, 'utf8')
    for (const secret of [url.split('code=')[1]!, session[SESSION_HEADER]!, session.cookie!.split('=')[1]!])
      expect(log).not.toContain(secret)
  })

  // Last, because it locks the door for a while.
  it('gives up on whoever guesses codes', async () => {
    const guess = () =>
      ask({
        method: 'POST',
        path: '/api/session',
        headers: { ...json, ...knock, origin: origin() },
        body: '{"code":"guess"}',
      })
    const answers = []
    for (let n = 0; n < 8; n++) answers.push(await guess())
    expect(answers.at(-1)).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } })
  })
})

describe('a launcher without a built page', () => {
  it('says how to build it', async () => {
    const home = await launched()
    const answer = await fetch(`http://127.0.0.1:${home.launcher.port}/`)
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('npm run build')
    await home.close()
  })
})
