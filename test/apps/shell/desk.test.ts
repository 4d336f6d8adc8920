import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openDeskMemory } from '../../../src/apps/shell/desk/desk-memory.ts'
import { loginItem } from '../../../src/apps/shell/desk/login-item.ts'
import { appMenu, trayMenu, type MenuState, type ShellActions } from '../../../src/apps/shell/desk/menu-items.ts'
import { placeWindow, type Box } from '../../../src/apps/shell/desk/place-window.ts'
import { summarizeFleet } from '../../../src/apps/shell/fleet/fleet-summary.ts'
import { allItems, click, fakeElectron, itemOf } from '../../support/electron/fake-electron.ts'
import { accountStatus } from '../../support/account-rows.ts'
import { tempHome } from '../../support/temp-home.ts'

const MAIN: Box = { x: 0, y: 0, width: 1920, height: 1040 }
const SECOND: Box = { x: 1920, y: -200, width: 2560, height: 1400 }

describe('placing the window', () => {
  it('puts the first one in the middle of the main screen', () => {
    expect(placeWindow(undefined, [MAIN])).toEqual({ x: 240, y: 70, width: 1440, height: 900 })
    expect(placeWindow(undefined, [{ x: 0, y: 25, width: 1280, height: 695 }])).toEqual({
      x: 0,
      y: 25,
      width: 1280,
      height: 695,
    })
  })

  it('puts it where it was, on whichever screen', () => {
    const box = { x: 2000, y: 0, width: 1500, height: 1000 }
    expect(placeWindow(box, [MAIN, SECOND])).toEqual(box)
  })

  it('brings it back from a screen that is gone', () => {
    expect(placeWindow({ x: 2000, y: 0, width: 1500, height: 1000 }, [MAIN])).toEqual({
      x: 210,
      y: 20,
      width: 1500,
      height: 1000,
    })
  })

  it('always leaves enough of its title bar to take hold of', () => {
    const at = fc.integer({ min: -20_000, max: 20_000 })
    const size = fc.integer({ min: 1, max: 20_000 })
    const screen = fc.record({
      ...{ x: at, y: at },
      ...{ width: fc.integer({ min: 640, max: 8_000 }), height: fc.integer({ min: 400, max: 5_000 }) },
    })
    fc.assert(
      fc.property(
        fc.record({ x: at, y: at, width: size, height: size }),
        fc.array(screen, { minLength: 1, maxLength: 4 }),
        (box, screens) => {
          const placed = placeWindow(box, screens)
          const seen = screens.map((area) => ({
            wide: Math.min(placed.x + placed.width, area.x + area.width) - Math.max(placed.x, area.x),
            high: Math.min(placed.y + 48, area.y + area.height) - Math.max(placed.y, area.y),
          }))
          expect(seen.some(({ wide, high }) => wide >= 160 && high >= 24)).toBe(true)
        },
      ),
    )
  })
})

describe('what the desk remembers', () => {
  it('survives a file that is torn, foreign or missing', () => {
    const file = join(tempHome(), 'desktop', 'desk.json')
    expect(openDeskMemory(file).get()).toEqual({ toldOfTray: false })
    openDeskMemory(file).change({ toldOfTray: true })
    expect(openDeskMemory(file).get()).toEqual({ toldOfTray: true })
    for (const text of ['{ torn', '[]', '{"window":{"box":{"x":1e9}}}']) {
      writeFileSync(file, text)
      expect(openDeskMemory(file).get()).toEqual({ toldOfTray: false })
    }
  })
})

describe('starting at login', () => {
  const item = (platform: NodeJS.Platform, command = ['/opt/Slipway/slipway']) => {
    const { app } = fakeElectron()
    const configFolder = tempHome()
    return { app, configFolder, item: loginItem({ app: app as never, platform, configFolder, command }) }
  }

  it('is an autostart entry on Linux, in the words of the desktop’s standard', () => {
    const { configFolder, item: login } = item('linux', ['/home/anna/My Apps/Slip"way$ 100%.AppImage'])
    expect(login.isOn()).toBe(false)
    expect(login.set(true)).toBeUndefined()
    expect(login.isOn()).toBe(true)
    const file = join(configFolder, 'autostart', 'slipway.desktop')
    const entry = readFileSync(file, 'utf8')
    expect(entry).toContain('Exec="/home/anna/My Apps/Slip\\\\"way\\\\$ 100%%.AppImage" --hidden\n')
    expect(entry).toContain('Type=Application\n')
    writeFileSync(file, `${entry}Hidden=true\n`)
    expect(login.isOn()).toBe(false)
    login.set(false)
    expect(login.isOn()).toBe(false)
  })

  it('names program and arguments on Windows, which asks for the very same again', () => {
    const { app, item: login } = item('win32')
    login.set(true)
    expect(app.loginItem).toEqual({ openAtLogin: true, path: '/opt/Slipway/slipway', args: ['--hidden'] })
    expect(login.isOn()).toBe(true)
    login.set(false)
    expect(login.isOn()).toBe(false)
  })

  it('says where to allow it when macOS asks', () => {
    const { app, item: login } = item('darwin')
    app.loginStatus = 'requires-approval'
    expect(login.set(true)).toContain('System Settings')
    expect(app.loginItem).toEqual({ openAtLogin: true, type: 'mainAppService' })
    app.loginStatus = 'enabled'
    expect(login.set(true)).toBeUndefined()
  })
})

describe('the menus', () => {
  const accounts = [
    accountStatus({ accountId: 'A1', state: 'trading' }),
    accountStatus({ accountId: 'A2', state: 'blind' }),
    accountStatus({ accountId: 'A3', state: 'crashed' }),
  ]
  const state = (fields: Partial<MenuState> = {}): MenuState => ({
    ...{ summary: summarizeFleet(accounts), launcher: 'ready', loginItem: false, update: undefined, ...fields },
  })
  const called: string[] = []
  const actions = new Proxy({} as ShellActions, {
    get: (_, name) => (place?: unknown) => called.push(`${String(name)} ${JSON.stringify(place)}`),
  })

  it('of the tray name what needs a person, the worst first', () => {
    const labels = trayMenu(state(), actions).map(({ label }) => label)
    expect(labels.slice(0, 3)).toEqual(['Slipway: 1 crashed, 1 blind, 1 trading', 'A3: crashed', 'A2: blind'])
  })

  it('of the tray offer to stop only what runs, and to start a launcher that is missing', () => {
    expect(itemOf(trayMenu(state(), actions), 'Stop all bots …').enabled).toBe(true)
    const gone = trayMenu(state({ launcher: 'failed' }), actions)
    expect(itemOf(gone, 'Stop all bots …').enabled).toBe(false)
    expect(itemOf(gone, 'Start the launcher')).toBeDefined()
  })

  it('of the window lead to every page, and say that bots go on', () => {
    for (const platform of ['linux', 'win32', 'darwin'] as const) {
      const menu = appMenu(state(), actions, { platform, isPackaged: true })
      click(itemOf(menu, 'Logs'))
      expect(called.at(-1)).toBe('openWindow {"page":"logs"}')
      expect(itemOf(menu, 'Quit (bots go on)').accelerator).toBe('CmdOrCtrl+Q')
      expect(allItems(menu).some(({ role }) => role === 'toggleDevTools')).toBe(false)
      expect(allItems(menu).some(({ role }) => role === 'copy')).toBe(true)
    }
  })

  it('offer an update only where there are any', () => {
    expect(allItems(trayMenu(state(), actions)).some(({ label }) => /pdate/.test(label ?? ''))).toBe(false)
    const ready = trayMenu(state({ update: { kind: 'ready', version: '2.0.0' } }), actions)
    expect(itemOf(ready, /^Update the window to 2\.0\.0 now \(bots go on\)$/)).toBeDefined()
  })
})
