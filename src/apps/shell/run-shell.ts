import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { defaultHome, type HomeLayout } from '../../adapters/home/layout.ts'
import { openHome, syncRootsOf } from '../../adapters/home/open-home.ts'
import { isAccountId, parseAccountId, type AccountId } from '../../domain/account/account-id.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import { openDesktop, type Desktop } from './open-desktop.ts'
import { keepInside, registerPageScheme } from './page/lock-down.ts'
import type { PagePlace } from './page/page-address.ts'
import { APP_ID, type ShellContext } from './shell-context.ts'
import { accountOfLink, LINK_SCHEME, parseShellArguments, type ShellArguments } from './shell-arguments.ts'

/**
 * The life of the desktop app: one window, a tray, and a door to the launcher. It decides nothing about trading, and
 * whatever becomes of it, launcher and bots go on.
 *
 * Called once, at load: some of it has to happen before Electron is ready.
 */
export function runShell(ctx: ShellContext): Promise<Desktop | undefined> {
  const { app } = ctx.electron
  const args = parseShellArguments(ctx.argv)
  registerPageScheme(ctx.electron)
  app.enableSandbox()
  app.setAppUserModelId(APP_ID)
  const layout = openHomeOrQuit(ctx, args)
  if (!layout) return Promise.resolve(undefined)
  // Chromium's own files, and the lock that makes us the only one: one of each for a home.
  const userData = join(layout.root, 'desktop')
  mkdirSync(userData, { recursive: true, mode: 0o700 })
  app.setPath('userData', userData)
  if (!app.requestSingleInstanceLock({ accountId: args.accountId, hidden: args.hidden })) {
    // The first one has been told what we were started for.
    app.quit()
    return Promise.resolve(undefined)
  }
  return live(ctx, args, layout)
}

async function live(ctx: ShellContext, args: ShellArguments, layout: HomeLayout): Promise<Desktop> {
  const { app } = ctx.electron
  const life: { desktop?: Desktop; asked: AccountId | undefined } = { asked: args.accountId }
  const show = (accountId: AccountId | undefined) => {
    const place: PagePlace | undefined = accountId === undefined ? undefined : { page: 'account', accountId }
    if (life.desktop) life.desktop.show(place)
    else life.asked = accountId ?? life.asked
  }

  app.on('second-instance', (_event, _argv, _folder, told) => {
    // Chromium may have changed the order of the other one's arguments, so it sends what it read from them.
    const { accountId, hidden } = (told ?? {}) as { accountId?: unknown; hidden?: unknown }
    if (hidden !== true) show(idIn(accountId))
  })
  // macOS hands links over like this, before it is ready too.
  app.on('open-url', (event, link) => {
    event.preventDefault()
    show(accountOfLink(link))
  })
  app.on('activate', () => show(undefined))
  // The shell stays in the tray; bots would go on in any case.
  app.on('window-all-closed', () => undefined)
  app.on('web-contents-created', (_event, contents) => keepInside(ctx.electron, contents))

  await app.whenReady()
  const [program, ...rest] = ctx.command
  app.setAsDefaultProtocolClient(LINK_SCHEME, program, rest)
  const desktop = openDesktop(ctx, args, layout)
  life.desktop = desktop
  const startsHidden = args.hidden || (ctx.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)
  if (!startsHidden || life.asked !== undefined) show(life.asked)
  return desktop
}

function openHomeOrQuit(ctx: ShellContext, args: ShellArguments): HomeLayout | undefined {
  const { app, dialog } = ctx.electron
  try {
    const home = args.home ?? defaultHome(ctx.env, ctx.platform)
    return openHome(home, { syncRoots: syncRootsOf(ctx.env) })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    dialog.showErrorBox(error.refusal.message, error.refusal.nextStep)
    app.exit(1)
    return undefined
  }
}

function idIn(told: unknown): AccountId | undefined {
  const id = typeof told === 'string' ? parseAccountId(told) : undefined
  return id !== undefined && isAccountId(id) ? id : undefined
}
