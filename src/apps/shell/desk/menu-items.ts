import type { AccountId } from '../../../domain/account/account-id.ts'
import type { MenuItems } from '../electron.ts'
import type { PagePlace } from '../page/page-address.ts'
import { describeState, type FleetSummary } from '../fleet/fleet-summary.ts'

/** What a person can ask of the shell from a menu. */
export type ShellActions = Readonly<{
  openWindow: (place?: PagePlace) => void
  stopAll: () => void
  startLauncher: () => void
  toggleLoginItem: () => void
  checkForUpdates: () => void
  installUpdate: () => void
  openFolder: () => void
  quit: () => void
}>

/** What the menus show. */
export type MenuState = Readonly<{
  summary: FleetSummary | undefined
  launcher: 'ready' | 'starting' | 'failed'
  loginItem: boolean
  /** Undefined where this build has no updates. */
  update: { readonly kind: 'none' | 'checking' } | { readonly kind: 'ready'; readonly version: string } | undefined
}>

const MOST_LISTED = 8

const PLACES = [
  { label: 'Accounts', place: { page: 'accounts' } },
  { label: 'Logs', place: { page: 'logs' } },
  { label: 'Calendar', place: { page: 'calendar' } },
  { label: 'Licence and cloud', place: { page: 'cloud' } },
  { label: 'Health', place: { page: 'health' } },
] as const

/** The line that stands at the top of the tray's menu and in its tooltip. */
export function fleetLine({ summary, launcher }: Pick<MenuState, 'summary' | 'launcher'>): string {
  if (launcher === 'starting') return 'starting the launcher …'
  if (launcher === 'failed') return 'no launcher; bots go on without it'
  return summary?.text ?? 'asking the launcher …'
}

/** Whether the tray should catch the eye. */
export function needsAttention({ summary, launcher }: Pick<MenuState, 'summary' | 'launcher'>): boolean {
  return launcher === 'failed' || (summary?.troubled.length ?? 0) > 0
}

export function trayMenu(state: MenuState, actions: ShellActions): MenuItems {
  const troubled = state.launcher === 'ready' ? (state.summary?.troubled ?? []) : []
  const running = state.launcher === 'ready' ? (state.summary?.running.length ?? 0) : 0
  return [
    { label: `Slipway: ${fleetLine(state)}`, enabled: false },
    ...troubled.slice(0, MOST_LISTED).map((account) => ({
      label: `${account.accountId}: ${describeState(account)}`,
      click: () => actions.openWindow({ page: 'account', accountId: account.accountId as AccountId }),
    })),
    ...(troubled.length > MOST_LISTED ? [{ label: `and ${troubled.length - MOST_LISTED} more`, enabled: false }] : []),
    { type: 'separator' },
    { label: 'Open Slipway', click: () => actions.openWindow() },
    ...(state.launcher === 'failed' ? [{ label: 'Start the launcher', click: actions.startLauncher }] : []),
    { label: 'Stop all bots …', enabled: running > 0, click: actions.stopAll },
    { type: 'separator' },
    ...settings(state, actions),
    ...updates(state, actions),
    { type: 'separator' },
    { label: 'Quit (bots go on)', click: actions.quit },
  ]
}

export function appMenu(
  state: MenuState,
  actions: ShellActions,
  on: Readonly<{ platform: NodeJS.Platform; isPackaged: boolean }>,
): MenuItems {
  const isMac = on.platform === 'darwin'
  const quit = { label: 'Quit (bots go on)', accelerator: 'CmdOrCtrl+Q', click: actions.quit }
  const macMenu: MenuItems = [
    {
      label: 'Slipway',
      submenu: [
        { role: 'about' },
        ...updates(state, actions),
        { type: 'separator' },
        { role: 'hide' },
        { role: 'hideOthers' },
        { role: 'unhide' },
        { type: 'separator' },
        quit,
      ],
    },
  ]
  return [
    ...(isMac ? macMenu : []),
    {
      label: '&File',
      submenu: [
        { label: 'Open the data folder', click: actions.openFolder },
        { type: 'separator' },
        { role: 'close' },
        ...(isMac ? [] : [quit]),
      ],
    },
    {
      label: '&Edit',
      submenu: [
        ...(['undo', 'redo'] as const).map((role) => ({ role })),
        { type: 'separator' },
        ...(['cut', 'copy', 'paste', 'selectAll'] as const).map((role) => ({ role })),
      ],
    },
    {
      label: '&View',
      submenu: [
        ...(['reload', 'resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'] as const).map((role) => ({ role })),
        ...(on.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    {
      label: '&Bots',
      submenu: [
        { label: 'Stop all bots …', accelerator: 'CmdOrCtrl+Shift+X', click: actions.stopAll },
        ...(state.launcher === 'failed' ? [{ label: 'Start the launcher', click: actions.startLauncher }] : []),
      ],
    },
    { label: '&Options', submenu: settings(state, actions) },
    { label: '&Go', submenu: PLACES.map((one) => ({ label: one.label, click: () => actions.openWindow(one.place) })) },
    { role: 'windowMenu' },
    ...(isMac ? [] : [{ label: '&Help', submenu: [...updates(state, actions), { role: 'about' as const }] }]),
  ]
}

function settings(state: MenuState, actions: ShellActions): MenuItems {
  return [
    { label: 'Settings and notifications …', click: () => actions.openWindow({ page: 'settings' }) },
    { label: 'Start at login', type: 'checkbox', checked: state.loginItem, click: actions.toggleLoginItem },
  ]
}

function updates({ update }: MenuState, actions: ShellActions): MenuItems {
  if (!update) return []
  if (update.kind === 'ready')
    return [{ label: `Update the window to ${update.version} now (bots go on)`, click: actions.installUpdate }]
  return [
    {
      label: update.kind === 'checking' ? 'Looking for updates …' : 'Check for updates',
      enabled: update.kind === 'none',
      click: actions.checkForUpdates,
    },
  ]
}
