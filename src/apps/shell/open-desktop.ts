import { dirname, join } from 'node:path'
import type { HomeLayout } from '../../adapters/home/layout.ts'
import { connectLauncher } from '../../adapters/launcher-client/connect-launcher.ts'
import { socketFetch } from '../../adapters/launcher-client/socket-fetch.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { APP_VERSION } from '../version.ts'
import { openDeskMemory } from './desk/desk-memory.ts'
import { openTray } from './desk/fleet-tray.ts'
import { loginItem } from './desk/login-item.ts'
import { appMenu, type MenuState, type ShellActions } from './desk/menu-items.ts'
import { openNotifier } from './desk/notifier.ts'
import { openUpdates, type Updates } from './desk/updates.ts'
import { openNewsDesk, toldOf } from './fleet/fleet-news.ts'
import { summarizeFleet, type FleetSummary } from './fleet/fleet-summary.ts'
import { followFleet } from './fleet/follow-fleet.ts'
import { stopAll } from './fleet/stop-all.ts'
import { cleanEnvironment } from './launcher/clean-environment.ts'
import { keepLauncher } from './launcher/launcher-keeper.ts'
import { cleanStart } from './launcher/start-cleanly.ts'
import { startLauncher } from './launcher/start-launcher.ts'
import { denyPermissions } from './page/lock-down.ts'
import { mainWindow } from './page/main-window.ts'
import type { PagePlace } from './page/page-address.ts'
import { pageDoor } from './page/page-door.ts'
import { forgetOldRuntimes } from './runtime/forget-old-runtimes.ts'
import type { ShellArguments } from './shell-arguments.ts'
import { configFolder, type ShellContext } from './shell-context.ts'

export type Desktop = Readonly<{
  show: (place?: PagePlace) => void
  /** Settles when the launcher was found or started, or could not be. */
  launcherSettled: Promise<void>
}>

/** How long the launcher's socket may take to accept a call, milliseconds. */
const CONNECT_MS = 5_000
/** How long `npm start` may take to bring its own launcher up, milliseconds. */
const AWAIT_MS = 60_000
/** A bot needs a moment from its start to its lock record; old runtimes are looked through after that. Milliseconds. */
const SETTLED_MS = 60_000

/** Wires window, tray, menu, notifications and the page's door together. Electron is ready. */
export function openDesktop(ctx: ShellContext, args: ShellArguments, layout: HomeLayout): Desktop {
  const { electron, platform } = ctx
  const { app } = electron
  const icon = (name: string) => join(ctx.programs.icons, name)
  const client = connectLauncher({ endpoint: layout.launcherEndpoint, connectMs: CONNECT_MS })
  const memory = openDeskMemory(join(layout.root, 'desktop', 'desk.json'))
  const login = loginItem({ app, platform, configFolder: configFolder(ctx.env), command: ctx.command })
  const runtimes = join(layout.root, 'runtime')
  const ending = new AbortController()
  let summary: FleetSummary | undefined
  let updates: Updates | undefined
  let current: string | undefined
  let isQuitting = false

  const keeper = keepLauncher({
    ...{
      layout,
      client,
      version: APP_VERSION,
      replacesOlder: app.isPackaged,
      now: Date.now,
      onChange: launcherChanged,
    },
    prepare: async () => {
      const runtime = await ctx.programs.prepare(runtimes)
      current = runtime.folder
      return runtime
    },
    start: (runtime) =>
      startLauncher(
        { layout, client, start: cleanStart(electron, platform, ctx.programs.hop), env: cleanEnvironment(ctx.env) },
        runtime,
      ),
  })
  const window = mainWindow({
    ...{ electron, memory, icon: icon('png/256x256.png'), launcher: () => keeper.get().kind },
    onClosed: () => {
      if (memory.get().toldOfTray || isQuitting) return
      memory.change({ toldOfTray: true })
      notifier.tell(
        'Slipway stays in the tray',
        'Bots go on. Open the window from the tray, or by starting Slipway again.',
      )
    },
  })
  const notifier = openNotifier(electron, icon('png/256x256.png'), (accountId) =>
    window.show(accountId === undefined ? undefined : { page: 'account', accountId: accountId as AccountId }),
  )
  const actions: ShellActions = {
    openWindow: (place) => window.show(place),
    stopAll: () => void stopAll({ electron, api: client.api, window: window.get, tell: notifier.tell }),
    startLauncher: () => void keeper.ensure(),
    toggleLoginItem,
    checkForUpdates: () => updates?.check(true),
    installUpdate: () => updates?.install(),
    openFolder: () => void electron.shell.openPath(layout.root),
    quit: () => app.quit(),
  }
  const usual = platform === 'darwin' ? 'trayTemplate.png' : platform === 'win32' ? 'tray.ico' : 'tray.png'
  const attention = usual.replace('tray', 'tray-attention')
  const tray = openTray(electron, { usual: icon(usual), attention: icon(attention) }, actions, platform)
  let shownMenu = ''

  function menuState(): MenuState {
    const launcher = keeper.get().kind
    return { summary, launcher, loginItem: login.isOn(), update: updates?.get() }
  }

  function showMenus(): void {
    if (ending.signal.aborted) return
    const state = menuState()
    tray.show(state)
    const menu = appMenu(state, actions, { platform, isPackaged: app.isPackaged })
    const says = JSON.stringify(menu)
    if (says === shownMenu) return
    shownMenu = says
    electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(menu))
  }

  function launcherChanged(): void {
    window.launcherChanged()
    showMenus()
  }

  function toggleLoginItem(): void {
    try {
      const left = login.set(!login.isOn())
      if (left !== undefined) notifier.tell('One more step', left)
    } catch (error) {
      electron.dialog.showErrorBox('Starting at login could not be changed', (error as Error).message)
    }
    showMenus()
  }

  const news = openNewsDesk(Date.now)
  async function tellNews(accounts: Parameters<typeof news.see>[0]): Promise<void> {
    const fresh = news.see(accounts)
    if (fresh.length === 0) return
    // A launcher that is older than this window has no preferences: then everything is told.
    const wanted = await client.api.preferences.read().then(
      ({ notifications }) => notifications,
      () => undefined,
    )
    for (const { title, body, accountId } of toldOf(fresh.filter(({ kind }) => wanted?.[kind] ?? true)))
      notifier.tell(title, body, accountId)
  }

  denyPermissions(electron.session.defaultSession)
  electron.protocol.handle(
    'app',
    pageDoor({
      send: (request) => socketFetch(layout.launcherEndpoint, request, CONNECT_MS),
      notice: () => {
        const state = keeper.get()
        return state.kind === 'ready' ? { kind: 'starting', doing: 'Opening the page …' } : state
      },
      onNoLauncher: (again) => void (again ? keeper.ensure() : keeper.look()),
    }),
  )
  void followFleet(
    {
      api: client.api,
      onView: ({ accounts, isLive }) => {
        summary = isLive ? summarizeFleet(accounts) : undefined
        if (isLive && keeper.get().kind !== 'ready') void keeper.look()
        if (isLive) void tellNews(accounts)
        showMenus()
      },
      onLost: () => void keeper.look(),
    },
    ending.signal,
  )
  ctx.loadUpdater?.().then(
    (updater) => {
      updates = openUpdates({ updater, onChange: showMenus, tell: notifier.tell })
      showMenus()
    },
    // Without updates everything else works.
    () => undefined,
  )

  const settled = keeper.ensure(args.awaitLauncher ? AWAIT_MS : 0)
  const cleaning = setTimeout(() => {
    if (current && dirname(current) === runtimes) void forgetOldRuntimes({ layout, runtimes, current })
  }, SETTLED_MS)
  // Windows close between the two.
  app.once('before-quit', () => {
    isQuitting = true
  })
  app.once('will-quit', () => {
    ending.abort()
    clearTimeout(cleaning)
    updates?.stop()
    tray.remove()
  })
  showMenus()
  return { show: window.show, launcherSettled: settled }
}
