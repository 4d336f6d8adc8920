import { spawnSync } from 'node:child_process'
import { request as httpRequest } from 'node:http'
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSupervision } from '../../../src/adapters/bot-process/supervision-record.ts'
import { launch } from '../../../src/apps/launcher/launch.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { accountIdOf, addAccounts, launched, newHome, statusWhen, type Launched } from '../../support/launched.ts'

const isRoot = process.getuid?.() === 0

describe('the launcher’s API', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(() => home.close())

  const api = () => home.client.api
  /** Plain REST, as a script would use it. */
  const rest = (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
      const headers =
        text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      const asked = httpRequest({ socketPath: home.layout.launcherEndpoint, method, path: `/api${path}`, headers })
      asked.on('error', reject)
      asked.on('response', (answer) => {
        let received = ''
        answer.on('data', (chunk: Buffer) => (received += chunk.toString()))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: received ? JSON.parse(received) : undefined }),
        )
      })
      asked.end(text)
    })

  it.each([
    ['GET', '/accounts/nobody', undefined, 404, 'account-unknown'],
    ['GET', '/accounts/nobody/trades', undefined, 404, 'account-unknown'],
    ['GET', '/accounts/nobody/logs', undefined, 404, 'account-unknown'],
    ['GET', '/accounts/..%2f..%2fetc/logs', undefined, 404, 'account-unknown'],
    ['GET', '/status?id=nobody', undefined, 404, 'account-unknown'],
    ['DELETE', '/accounts/nobody?purge=true', undefined, 404, 'account-unknown'],
    ['POST', '/bots/start', { ids: ['A1', 'nobody'] }, 404, 'account-unknown'],
    ['POST', '/bots/stop', { ids: [] }, 422, 'bad-usage'],
    ['POST', '/bots/start', { ids: 'A1' }, 422, 'bad-usage'],
    ['POST', '/bots/start', { all: true, timeoutMs: -1 }, 422, 'bad-usage'],
    ['POST', '/bots/start', '{"all": tr', 400, 'bad-usage'],
    ['POST', '/accounts', { accountId: 'A1', user: 'u', symbol: '6EH4' }, 409, 'account-exists'],
    ['POST', '/accounts', { accountId: '../x', user: 'u', symbol: '6EH4' }, 422, 'account-id-invalid'],
    ['POST', '/accounts', { accountId: 'A2', user: 'u', symbol: 'NOSUCHTHING' }, 422, 'symbol-unknown'],
    ['POST', '/accounts', { accountId: 'A2', user: 'u' }, 422, 'bad-usage'],
    ['PATCH', '/accounts/A1', { set: [] }, 422, 'bad-usage'],
    ['PATCH', '/accounts/A1', { set: ['nothing=1'] }, 422, 'setting-invalid'],
    ['GET', '/accounts/A1/trades?limit=0', undefined, 422, 'bad-usage'],
    ['GET', '/accounts/A1/logs?grep=(', undefined, 422, 'bad-usage'],
    ['POST', '/accounts/A1/backup', undefined, 422, 'state-missing'],
    ['POST', '/accounts/A1/restore', { file: '/no/such/file' }, 422, 'backup-invalid'],
    ['POST', '/accounts/A1/restore/check', { file: '/no/such/file' }, 422, 'backup-invalid'],
    ['DELETE', '/accounts/A1', { purge: 'maybe' }, 422, 'bad-usage'],
    ['GET', '/no/such/route', undefined, 404, 'bad-usage'],
  ])('answers %s %s %j with %i and %s, a sentence and a next step', async (method, path, body, status, code) => {
    await addAccounts(home, ['A1'])
    const answer = await rest(method, path, body)
    expect(answer).toMatchObject({ status, body: { data: { code } } })
    const { message, nextStep } = (answer.body as { data: { message: string; nextStep: string } }).data
    expect(message).toMatch(/^[^\n]+\.$/)
    expect(nextStep).toMatch(/^[^\n]+$/)
  })

  it('does nothing of a call that names one unknown account among known ones', async () => {
    await addAccounts(home, ['A1'])
    await expect(api().bots.start({ ids: ['A1', 'nobody'] })).rejects.toMatchObject({
      refusal: { code: 'account-unknown' },
    })
    expect((await api().status({ id: 'A1' }))[0]).toMatchObject({ state: 'stopped', pid: null })
  })

  it('refuses what would pull the ground from under a running bot, naming it', async () => {
    await addAccounts(home, ['A1'])
    const [started] = await api().bots.start({ ids: ['A1'], wait: true })
    const held = { refusal: { code: 'account-held', message: expect.stringContaining(String(started!.pid)) } }
    await expect(api().accounts.remove({ id: 'A1', purge: true })).rejects.toMatchObject(held)
    await expect(api().accounts.edit({ id: 'A1', set: ['symbol=SPY'] })).rejects.toMatchObject(held)
    await expect(api().restore({ id: 'A1', file: 'x' })).rejects.toMatchObject(held)
    await expect(api().checkRestore({ id: 'A1', file: 'x' })).rejects.toMatchObject(held)
    expect(await rest('DELETE', '/accounts/A1')).toMatchObject({ status: 409 })
  })

  it('lists the strategies with the parameters a form is made from', async () => {
    const listed = await home.client.api.strategies.list()
    const bounce = listed.find(({ id }) => id === 'vwap-bounce')
    expect(bounce).toMatchObject({ kind: 'built-in', file: null, problem: null })
    expect(bounce?.parameters).toContainEqual(expect.objectContaining({ name: 'rsiPeriod', kind: 'integer', min: 2 }))
  })

  it('says that an edit applies at the next start while the bot runs', async () => {
    await addAccounts(home, ['A1'])
    const edit = () => api().accounts.edit({ id: 'A1', set: ['risk.maxPositionLots=3'] })
    expect((await edit()).appliesAtNextStart).toBe(false)
    await api().bots.start({ ids: ['A1'], wait: true })
    expect((await edit()).appliesAtNextStart).toBe(true)
  })

  it('deletes a folder only when told so in the body', async () => {
    await addAccounts(home, ['A1'])
    expect(await rest('DELETE', '/accounts/A1?purge=false')).toMatchObject({ status: 200, body: { purged: false } })
    expect(existsSync(home.layout.account(accountIdOf('A1')))).toBe(true)
  })

  it('shows a corrupt account among the others, and stops its bot all the same', async () => {
    await addAccounts(home, ['A1', 'A2'])
    await api().bots.start({ all: true, wait: true })
    writeFileSync(home.layout.settings(accountIdOf('A1')), 'garbage')
    const row = await statusWhen(home.client, 'A1', ({ lastError }) => lastError?.includes('account.json') === true)
    expect(row).toMatchObject({ state: 'trading' })
    expect(await api().accounts.list()).toMatchObject([{ corrupt: { code: 'account-corrupt' } }, { settings: {} }])
    expect(await api().bots.stop({ all: true })).toMatchObject([{ outcome: 'stopped' }, { outcome: 'stopped' }])
    expect(await api().bots.start({ ids: ['A2'], wait: true })).toMatchObject([{ outcome: 'trading' }])
    await expect(api().bots.start({ ids: ['A1'] })).rejects.toMatchObject({ refusal: { code: 'account-corrupt' } })
  })

  it('has no rows for an account that never traded', async () => {
    await addAccounts(home, ['A1'])
    const id = { id: 'A1' }
    expect(await Promise.all([api().trades(id), api().orders(id), api().positions(id), api().decisions(id)])).toEqual([
      [],
      [],
      [],
      [],
    ])
    expect(await api().logs.read(id)).toEqual({ lines: [], end: 0 })
  })

  it('follows a log as it is written', async () => {
    await addAccounts(home, ['A1'])
    const file = home.layout.log(accountIdOf('A1'), '6E', 'paper')
    mkdirSync(home.layout.logs(accountIdOf('A1')), { recursive: true })
    const line = (msg: string) =>
      `${JSON.stringify({ time: '2024-01-02T00:00:00.000Z', level: 'info', event: 'x', msg })}\n`
    writeFileSync(file, line('first'))
    const hangUp = new AbortController()
    const lines = await api().logs.follow({ id: 'A1' }, { signal: hangUp.signal })
    expect((await lines.next()).value).toMatchObject({ message: 'first', level: 'info' })
    const next = lines.next()
    appendFileSync(file, line('second'))
    expect((await next).value).toMatchObject({ message: 'second' })
    hangUp.abort()
  })

  it.skipIf(!isRoot || process.platform === 'win32')('is closed to other users of the computer', () => {
    const script = `require('node:net').connect(${JSON.stringify(home.layout.launcherEndpoint)})
      .on('connect', () => console.log('in')).on('error', (error) => console.log(error.code))`
    const stranger = spawnSync('/usr/bin/env', [process.execPath, '-e', script], { uid: 65_534, encoding: 'utf8' })
    expect(stranger.stdout.trim()).toBe('EACCES')
  })
})

describe('a launcher that can’t begin', () => {
  const options = (layout: ReturnType<typeof newHome>, port?: number) => ({
    ...{ layout, version: 'test', program: { node: '', entry: '', env: {} }, rendererFolder: '', port },
    ...{ now: () => epochMs(Date.now()), random: () => 0 },
  })

  it('says that its port is taken, and lets go of what it held', async () => {
    const home = await launched()
    const other = newHome()
    await expect(launch(options(other, home.launcher.port))).rejects.toMatchObject({
      refusal: { code: 'bad-usage', nextStep: expect.stringContaining('--port') },
    })
    const again = await launch(options(other))
    expect(again.kind).toBe('running')
    if (again.kind === 'running') await again.launcher.close()
    await home.close()
  })

  it('says how to build a bot that is not there, and does not keep trying', async () => {
    const home = await launched({ program: { node: process.execPath, entry: '/no/such/bot.mjs', env: process.env } })
    await addAccounts(home, ['A1'])
    expect(await home.client.api.bots.start({ ids: ['A1'], wait: true })).toMatchObject([
      { outcome: 'failed', refusal: { nextStep: 'Build it with: npm run build' } },
    ])
    expect(await home.client.api.status({ id: 'A1' })).toMatchObject([{ state: 'stopped' }])
    expect(readSupervision(home.layout, accountIdOf('A1')).wanted).toBe('stopped')
    await home.close()
  })

  it('says who has the home', async () => {
    const home = await launched()
    expect(await launch(options(home.layout))).toMatchObject({
      kind: 'refused',
      refusal: { message: expect.stringContaining(String(process.pid)) },
    })
    await home.close()
  })

  it.skipIf(!isRoot || process.platform !== 'linux')(
    'says that the disk is full, and stops bots nevertheless',
    async ({ skip }) => {
      const layout = newHome()
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'none', layout.root]).status !== 0)
        skip('this kernel lets us mount no small disk')
      const unmount = () => spawnSync('umount', ['-l', layout.root])
      try {
        const { openHome } = await import('../../../src/adapters/home/open-home.ts')
        const home = await launched({ layout: openHome(layout.root) })
        await addAccounts(home, ['A1'])
        await home.client.api.bots.start({ ids: ['A1'], wait: true })
        fill(join(layout.root, 'ballast'))
        const refused = { refusal: { code: 'disk-full', nextStep: expect.stringContaining('space') } }
        await expect(addAccounts(home, ['A2'])).rejects.toMatchObject(refused)
        await expect(
          home.client.api.accounts.edit({ id: 'A1', set: ['risk.maxPositionLots=2'] }),
        ).rejects.toMatchObject(refused)
        expect((await home.client.api.accounts.list()).length).toBe(1)
        expect(await home.client.api.bots.stop({ ids: ['A1'] })).toMatchObject([{ outcome: 'stopped' }])
        expect(await home.client.api.bots.start({ ids: ['A1'] })).toMatchObject([
          { outcome: 'failed', refusal: { code: 'disk-full' } },
        ])
        await home.close().catch(() => undefined)
      } finally {
        unmount()
      }
    },
  )
})

/** Writes until nothing more fits. */
function fill(path: string): void {
  for (const size of [65_536, 4_096, 512, 1])
    try {
      for (;;) appendFileSync(path, Buffer.alloc(size))
    } catch {
      // full for this size
    }
}
