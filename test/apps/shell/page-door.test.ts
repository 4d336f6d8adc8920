import { createServer, type Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { listenLocally } from '../../../src/adapters/local-socket/listen-locally.ts'
import { socketFetch } from '../../../src/adapters/launcher-client/socket-fetch.ts'
import { pageDoor } from '../../../src/apps/shell/page/page-door.ts'
import { registerPageScheme } from '../../../src/apps/shell/page/lock-down.ts'
import { fakeElectron, type FakeElectron } from '../../support/electron/fake-electron.ts'
import { NetworkError, type PageAnswer } from '../../support/electron/fake-protocol.ts'
import { addAccounts, launched, type Launched } from '../../support/launched.ts'
import { tempHome } from '../../support/temp-home.ts'

/** A page's window onto the endpoint of a home. */
async function windowOnto(endpoint: string, onNoLauncher = () => undefined): Promise<FakeElectron> {
  const desktop = fakeElectron()
  registerPageScheme(desktop.electron)
  await desktop.startsReady()
  desktop.electron.protocol.handle(
    'app',
    pageDoor({
      send: (request) => socketFetch(endpoint, request, 2_000),
      notice: () => ({ kind: 'starting', doing: 'Opening <b>the</b> page' }),
      onNoLauncher,
    }),
  )
  return desktop
}

const OWN = { initiatorOrigin: 'app://slipway' }

describe('app://slipway, in front of a launcher', () => {
  let home: Launched
  let desktop: FakeElectron
  beforeEach(async () => {
    home = await launched()
    desktop = await windowOnto(home.layout.launcherEndpoint)
  })
  afterEach(() => home.close())

  it('answers the API without any session', async () => {
    const answer = await desktop.protocol.request('app://slipway/api/health', OWN)
    expect(answer.status).toBe(200)
    expect(JSON.parse(await answer.text())).toMatchObject({ name: 'slipway', home: home.layout.root })
  })

  it('carries method, body and content type to the launcher, whole or in pieces', async () => {
    const body = JSON.stringify({ accountId: 'A1', user: 'grüße', symbol: '6EH4' })
    const call = { ...OWN, method: 'POST', headers: { 'content-type': 'application/json' }, body }
    expect((await desktop.protocol.request('app://slipway/api/accounts', { ...call, streamed: true })).status).toBe(200)
    const [row] = await home.client.api.status({})
    expect(row?.accountId).toBe('A1')
    const again = await desktop.protocol.request('app://slipway/api/accounts', call)
    expect(again.status).toBe(409)
    expect(JSON.parse(await again.text())).toMatchObject({ data: { code: 'account-exists' } })
  })

  it('puts a policy without inline scripts on every answer', async () => {
    for (const path of ['/', '/api/health', '/api/nothing', '/assets/nothing.js']) {
      const { headers } = await desktop.protocol.request(`app://slipway${path}`, OWN)
      const policy = headers['content-security-policy']!
      expect(policy).toContain("default-src 'self'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    }
    // Given by the launcher's server before its handler is asked.
    const big = { ...OWN, method: 'POST', headers: { 'content-type': 'application/json' }, body: 'x'.repeat(1_100_000) }
    const tooLarge = await desktop.protocol.request('app://slipway/api/accounts', big).catch((error: unknown) => error)
    if (!(tooLarge instanceof NetworkError))
      expect((tooLarge as PageAnswer).headers['content-security-policy']).toContain("default-src 'none'")
  })

  it('streams events as they happen, and resumes them after the id the page had last', async () => {
    await addAccounts(home, ['A1'])
    const stream = await desktop.protocol.request('app://slipway/api/events', OWN)
    expect(stream.headers['content-type']).toContain('text/event-stream')
    const reader = readerOf(stream)
    const snapshot = await reader.until('snapshot')
    const id = /^id: (.+)$/m.exec(snapshot)![1]!
    await addAccounts(home, ['A2'])
    await reader.until('A2')
    stream.body!.destroy()

    const headers = { 'last-event-id': id }
    const resumed = await desktop.protocol.request('app://slipway/api/events', { ...OWN, headers })
    const missed = await readerOf(resumed).until('A2')
    expect(missed).not.toContain('snapshot')
    resumed.body!.destroy()
  })

  it('answers no page but its own', async () => {
    for (const initiatorOrigin of ['https://evil.example', 'null', 'app://slipway.evil.example', 'app://notice'])
      await expect(desktop.protocol.request('app://slipway/api/health', { initiatorOrigin })).rejects.toMatchObject({
        code: 'ERR_FAILED',
      })
    await expect(desktop.protocol.request('app://elsewhere/', OWN)).rejects.toMatchObject({ code: 'ERR_FAILED' })
  })

  it('lets the notice lead to the page, and to nothing else', async () => {
    const notice = { initiatorOrigin: 'app://notice' }
    expect((await desktop.protocol.request('app://slipway/', notice)).headers['content-type']).toContain('text/html')
    await expect(desktop.protocol.request('app://slipway/api/status', notice)).rejects.toBeInstanceOf(NetworkError)
  })
})

describe('app://slipway, when the launcher is not as it should be', () => {
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  /** A server at a launcher's endpoint that does as it is told. */
  async function upstream(answer: Parameters<typeof createServer>[1]) {
    const layout = openHome(tempHome())
    const server: Server = createServer(answer!)
    await listenLocally(server, layout.launcherEndpoint)
    closing.push(() => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    })
    return { layout, server }
  }

  it('fails as the network does while nobody listens, and says so to the shell', async () => {
    let asked = 0
    const desktop = await windowOnto(openHome(tempHome()).launcherEndpoint, () => void (asked += 1))
    await expect(desktop.protocol.request('app://slipway/api/events', OWN)).rejects.toMatchObject({
      code: 'ERR_UNEXPECTED',
    })
    expect(asked).toBe(1)
  })

  it('breaks a stream whose launcher dies, so that the page connects again', async () => {
    const { layout, server } = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: first\n\n')
    })
    const desktop = await windowOnto(layout.launcherEndpoint)
    const stream = await desktop.protocol.request('app://slipway/api/events', OWN)
    const broken = new Promise((resolve) => stream.body!.once('error', resolve))
    await readerOf(stream).until('first')
    stream.body!.resume()
    server.closeAllConnections()
    expect(await broken).toBeInstanceOf(Error)
  })

  it('hangs up on the launcher when the page lets a stream go, even between two events', async () => {
    const hungUp = Promise.withResolvers<void>()
    const { layout } = await upstream((_request, response) => {
      response.once('close', () => hungUp.resolve())
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: first\n\n')
    })
    const desktop = await windowOnto(layout.launcherEndpoint)
    const stream = await desktop.protocol.request('app://slipway/api/events', OWN)
    await readerOf(stream).until('first')
    stream.body!.destroy()
    await hungUp.promise
  })

  it('passes on what the page sent, but for what belongs to one connection', async () => {
    const seen = Promise.withResolvers<NodeJS.Dict<string | string[]>>()
    const { layout } = await upstream((request, response) => {
      seen.resolve(request.headers)
      response.writeHead(200, { 'x-own': 'kept', 'keep-alive': 'timeout=5', 'set-cookie': ['a=1', 'b=2'] }).end('ok')
    })
    const desktop = await windowOnto(layout.launcherEndpoint)
    const headers = { accept: 'text/event-stream', 'last-event-id': '7', 'x-mine': 'yes', te: 'trailers' }
    const answer = await desktop.protocol.request('app://slipway/api/events', { ...OWN, headers })
    expect(await seen.promise).toMatchObject({ accept: 'text/event-stream', 'last-event-id': '7', 'x-mine': 'yes' })
    expect(await seen.promise).toMatchObject({ host: 'localhost' })
    expect((await seen.promise)['te']).toBeUndefined()
    expect(answer.headers).toMatchObject({ 'x-own': 'kept' })
    expect(answer.headers).not.toHaveProperty('keep-alive')
  })

  it('does not wait for the first event before it answers', async () => {
    const { layout } = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    })
    const desktop = await windowOnto(layout.launcherEndpoint)
    const stream = await desktop.protocol.request('app://slipway/api/events', OWN)
    expect(stream.status).toBe(200)
    stream.body!.destroy()
  })
})

describe('the notice in place of the page', () => {
  it('has no script, one style of its own, and no text that could be markup', async () => {
    const desktop = await windowOnto(openHome(tempHome()).launcherEndpoint)
    const notice = await desktop.protocol.request('app://notice/starting')
    const text = await notice.text()
    expect(notice.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(text).toContain('Opening &lt;b&gt;the&lt;/b&gt; page')
    expect(text).not.toContain('<script')
  })
})

function readerOf({ body }: PageAnswer) {
  let text = ''
  body!.on('data', (chunk: Uint8Array) => (text += Buffer.from(chunk).toString('utf8')))
  return {
    async until(wanted: string): Promise<string> {
      while (!text.includes(wanted)) await delay(10)
      return text
    },
  }
}
