import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spawnBot } from '../../../src/adapters/bot-process/spawn-bot.ts'
import { readSupervision, writeSupervision } from '../../../src/adapters/bot-process/supervision-record.ts'
import { connectLauncher, connectLauncherByUrl } from '../../../src/adapters/launcher-client/connect-launcher.ts'
import {
  accountIdOf,
  addAccounts,
  isAlive,
  launched,
  launcherProcess,
  startsOf,
  statusWhen,
  type Launched,
} from '../../support/launched.ts'
import { programOf } from '../../support/programs/programs.ts'

const FAKE_LAUNCHER = programOf('launcher-of-fakes')

describe('a launcher that comes back', () => {
  let home: Launched
  const processes: { pid?: number | undefined; kill: (signal: 'SIGKILL') => boolean }[] = []
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(async () => {
    for (const one of processes.splice(0)) one.kill('SIGKILL')
    await home.close()
  })
  const status = async (id: string) => (await home.client.api.status({ id }))[0]!
  const launchInProcess = async () => {
    const other = await launcherProcess(home.layout, FAKE_LAUNCHER, ['--no-open'])
    processes.push(other.child)
    return other
  }

  it('finds the bots that run, by the instance that answers, and starts none of them again', async () => {
    await addAccounts(home, ['A1', 'A2'])
    const started = await home.client.api.bots.start({ all: true, wait: true })
    await home.relaunch()
    for (const { accountId, pid, instanceId } of started) {
      expect(await status(accountId)).toMatchObject({ state: 'trading', pid, instanceId })
      expect(startsOf(home.layout, accountId)).toHaveLength(1)
    }
    expect(await home.client.api.bots.start({ ids: ['A1'] })).toMatchObject([{ outcome: 'already-running' }])
  })

  it('finds them after kill -9 as well, and goes on supervising them', async () => {
    await addAccounts(home, ['A1'])
    await home.launcher.close()
    const first = await launchInProcess()
    await first.ready
    const [started] = await home.client.api.bots.start({ ids: ['A1'], wait: true })
    first.child.kill('SIGKILL')
    await first.exited
    expect(isAlive(started!.pid!)).toBe(true)

    const second = await launchInProcess()
    await second.ready
    expect(await status('A1')).toMatchObject({ state: 'trading', pid: started!.pid })
    process.kill(started!.pid!, 'SIGKILL')
    const again = await statusWhen(home.client, 'A1', (row) => row.state === 'trading' && row.pid !== started!.pid)
    expect(startsOf(home.layout, 'A1')).toEqual([started!.pid, again.pid])
  })

  it('starts a bot again that should run and died meanwhile', async () => {
    await addAccounts(home, ['A1'])
    const [started] = await home.client.api.bots.start({ ids: ['A1'], wait: true })
    await home.launcher.close()
    process.kill(started!.pid!, 'SIGKILL')
    await home.relaunch()
    const again = await statusWhen(home.client, 'A1', ({ state }) => state === 'trading')
    expect(again.pid).not.toBe(started!.pid)
  })

  it('finishes a stop that was written down before it was killed, and stops nobody else’s bot', async () => {
    await addAccounts(home, ['A1', 'A2'])
    const [one, other] = await home.client.api.bots.start({ ids: ['A1', 'A2'], wait: true })
    await home.launcher.close()
    const asked = { wanted: 'stopped', ending: { flatten: false, keepOrders: false } } as const
    const told = readSupervision(home.layout, accountIdOf('A1'))
    writeSupervision(home.layout, accountIdOf('A1'), { ...told, ...asked })
    writeSupervision(home.layout, accountIdOf('A2'), { ...told, ...asked, instanceId: 'of-an-earlier-bot' })
    await home.relaunch()
    await statusWhen(home.client, 'A1', ({ state }) => state === 'stopped')
    // The account is free a moment before its process is gone.
    await expect.poll(() => isAlive(one!.pid!)).toBe(false)
    await expect
      .poll(() => readSupervision(home.layout, accountIdOf('A1')))
      .toMatchObject({ wanted: 'stopped', ending: null })
    expect(await status('A2')).toMatchObject({ state: 'trading', pid: other!.pid })
  })

  it('leaves a bot alone that ended in order meanwhile', async () => {
    await addAccounts(home, ['A1'], 'end-feed')
    await home.client.api.bots.start({ ids: ['A1'] })
    await home.launcher.close()
    const [pid] = startsOf(home.layout, 'A1')
    while (isAlive(pid!)) await new Promise((resolve) => setTimeout(resolve, 20))
    await home.relaunch()
    expect(await status('A1')).toMatchObject({ state: 'stopped', stateReason: 'feed-ended' })
    expect(startsOf(home.layout, 'A1')).toHaveLength(1)
  })

  it('does not start what a person had stopped', async () => {
    await addAccounts(home, ['A1'])
    await home.client.api.bots.start({ ids: ['A1'], wait: true })
    await home.client.api.bots.stop({ ids: ['A1'] })
    await home.relaunch()
    expect(await status('A1')).toMatchObject({ state: 'stopped' })
    expect(startsOf(home.layout, 'A1')).toHaveLength(1)
  })

  it('ends in order when told to, and bots go on', async () => {
    await home.launcher.close()
    const launcher = await launchInProcess()
    await launcher.ready
    // Adding an account loads the file lock, which has ideas of its own about signals.
    await addAccounts(home, ['A1'])
    const [started] = await home.client.api.bots.start({ ids: ['A1'], wait: true })
    launcher.child.kill('SIGINT')
    expect(await launcher.exited).toEqual([0, null])
    expect(isAlive(started!.pid!)).toBe(true)
    expect(readFileSync(home.layout.launcherLog, 'utf8').trim().split('\n').at(-1)).toContain('launcher-ending')
    expect(existsSync(home.layout.launcherRecord)).toBe(false)
  })

  it.skipIf(process.platform === 'win32')(
    'keeps bots out of its terminal: a hang-up reaches none of them',
    async () => {
      await addAccounts(home, ['A1'])
      await home.launcher.close()
      const launcher = await launchInProcess()
      await launcher.ready
      const [started] = await home.client.api.bots.start({ ids: ['A1'], wait: true })
      process.kill(launcher.child.pid!, 'SIGHUP')
      expect((await launcher.exited)[0]).toBe(0)
      await home.relaunch()
      expect(await status('A1')).toMatchObject({ state: 'trading', pid: started!.pid })
    },
  )

  it('is the only one of its home: another says so, shows the page of the first, and ends', async () => {
    const second = await launchInProcess()
    const url = await second.ready
    expect(await second.exited).toEqual([0, null])
    expect(second.output()).toContain(`Slipway is already running (process ${process.pid})`)
    const page = await connectLauncherByUrl(url)
    expect((await page.api.health()).instanceId).toBe((await home.client.api.health()).instanceId)
  })

  it('keeps its port, so that an open page finds it again', async () => {
    const { port } = home.launcher
    await home.relaunch()
    expect(home.launcher.port).toBe(port)
  })

  it('prints one line and nothing secret but the code in it', async () => {
    await home.launcher.close()
    const launcher = await launchInProcess()
    const url = await launcher.ready
    expect(launcher.output()).toBe(`Slipway is ready at ${url}\n`)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{43}$/)
  })

  it('ends when asked through its API, with its bots if told so', async () => {
    await addAccounts(home, ['A1'])
    await home.launcher.close()
    const launcher = await launchInProcess()
    await launcher.ready
    const [started] = await home.client.api.bots.start({ ids: ['A1'], wait: true })
    expect(await home.client.api.shutdown({ bots: true })).toEqual({ pid: launcher.child.pid })
    expect(await launcher.exited).toEqual([0, null])
    expect(isAlive(started!.pid!)).toBe(false)
    await expect(home.client.api.health()).rejects.toMatchObject({ refusal: { code: 'launcher-unreachable' } })
  })

  it('finds a bot that somebody started without it', async () => {
    await addAccounts(home, ['A1'])
    const start = { home: home.layout.root, accountId: 'A1', instanceId: 'by-hand', secrets: {} }
    const program = { node: process.execPath, entry: programOf('fake-bot'), env: process.env }
    const child = await spawnBot(program, start, home.layout.botOutput(accountIdOf('A1')))
    const found = await statusWhen(home.client, 'A1', ({ state }) => state === 'trading')
    expect(found).toMatchObject({ instanceId: 'by-hand', pid: child.pid })
    // Nobody asked the launcher to keep it running, so it doesn't.
    child.kill()
    expect(await statusWhen(home.client, 'A1', ({ state }) => state !== 'trading')).toMatchObject({ state: 'crashed' })
    expect(startsOf(home.layout, 'A1')).toHaveLength(1)
  })

  it('says that a launcher is not there', async () => {
    const nowhere = connectLauncher({ endpoint: join(home.layout.run, 'nothing.sock') })
    await expect(nowhere.api.health()).rejects.toMatchObject({ refusal: { code: 'launcher-unreachable' } })
  })
})
