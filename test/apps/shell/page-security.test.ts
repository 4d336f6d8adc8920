import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mayOpenOutside } from '../../../src/apps/shell/page/external-links.ts'
import {
  denyPermissions,
  keepInside,
  pagePreferences,
  registerPageScheme,
} from '../../../src/apps/shell/page/lock-down.ts'
import { isOurs, pageAddress } from '../../../src/apps/shell/page/page-address.ts'
import type { Session, WebContents } from '../../../src/apps/shell/electron.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { fakeElectron } from '../../support/electron/fake-electron.ts'
import { FakeEvent, FakeWebContents } from '../../support/electron/fake-window.ts'
import { repoRoot } from '../../support/repo-root.ts'

const FOREIGN = [
  'https://evil.example/',
  'http://127.0.0.1:4711/',
  'app://slipway.evil.example/',
  'app://slipway@evil.example/',
  'app://evil.example/slipway',
  'app:slipway',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'about:blank',
  'not an address',
]

describe('the page in the window', () => {
  it.each(FOREIGN)('does not go to %s, by itself, by a redirect or in a frame', (url) => {
    const { electron } = fakeElectron()
    const contents = new FakeWebContents()
    keepInside(electron, contents as unknown as WebContents)
    expect(isOurs(url)).toBe(false)
    expect(contents.tries('will-navigate', url)).toBe(false)
    expect(contents.tries('will-redirect', url)).toBe(false)
    expect(contents.tries('will-frame-navigate', url)).toBe(false)
  })

  it('goes to its own places', () => {
    const { electron } = fakeElectron()
    const contents = new FakeWebContents()
    keepInside(electron, contents as unknown as WebContents)
    for (const url of ['app://slipway/', 'app://slipway/#/account/A1', 'app://notice/failed'])
      expect(contents.tries('will-navigate', url)).toBe(true)
    expect(pageAddress({ page: 'account', accountId: 'A.1_x' as AccountId })).toBe('app://slipway/#/account/A.1_x')
  })

  it('has no webview and opens no window', () => {
    const { electron, opened } = fakeElectron()
    const contents = new FakeWebContents()
    keepInside(electron, contents as unknown as WebContents)
    expect(contents.tries('will-attach-webview', 'app://slipway/')).toBe(false)
    for (const url of [...FOREIGN, 'app://slipway/']) expect(contents.opensWindow(url)).toBe(false)
    expect(opened).toEqual([])
  })

  it('leads to the browser for a known site over https, and still opens no window', () => {
    const { electron, opened } = fakeElectron()
    const contents = new FakeWebContents()
    keepInside(electron, contents as unknown as WebContents)
    expect(contents.opensWindow('https://www.tradingview.com/lightweight-charts/')).toBe(false)
    expect(opened).toEqual(['https://www.tradingview.com/lightweight-charts/'])
    for (const url of [
      ...['http://tradingview.com/', 'https://tradingview.com.evil.example/', 'https://eviltradingview.com/'],
      ...['https://tradingview.com@evil.example/', 'https://tradingview.com:8443/', 'https://user:pw@tradingview.com/'],
    ])
      expect(mayOpenOutside(url), url).toBe(false)
  })

  it('knows every site that the page links to', () => {
    const files = globSync('renderer/**/*.tsx', { cwd: repoRoot })
    const links = files.flatMap(
      (file) => readFileSync(join(repoRoot, file), 'utf8').match(/href="https?:[^"]+"/g) ?? [],
    )
    expect(files.length).toBeGreaterThan(10)
    for (const link of links) expect(mayOpenOutside(link.slice('href="'.length, -1)), link).toBe(true)
  })

  it('can reach nothing of the shell: there is no message between them', () => {
    for (const file of globSync('src/apps/shell/**/*.ts', { cwd: repoRoot }))
      expect(readFileSync(join(repoRoot, file), 'utf8')).not.toMatch(/ipcMain|contextBridge|preload:|executeJavaScript/)
  })

  it.each(['camera', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'hid', 'serial', 'fileSystem'])(
    'is given no permission: %s',
    (permission) => {
      const { session } = fakeElectron()
      denyPermissions(session as unknown as Session)
      expect(session.grants(permission)).toEqual({ asked: false, looked: false, device: false })
    },
  )

  it('downloads what it makes itself and what the launcher gives, nothing else', () => {
    const { session } = fakeElectron()
    denyPermissions(session as unknown as Session)
    const downloads = (url: string) => {
      const event = new FakeEvent()
      session.emit('will-download', event, { getURL: () => url })
      return !event.defaultPrevented
    }
    expect(downloads('blob:app://slipway/1-2')).toBe(true)
    expect(downloads('app://slipway/api/openapi.json')).toBe(true)
    expect(downloads('https://evil.example/setup.exe')).toBe(false)
  })

  it('has developer tools in a checkout only', () => {
    expect(pagePreferences(true).devTools).toBe(false)
    expect(pagePreferences(false).devTools).toBe(true)
  })

  it('is of a scheme that is registered once, before Electron is ready, without special rights', async () => {
    const desktop = fakeElectron()
    registerPageScheme(desktop.electron)
    expect(desktop.protocol.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
    ])
    expect(() => registerPageScheme(desktop.electron)).toThrow(/replaces the first/)
    const late = fakeElectron()
    await late.startsReady()
    expect(() => registerPageScheme(late.electron)).toThrow(/before app is ready/)
  })
})
