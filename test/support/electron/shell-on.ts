import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { connectLauncher, type LauncherClient } from '../../../src/adapters/launcher-client/connect-launcher.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import type { Desktop } from '../../../src/apps/shell/open-desktop.ts'
import { runShell } from '../../../src/apps/shell/run-shell.ts'
import type { ShellContext } from '../../../src/apps/shell/shell-context.ts'
import { repoRoot } from '../repo-root.ts'
import type { FakeLauncher } from '../fake-launcher.ts'
import { tempHome } from '../temp-home.ts'
import { fakeElectron, type FakeElectron } from './fake-electron.ts'
import { serveFakeLauncher } from './fake-launcher-door.ts'
import { programOf } from '../programs/programs.ts'

export const HOP = join(repoRoot, 'src', 'apps', 'shell', 'hop.ts')
export type ShellOn = Readonly<{
  layout: HomeLayout
  client: LauncherClient
  desktop: FakeElectron
  running: Promise<Desktop | undefined>
}>

type Options = Parameters<typeof fakeElectron>[0] &
  Partial<Pick<ShellContext, 'platform' | 'env' | 'loadUpdater'>> &
  Readonly<{
    home?: string
    /** Program of the launcher it starts. */
    launcher?: string
    /** A launcher that runs already, and that the test makes up. */
    running?: FakeLauncher
  }>

/** The whole shell on a machine with a fake Electron, with the launcher it starts: a real process, whose bots are fakes. */
export async function shellOn(options: Options = {}): Promise<ShellOn> {
  const layout = openHome(options.home ?? tempHome())
  if (options.running) await serveFakeLauncher(layout, options.running)
  const desktop = fakeElectron(options)
  const client = connectLauncher({ endpoint: layout.launcherEndpoint })
  const launcher = options.launcher ?? programOf('launcher-of-fakes')
  const running = runShell({
    electron: desktop.electron,
    programs: {
      prepare: async () => ({ folder: undefined, version: '0.0.0', node: process.execPath, launcher }),
      hop: HOP,
      icons: '/icons',
    },
    loadUpdater: options.loadUpdater,
    argv: options.argv ?? [],
    env: {
      ...process.env,
      CI: '1',
      XDG_CONFIG_HOME: join(layout.root, 'config'),
      ...options.env,
      SLIPWAY_HOME: layout.root,
    },
    platform: options.platform ?? process.platform,
    command: ['/opt/Slipway/slipway'],
  })
  onTestFinished(async () => {
    if (!desktop.app.hasQuit) desktop.app.quit()
    // Whoever started a launcher ends it.
    if (desktop.utilities.length === 0) return
    await client.api.shutdown({ bots: true }).catch(() => undefined)
    while (await answers(client)) await delay(50)
  })
  await desktop.startsReady()
  return { layout, client, desktop, running }
}

export async function answers(client: LauncherClient): Promise<boolean> {
  return client.api.health().then(
    () => true,
    () => false,
  )
}

/** Waits for something to become so. */
export async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const seen = look()
    if (seen !== undefined && seen !== false) return seen
    await delay(20)
  }
}
