import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FakeDesktopSession } from '../../support/electron/fake-app.ts'
import { click, itemOf } from '../../support/electron/fake-electron.ts'
import { answers, shellOn, until, type ShellOn } from '../../support/electron/shell-on.ts'
import { accountStatus } from '../../support/account-rows.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { tempHome } from '../../support/temp-home.ts'
import { addAccounts, behave, isAlive, startsOf, statusWhen } from '../../support/launched.ts'
import { programOf } from '../../support/programs/programs.ts'

describe('the desktop app', () => {
  it('starts the launcher, shows what it does meanwhile, then the page', async () => {
    const { client, desktop, running } = await shellOn()
    const [window] = desktop.windows
    expect(window!.loaded).toEqual(['app://notice/starting'])
    await (await running)!.launcherSettled
    expect((await client.api.health()).name).toBe('slipway')
    expect(window!.loaded.at(-1)).toBe('app://slipway/')
    window!.emit('ready-to-show')
    expect(window!.visible).toBe(true)
  })

  it('uses the launcher that runs', async () => {
    const { layout, client, running } = await shellOn()
    await (await running)!.launcherSettled
    const { pid } = await client.api.health()
    const second = await shellOn({ home: layout.root, session: new FakeDesktopSession() })
    await (await second.running)!.launcherSettled
    expect((await second.client.api.health()).pid).toBe(pid)
    expect(second.desktop.utilities).toHaveLength(0)
  })

  it('quits without ending launcher or bots', async () => {
    const { layout, client, desktop, running } = await shellOn()
    await (await running)!.launcherSettled
    await addAccounts({ client, layout }, ['A1'])
    await client.api.bots.start({ ids: ['A1'], wait: true })
    click(itemOf(desktop.trays[0]!.menu, 'Quit (bots go on)'))
    expect(desktop.app.hasQuit).toBe(true)
    expect(desktop.trays[0]!.destroyed).toBe(true)
    expect(desktop.windows[0]!.isDestroyed()).toBe(true)
    expect(desktop.notifications).toEqual([])
    expect(await answers(client)).toBe(true)
    expect(isAlive(startsOf(layout, 'A1')[0]!)).toBe(true)
  })

  it('stays in the tray when its window is closed, and says so once', async () => {
    const { desktop, running } = await shellOn({ running: fakeLauncher() })
    await (await running)!.launcherSettled
    desktop.windows[0]!.close()
    desktop.app.emit('window-all-closed')
    expect(desktop.app.hasQuit).toBe(false)
    expect(desktop.notifications.map(({ title }) => title)).toEqual(['Slipway stays in the tray'])
    click(itemOf(desktop.trays[0]!.menu, 'Open Slipway'))
    desktop.windows[1]!.close()
    expect(desktop.notifications).toHaveLength(1)
  })

  it('opens its window where it was', async () => {
    const { desktop, running } = await shellOn({ running: fakeLauncher() })
    await (await running)!.launcherSettled
    const box = { x: 100, y: 80, width: 1200, height: 700 }
    desktop.windows[0]!.moveTo(box)
    desktop.windows[0]!.close()
    click(itemOf(desktop.trays[0]!.menu, 'Open Slipway'))
    expect(desktop.windows[1]!.bounds).toEqual(box)
    desktop.screens.splice(0, 1, { x: 0, y: 0, width: 1024, height: 600 })
    desktop.windows[1]!.close()
    click(itemOf(desktop.trays[0]!.menu, 'Open Slipway'))
    expect(desktop.windows[2]!.bounds).toMatchObject({ width: 1024, height: 600 })
  })

  it('makes a window that has no Node and no preload script', async () => {
    const { desktop } = await shellOn()
    expect(desktop.windows[0]!.options.webPreferences).toMatchObject({
      ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false },
    })
    expect(desktop.windows[0]!.options.webPreferences).not.toHaveProperty('preload')
    expect(desktop.app.calls).toContain('enableSandbox')
  })
})

describe('a second start of the desktop app', () => {
  it('ends at once and shows the first one’s window, at the account it was asked for', async () => {
    const session = new FakeDesktopSession()
    const first = await shellOn({ session, running: fakeLauncher() })
    await (await first.running)!.launcherSettled
    const second = await shellOn({ session, home: first.layout.root, argv: ['--account', 'A7', '--disable-gpu'] })
    expect(await second.running).toBeUndefined()
    expect(second.desktop.app.hasQuit).toBe(true)
    expect(second.desktop.windows).toHaveLength(0)
    expect(first.desktop.windows[0]!.loaded.at(-1)).toBe('app://slipway/#/account/A7')
    expect(first.desktop.windows[0]!.focused).toBe(true)
  })

  it('stays out of the way when it was started at login', async () => {
    const session = new FakeDesktopSession()
    const first = await shellOn({ session, running: fakeLauncher() })
    await (await first.running)!.launcherSettled
    const before = first.desktop.windows[0]!.loaded.length
    await shellOn({ session, home: first.layout.root, argv: ['--hidden'] })
    expect(first.desktop.windows[0]!.loaded).toHaveLength(before)
  })

  it('of another home is an app of its own', async () => {
    const session = new FakeDesktopSession()
    await shellOn({ session, running: fakeLauncher() })
    const other = await shellOn({ session, running: fakeLauncher() })
    expect(await other.running).toBeDefined()
  })
})

describe('a link to an account', () => {
  it('opens the account, from the command line or from the system', async () => {
    const { desktop, running } = await shellOn({ running: fakeLauncher(), argv: ['slipway://account/ES-1'] })
    await (await running)!.launcherSettled
    expect(desktop.windows[0]!.loaded.at(-1)).toBe('app://slipway/#/account/ES-1')
    desktop.app.emit('open-url', { preventDefault: () => undefined }, 'slipway://account/NQ-2')
    expect(desktop.windows[0]!.loaded.at(-1)).toBe('app://slipway/#/account/NQ-2')
    expect(desktop.app.protocolClients).toEqual([['slipway', '/opt/Slipway/slipway', []]])
  })

  it('that comes before the app is ready is not lost', async () => {
    const { desktop, running } = await shellOn({ running: fakeLauncher(), argv: ['--hidden'] })
    await (await running)!.launcherSettled
    expect(desktop.windows).toHaveLength(0)
    desktop.app.emit('open-url', { preventDefault: () => undefined }, 'slipway://account/ES-1')
    expect(desktop.windows[0]!.loaded).toEqual(['app://slipway/#/account/ES-1'])
  })
})

describe('the tray', () => {
  it('tells how the fleet is, and leads to what needs a person', async () => {
    const { layout, client, desktop, running } = await shellOn()
    await (await running)!.launcherSettled
    const [tray] = desktop.trays
    await addAccounts({ client, layout }, ['A1', 'A2'])
    await client.api.bots.start({ ids: ['A1'], wait: true })
    await until(() => tray!.toolTip === 'Slipway: 1 trading, 1 stopped')
    process.kill(startsOf(layout, 'A1')[0]!, 'SIGKILL')
    behave(layout, 'A1', 'crash-at-start')
    await until(() => tray!.toolTip.includes('starting again') || tray!.toolTip.includes('crashed'))
    expect(tray!.image).toMatchObject({ path: expect.stringContaining('attention') as string })
    click(itemOf(tray!.menu, /^A1: /))
    expect(desktop.windows[0]!.loaded.at(-1)).toBe('app://slipway/#/account/A1')
  })

  it('stops all bots, after asking', async () => {
    const { layout, client, desktop, running } = await shellOn()
    await (await running)!.launcherSettled
    const [tray] = desktop.trays
    await addAccounts({ client, layout }, ['A1', 'A2', 'A3'])
    await client.api.bots.start({ ids: ['A1', 'A2'], wait: true })
    const item = await until(() => {
      const found = itemOf(tray!.menu, 'Stop all bots …')
      return found.enabled !== false && found
    })
    click(item)
    await until(() => desktop.dialogs.length === 1)
    expect(desktop.dialogs[0]).toMatchObject({
      message: 'Stop all bots?',
      buttons: ['Keep them running', 'Stop 2 bots'],
    })
    expect(desktop.dialogs[0]!.detail).toContain('2 bots will stop: 0 live, 2 paper.')
    expect(desktop.dialogs[0]!.over).toBe(desktop.windows[0])
    expect((await client.api.status({ id: 'A1' }))[0]!.state).toBe('trading')
    desktop.answer = 1
    click(item)
    await statusWhen(client, 'A1', ({ state }) => state === 'stopped')
    await statusWhen(client, 'A2', ({ state }) => state === 'stopped')
    await until(() => desktop.notifications.some(({ title }) => title === 'All bots are stopped'))
    expect(startsOf(layout, 'A3')).toEqual([])
  })

  it('says so when a launcher is ended, leaves it ended, and starts it when told to', async () => {
    const { client, desktop, running } = await shellOn()
    await (await running)!.launcherSettled
    await client.api.shutdown({ bots: false })
    await until(() => desktop.trays[0]!.toolTip === 'Slipway: no launcher; bots go on without it')
    expect(desktop.utilities).toHaveLength(1)
    click(itemOf(desktop.trays[0]!.menu, 'Start the launcher'))
    await until(() => desktop.trays[0]!.toolTip === 'Slipway: no accounts yet')
  })

  it('brings a launcher back that was killed', async () => {
    const { client, desktop, running } = await shellOn()
    await (await running)!.launcherSettled
    await until(() => desktop.trays[0]!.toolTip === 'Slipway: no accounts yet')
    const { pid } = await client.api.health()
    process.kill(pid, 'SIGKILL')
    await until(() => desktop.utilities.length === 2)
    expect((await client.whenReady(20_000)).pid).not.toBe(pid)
    await until(() => desktop.trays[0]!.toolTip === 'Slipway: no accounts yet')
  })
})

describe('notifications', () => {
  const fleet = () => fakeLauncher([accountStatus({ accountId: 'A1', state: 'trading', mode: 'live' })])
  const titles = ({ desktop }: ShellOn) => desktop.notifications.map(({ title }) => title)

  it('tell of a bot that crashed, and lead to its account', async () => {
    const running = fleet()
    const shell = await shellOn({ running })
    const { desktop } = shell
    await until(() => desktop.trays[0]!.toolTip === 'Slipway: 1 trading')
    running.change({ accountId: 'A1', state: 'crashed', stateReason: 'the disk is full' })
    const [told] = await until(() => desktop.notifications.length > 0 && desktop.notifications)
    expect(told).toMatchObject({ title: 'A1 (LIVE): the bot crashed', shown: true })
    expect(told!.body).toMatch(/^The disk is full\. /)
    told!.emit('click')
    expect(desktop.windows[0]!.loaded.at(-1)).toBe('app://slipway/#/account/A1')
  })

  it('tell of a bot that went blind, and of one at its loss limit', async () => {
    const running = fleet()
    const shell = await shellOn({ running })
    await until(() => shell.desktop.trays[0]!.toolTip === 'Slipway: 1 trading')
    running.change({ accountId: 'A1', state: 'blind', stateReason: 'no bars since 15:30' })
    await until(() => titles(shell).length === 1)
    const reached = { rule: 'daily-loss' as const, share: 1, used: '500.00', limit: '500.00' }
    running.change({ accountId: 'A1', state: 'blocked', lossLimitUsed: reached })
    await until(() => titles(shell).length === 2)
    expect(titles(shell)).toEqual(['A1 (LIVE): the bot is blind', 'A1 (LIVE): loss limit reached'])
  })

  it('are left out where the person has switched them off', async () => {
    const running = fleet()
    const shell = await shellOn({ running })
    await shell.client.api.preferences.change({ notifications: { crashed: false } })
    await until(() => shell.desktop.trays[0]!.toolTip === 'Slipway: 1 trading')
    running.change({ accountId: 'A1', state: 'crashed' })
    await until(() => shell.desktop.trays[0]!.toolTip === 'Slipway: 1 crashed')
    running.change({ accountId: 'A1', state: 'blind' })
    await until(() => titles(shell).length > 0)
    expect(titles(shell)).toEqual(['A1 (LIVE): the bot is blind'])
  })
})

describe('the desktop app, where something is missing', () => {
  it('says why a home can’t be used, and ends', async () => {
    const { layout } = await shellOn()
    const { desktop, running } = await shellOn({ home: layout.root, argv: ['--home', '/dev/null/home'] })
    expect(await running).toBeUndefined()
    expect(desktop.app.exitCode).toBe(1)
    expect(desktop.errors[0]).toMatch(/SLIPWAY_HOME/)
  })

  it('shows why the launcher could not start', async () => {
    const { desktop, running } = await shellOn({ launcher: '/nowhere/launcher.mjs' })
    await (await running)!.launcherSettled
    expect(desktop.windows[0]!.loaded.at(-1)).toBe('app://notice/failed')
    const notice = await (await desktop.protocol.request('app://notice/failed')).text()
    expect(notice).toContain('The program /nowhere/launcher.mjs is missing.')
    expect(notice).toContain('Bots that run go on trading without it.')
  })

  it('shows the launcher’s own last words', async () => {
    const home = tempHome()
    const launcher = join(home, 'broken.mjs')
    writeFileSync(launcher, 'process.stderr.write("The port is taken."); process.exit(2)')
    const { layout, desktop, running } = await shellOn({ home, launcher })
    await (await running)!.launcherSettled
    const notice = await (await desktop.protocol.request('app://notice/failed')).text()
    expect(notice).toContain('The launcher could not start: The port is taken.')
    expect(existsSync(join(layout.run, `launcher-start-${process.pid}.txt`))).toBe(false)
  })

  it('tries again when the person asks for it in the window', async () => {
    const home = tempHome()
    const launcher = join(home, 'broken.mjs')
    writeFileSync(launcher, 'process.exit(2)')
    const { desktop, running } = await shellOn({ home, launcher })
    await (await running)!.launcherSettled
    writeFileSync(launcher, `import ${JSON.stringify(pathToFileURL(programOf('launcher-of-fakes')).href)}`)
    const again = desktop.protocol.request('app://slipway/', { initiatorOrigin: 'app://notice' })
    await expect(again).rejects.toMatchObject({ code: 'ERR_UNEXPECTED' })
    await until(() => desktop.windows[0]!.loaded.at(-1) === 'app://slipway/')
  })

  it('remembers nothing worse than a window', async () => {
    const { layout, desktop, running } = await shellOn({ running: fakeLauncher() })
    await (await running)!.launcherSettled
    desktop.windows[0]!.close()
    const kept: unknown = JSON.parse(readFileSync(join(layout.root, 'desktop', 'desk.json'), 'utf8'))
    expect(Object.keys(kept as object).toSorted()).toEqual(['toldOfTray', 'window'])
  })
})
