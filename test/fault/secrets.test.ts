import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connectLauncher, type LauncherApi } from '../../src/adapters/launcher-client/connect-launcher.ts'
import { knock, openSessionAt } from '../support/knock.ts'
import { launcherProcess, newHome, statusWhen } from '../support/launched.ts'
import { doorRoutes } from '../support/launcher-routes.ts'
import { tempHome } from '../support/temp-home.ts'
import { startVenue, type VenueProcess } from '../support/venue/start-venue.ts'
import { programOf } from '../support/programs/programs.ts'

const LAUNCHER = programOf('launcher-of-bots')
/** Values that are nowhere else on this computer. */
const TOKEN = 'cnry-tkn-4f1d7a9e0b6c'
const WRONG_TOKEN = 'cnry-wrong-93b1c07d55'
const PASSPHRASE = 'cnry passphrase 8e2f60a1'
const NEXT_PASSPHRASE = 'cnry another 77d0c4b2'
const CANARIES = [TOKEN, WRONG_TOKEN, PASSPHRASE, NEXT_PASSPHRASE]

/** A secret as it stands, and as it is often written. */
const FORMS = CANARIES.flatMap((text) => {
  const bytes = Buffer.from(text)
  return [text, encodeURIComponent(text), bytes.toString('hex'), bytes.toString('base64url').slice(0, -1)]
})

/** Which canaries a text has. */
const canariesIn = (text: string) => FORMS.filter((form) => text.includes(form))

/** S1 of the fault matrix: where secrets must never be seen, while everything is done with them that can be. */
describe('the secrets of an account', () => {
  const layout = newHome()
  let launcher: Awaited<ReturnType<typeof launcherProcess>>
  let venue: VenueProcess
  let proxy: Server
  const proxied: string[] = []
  let api: LauncherApi

  beforeAll(async () => {
    // Told afterwards: what it is started with stands in its arguments.
    venue = await startVenue(1)
    await venue.settings({ token: TOKEN })
    proxy = createServer((request, response) => {
      proxied.push(`${request.url} ${JSON.stringify(request.headers)}`)
      response.end()
    }).on('connect', (request, socket) => {
      proxied.push(request.url ?? '')
      socket.destroy()
    })
    await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy'])
      process.env[name] = address
    launcher = await launcherProcess(layout, LAUNCHER, ['--no-open'])
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy'])
      Reflect.deleteProperty(process.env, name)
    await launcher.ready
    api = connectLauncher({ endpoint: layout.launcherEndpoint }).api
    await api.vault.init({ protection: { kind: 'passphrase', passphrase: PASSPHRASE } })
    await api.accounts.add({
      ...{ accountId: 'G1', user: 'alice', broker: 'gateway', symbol: 'MES', feed: 'synthetic:1' },
      set: [`gateway.url=${venue.url}`],
    })
    // Everything that can be done with them, right and wrong.
    await api.vault.unlock({ passphrase: WRONG_TOKEN }).catch(() => undefined)
    const values = { url: venue.url, token: WRONG_TOKEN }
    await api.vault.credentials.test({ broker: 'gateway', values })
    await api.vault.credentials.test({ broker: 'gateway', values: { ...values, token: TOKEN } })
    await api.vault.credentials.set({ id: 'G1', values: { token: WRONG_TOKEN } })
    await api.bots.start({ ids: ['G1'], wait: true })
    await api.vault.credentials.set({ id: 'G1', values: { token: TOKEN } })
    await api.vault.change({
      passphrase: PASSPHRASE,
      protection: { kind: 'passphrase', passphrase: NEXT_PASSPHRASE },
    })
    await api.bots.start({ ids: ['G1'], wait: true })
    await statusWhen({ api } as never, 'G1', ({ state }) => state === 'trading')
  })
  afterAll(async () => {
    await api.shutdown({ bots: true }).catch(() => undefined)
    await launcher.exited
    proxy.close()
    await venue.close()
    rmSync(layout.root, { recursive: true, force: true })
  })

  it.runIf(process.platform === 'linux')('are in no argument and no environment of any process', () => {
    const seen = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .flatMap((pid) =>
        ['cmdline', 'environ', 'comm'].flatMap((file) => {
          try {
            return canariesIn(readFileSync(`/proc/${pid}/${file}`, 'latin1')).map((found) => `${pid} ${file} ${found}`)
          } catch {
            return []
          }
        }),
      )
    expect(seen).toEqual([])
  })

  it.runIf(process.platform === 'linux')(
    'need no keychain in memory of a launcher that has none, and never of a bot',
    async () => {
      const [row] = await api.status({ id: 'G1' })
      for (const pid of [launcher.child.pid!, row!.pid!])
        expect(readFileSync(`/proc/${pid}/maps`, 'latin1')).not.toMatch(/keyring/)
    },
  )

  it('are in no file of the home: no log, database, record, socket folder, not the vault itself', () => {
    expect(filesWithCanaries()).toEqual([])
    const names = readdirSync(layout.root, { recursive: true }).map(String)
    for (const wanted of [/launcher\.log$/, /live_trader.*\.log$/, /state\.db$/, /bot\.out\.log$/, /vault$/])
      expect(
        names.some((name) => wanted.test(name)),
        String(wanted),
      ).toBe(true)
  })

  it('are in no answer of any route, at either door', async () => {
    const url = new URL((await api.open()).url)
    const session = await openSessionAt(url.href)
    const port = Number(url.port)
    const headers = { ...session, origin: url.origin, 'content-type': 'application/json' }
    const queries = ['', '?broker=gateway', '?topics=fleet,notices,records:G1,log:G1', '?query=token&text=token']
    for (const { method, path } of doorRoutes()) {
      if (/shutdown|vault\/(init|change|lock)|purge/.test(path) || method === 'DELETE') continue
      for (const query of method === 'GET' ? queries : [''])
        for (const id of ['G1', 'A1']) {
          const ask = { method, path: path.replace('A1', id) + query, headers }
          const { body } = await knock(port, { ...ask, ...(method === 'GET' ? {} : { body: '{}' }) })
          expect(canariesIn(body), `${method} ${ask.path}`).toEqual([])
        }
    }
  })

  it('are not told back where a request is refused for its form', async () => {
    const url = new URL((await api.open()).url)
    const session = await openSessionAt(url.href)
    const bodies = [
      { id: 'G1', values: { token: 17, extra: TOKEN } },
      { id: 'G1', values: { [TOKEN]: TOKEN } },
      { protection: { kind: TOKEN, passphrase: PASSPHRASE } },
      { passphrase: [PASSPHRASE] },
    ]
    for (const path of ['/api/vault/credentials/G1', '/api/vault/init', '/api/vault/unlock', '/api/vault/change'])
      for (const body of bodies) {
        const answer = await knock(Number(url.port), {
          ...{ method: 'POST', path, body: JSON.stringify(body) },
          headers: { ...session, origin: url.origin, 'content-type': 'application/json' },
        })
        expect(answer.status, path).toBeGreaterThanOrEqual(400)
        // A name is no value; it may be told back, and is by its own route only.
        const told = canariesIn(answer.body).filter(
          (found) => !('values' in body && TOKEN in body.values && found === TOKEN),
        )
        expect(told, `${path} ${answer.body}`).toEqual([])
      }
  })

  it('go to the gateway that the user named and to nobody in between', () => {
    expect(proxied).toEqual([])
  })

  it('are still nowhere after the bot and the launcher were killed and came back', async () => {
    const [row] = await api.status({ id: 'G1' })
    process.kill(row!.pid!, 'SIGABRT')
    await statusWhen({ api } as never, 'G1', ({ state, pid }) => state === 'trading' && pid !== row!.pid)
    launcher.child.kill('SIGKILL')
    await launcher.exited
    launcher = await launcherProcess(layout, LAUNCHER, ['--no-open'])
    await launcher.ready
    await api.vault.unlock({ passphrase: NEXT_PASSPHRASE })
    expect(canariesIn(launcher.output())).toEqual([])
    expect(filesWithCanaries()).toEqual([])
  })

  function filesWithCanaries(): string[] {
    return readdirSync(layout.root, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .flatMap(({ parentPath, name }) =>
        canariesIn(readFileSync(join(parentPath, name), 'latin1')).map((found) => `${join(parentPath, name)} ${found}`),
      )
  }
})

describe('a gateway that says the token back', () => {
  let gateway: Server
  let url: string
  beforeEach(async () => {
    gateway = createServer((request, response) => {
      const said = `${request.headers.authorization} ${Buffer.from(TOKEN).toString('base64')}`
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ code: 'unauthorized', message: `no entry with ${said}` }))
    })
    await new Promise<void>((resolve) => void gateway.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`
  })
  afterEach(() => {
    gateway.close()
    gateway.closeAllConnections()
  })

  it('puts it into no log, no last word of the bot and no answer', async () => {
    const layout = newHome()
    const launcher = await launcherProcess(layout, LAUNCHER, ['--no-open'])
    onTestFinished(() => {
      launcher.child.kill('SIGKILL')
      rmSync(layout.root, { recursive: true, force: true })
    })
    await launcher.ready
    const { api } = connectLauncher({ endpoint: layout.launcherEndpoint })
    const tokenFile = join(tempHome(), 'token')
    writeFileSync(tokenFile, TOKEN, { mode: 0o600 })
    await api.accounts.add({
      ...{ accountId: 'G1', user: 'alice', broker: 'gateway', symbol: 'MES', feed: 'synthetic:1' },
      set: [`gateway.url=${url}`, `gateway.tokenFile=${tokenFile}`],
    })
    const outcomes = await api.bots.start({ ids: ['G1'], wait: true })
    expect(outcomes[0]).toMatchObject({ outcome: 'refused', refusal: { code: 'broker-refused' } })
    expect(canariesIn(JSON.stringify([outcomes, await api.status({})]))).toEqual([])
    await api.shutdown({ bots: true })
    await launcher.exited
    const files = readdirSync(layout.root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    for (const { parentPath, name } of files)
      expect(canariesIn(readFileSync(join(parentPath, name), 'latin1')), name).toEqual([])
  })
})

describe('a bot', () => {
  it.each([
    ['an argument', [`--token=${TOKEN}`], {}],
    ['its environment', [], { BROKER_TOKEN: TOKEN }],
  ])('does not start with a secret that stands in %s as well, and does not say it', async (_, args, env) => {
    const home = tempHome()
    const child = spawn(process.execPath, [programOf('bot'), ...args], {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stdin.end(JSON.stringify({ home, accountId: 'A1', instanceId: 'i', secrets: { gatewayToken: TOKEN } }) + '\n')
    expect(await once(child, 'exit')).toEqual([2, null])
    expect(said).toContain('secret-exposed')
    expect(canariesIn(said)).toEqual([])
    expect(readdirSync(home)).toEqual([])
  })
})
