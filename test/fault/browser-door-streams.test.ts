import { appendFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLauncherClient } from '../../renderer/launcher/launcher-client.ts'
import { keepStreaming } from '../../renderer/launcher/keep-streaming.ts'
import { connectLauncher } from '../../src/adapters/launcher-client/connect-launcher.ts'
import { SESSION_HEADER } from '../../src/contracts/launcher-api.ts'
import type { FleetEvent } from '../../src/contracts/fleet.ts'
import { openSessionAt, type SessionHeaders } from '../support/knock.ts'
import { accountIdOf, launcherProcess, newHome } from '../support/launched.ts'
import { programOf } from '../support/programs/programs.ts'

const isLinux = process.platform === 'linux'
/** What a page may be without news at most, once its launcher is back. */
const RECONNECT_MS = 6_000
/** What is garbage is not counted for long. */
const SMALL_HEAP = '--max-old-space-size=160'
const LINE = `{"time":"2026-01-02T03:04:05.000Z","level":"info","event":"noise","msg":"${'x'.repeat(2_000)}"}\n`

/** W4 of the fault matrix: streams whose launcher is killed, whose reader is slow, or hangs up. */
describe('a stream at the browser door', () => {
  let layout: ReturnType<typeof newHome>
  let launcher: Awaited<ReturnType<typeof launcherProcess>>
  let url: URL
  let session: SessionHeaders
  const ending = new AbortController()

  const start = async () => {
    launcher = await launcherProcess(layout, SMALL_HEAP, [programOf('launcher-of-fakes'), '--no-open'])
    url = new URL(await launcher.ready)
  }
  beforeEach(async () => {
    layout = newHome()
    await start()
    session = await openSessionAt(url.href)
  })
  afterEach(async () => {
    ending.abort()
    launcher.child.kill('SIGTERM')
    await launcher.exited
    rmSync(layout.root, { recursive: true, force: true })
  })

  const local = () => connectLauncher({ endpoint: layout.launcherEndpoint }).api
  const addAccount = (accountId: string) => local().accounts.add({ accountId, user: 'me', symbol: '6EH4' })

  /** The page's own client, in a browser that has the cookie. */
  const page = () =>
    createLauncherClient({
      url: `${url.origin}/api`,
      token: () => session[SESSION_HEADER],
      onUnauthorized: () => {
        throw new Error('the session was lost')
      },
      fetch: (request, init) => {
        request.headers.set('cookie', session.cookie)
        return fetch(request, init)
      },
    })

  /** A stream as it comes, read only when somebody does. */
  const openRaw = (path: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const asked = httpRequest(
        { host: '127.0.0.1', port: url.port, path, headers: { ...session }, agent: false },
        resolve,
      )
      asked.on('error', reject)
      asked.end()
    })

  it('goes on by itself after the launcher was killed and came back, with the same session and the whole state', async () => {
    await addAccount('A1')
    const client = page()
    const seen: FleetEvent[] = []
    const losses: string[] = []
    let opened = 0
    void keepStreaming<FleetEvent>(
      {
        open: ({ signal, lastEventId, context }) =>
          client.events(undefined, { signal, lastEventId, context } as never) as never,
        onOpen: () => void opened++,
        onEvent: (event) => void seen.push(event),
        onLost: ({ code }) => {
          losses.push(code)
          return 'retry'
        },
      },
      ending.signal,
    )
    await until(() => seen.length > 0)
    launcher.child.kill('SIGKILL')
    await launcher.exited
    await until(() => losses.length > 0)
    const port = url.port
    await start()
    expect(url.port).toBe(port)
    await addAccount('B2')
    const back = performance.now()
    await until(() => opened > 1 && seen.some((one) => accountsOf(one).includes('B2')))
    expect(performance.now() - back).toBeLessThan(RECONNECT_MS)
    // What was before is told again as a whole: nothing can be missing in between.
    const again = seen.slice(1).find(({ type }) => type === 'snapshot')
    expect(again && accountsOf(again)).toContain('A1')
    expect(new Set(losses)).toEqual(new Set(['launcher-unreachable']))
  })

  it.runIf(isLinux)('costs the launcher no memory where its reader is slow, and holds up no other', async () => {
    const id = accountIdOf('A1')
    await addAccount(id)
    const file = layout.log(id, '6EH4', 'paper')
    mkdirSync(layout.logs(id), { recursive: true })
    appendFileSync(file, LINE)
    const path = `/api/accounts/${id}/logs/follow`
    const slow = await Promise.all(Array.from({ length: 8 }, () => openRaw(path)))
    const quick = await openRaw(path)
    let read = ''
    quick.on('data', (chunk: Buffer) => (read = (read + chunk.toString()).slice(-10_000)))
    await until(() => read.includes('noise'))
    const before = memoryOf(launcher.child.pid!)
    // 60 MB: eight readers that do not read would have the launcher keep 480.
    for (let part = 0; part < 60; part++) {
      appendFileSync(file, LINE.repeat(500))
      await delay(20)
    }
    appendFileSync(file, LINE.replace('noise', 'the-last-line'))
    await until(() => read.includes('the-last-line'))
    expect(memoryOf(launcher.child.pid!) - before).toBeLessThan(250)
    for (const one of [...slow, quick]) one.destroy()
  })

  it.runIf(isLinux)('is closed in the launcher as soon as its reader hangs up', async () => {
    await addAccount('A1')
    for (let round = 0; round < 5; round++) {
      const paths = ['/api/events', '/api/accounts/A1/logs/follow', '/api/live?topics=fleet']
      const streams = await Promise.all(Array.from({ length: 30 }, (_, at) => openRaw(paths[at % paths.length]!)))
      expect(socketsOf(launcher.child.pid!)).toBeGreaterThanOrEqual(30)
      for (const one of streams) one.destroy()
      await until(() => socketsOf(launcher.child.pid!) < 10)
    }
    expect((await local().health()).pid).toBe(launcher.child.pid)
  })
})

function accountsOf(event: FleetEvent): string[] {
  switch (event.type) {
    case 'snapshot':
      return event.accounts.map(({ accountId }) => accountId)
    case 'status':
      return [event.account.accountId]
    case 'removed':
      return []
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(20)
}

/** Resident memory, MB. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1_024
}

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith('socket:')
    } catch {
      return false
    }
  }).length
}
