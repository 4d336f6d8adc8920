import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, expect, test, type ElectronApplication } from '@playwright/test'
import { connectLauncher } from '../../src/adapters/launcher-client/connect-launcher.ts'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { repoRoot } from '../support/repo-root.ts'

/** Electron's program, where npm's package has fetched it. */
function electronProgram(): string | undefined {
  const folder = join(repoRoot, 'node_modules', 'electron')
  try {
    const program = join(
      process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'),
      readFileSync(join(folder, 'path.txt'), 'utf8'),
    )
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

/** Why the window can't be tried here; undefined where it can. */
function whyNot(): string | undefined {
  if (!electronProgram())
    return 'the Electron program is not here (node node_modules/electron/install.js fetches it, where github.com can be reached)'
  const hasScreen = process.platform === 'win32' || process.platform === 'darwin' || process.env['DISPLAY']
  return hasScreen ? undefined : 'there is no screen (on Linux: xvfb-run npm test)'
}

const why = whyNot()
if (why) console.log(`The desktop window is not tried: ${why}.`)

test.describe('the desktop window', () => {
  test.skip(why !== undefined, why)

  let home: string
  let app: ElectronApplication
  const layout = () => homeLayout(home)
  const launcher = () => connectLauncher({ endpoint: layout().launcherEndpoint }).api

  test.beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'slipway-window-'))
    app = await _electron.launch({
      executablePath: electronProgram()!,
      // Chromium's own sandbox refuses to run as root, as tests in a container do.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), repoRoot],
      env: { ...(process.env as Record<string, string>), SLIPWAY_HOME: home },
    })
  })
  test.afterEach(async () => {
    await app.close().catch(() => undefined)
    await launcher()
      .shutdown({ bots: true })
      .catch(() => undefined)
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  })

  test('shows the page without any code, follows the launcher, and leaves it running', async () => {
    const page = await app.firstWindow()
    await expect(page).toHaveURL(/^app:\/\/slipway\//)
    await expect(page.getByText(/session has ended/)).toHaveCount(0)
    await launcher().accounts.add({ accountId: 'A1', user: 'u', symbol: '6EH4' })
    await expect(page.getByText('A1').first()).toBeVisible()
    await app.evaluate(({ app: electronApp }) => electronApp.quit())
    expect((await launcher().health()).name).toBe('slipway')
  })

  test('gives the page nothing of Node or Electron, and no way out', async () => {
    const page = await app.firstWindow()
    await expect(page).toHaveURL(/^app:\/\/slipway\//)
    expect(
      await page.evaluate(() => [typeof Reflect.get(globalThis, 'require'), typeof Reflect.get(globalThis, 'process')]),
    ).toEqual(['undefined', 'undefined'])
    expect(await page.evaluate(() => window.open('https://evil.example/'))).toBeNull()
    await page.evaluate(() => {
      window.location.href = 'https://evil.example/'
    })
    await expect(page).toHaveURL(/^app:\/\/slipway\//)
    expect(
      await page.evaluate(() => navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)),
    ).toBe('denied')
  })

  test('streams through app://, and connects again after the launcher was away', async () => {
    const page = await app.firstWindow()
    await expect(page).toHaveURL(/^app:\/\/slipway\//)
    const events = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const source = new EventSource('/api/events')
          let opened = 0
          source.onopen = () => {
            opened += 1
            if (opened === 2) resolve(opened)
          }
        }),
    )
    const { pid } = await launcher().health()
    await page.waitForTimeout(1_000)
    process.kill(pid, 'SIGKILL')
    expect(await events).toBe(2)
  })
})
