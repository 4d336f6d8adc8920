import type { Electron, Window } from '../electron.ts'
import type { DeskMemory } from '../desk/desk-memory.ts'
import { placeWindow, SMALLEST_SIZE } from '../desk/place-window.ts'
import { pagePreferences } from './lock-down.ts'
import { noticeAddress } from './notice-pages.ts'
import { isOurs, pageAddress, PAGE_ORIGIN, type PagePlace } from './page-address.ts'

/** A window is moved and sized in many small steps; the last one is kept, milliseconds. */
const SETTLE_MS = 400

export type MainWindowContext = Readonly<{
  electron: Electron
  memory: DeskMemory
  icon: string
  /** Whether the page can be had, or else why not. */
  launcher: () => 'ready' | 'starting' | 'failed'
  /** The window is closed; the shell stays. */
  onClosed: () => void
}>

export type MainWindow = Readonly<{
  /** Opens it, or brings the open one to the front, at a place of the page where one is named. */
  show: (place?: PagePlace) => void
  /** The launcher came or went: puts the page in place of a notice, or a notice where no page could load. */
  launcherChanged: () => void
  get: () => Window | undefined
}>

/** The one window: where it was, with the page or, while there is none, with what is happening. */
export function mainWindow(ctx: MainWindowContext): MainWindow {
  let window: Window | undefined
  let wanted: PagePlace | undefined
  let hasPage = false

  function load(): void {
    if (!window) return
    const state = ctx.launcher()
    hasPage = state === 'ready'
    const address = state === 'ready' ? pageAddress(wanted) : noticeAddress(state)
    // A load that another one replaces rejects; one that fails says so in `did-fail-load`.
    window.loadURL(address).catch(() => undefined)
  }

  function open(): Window {
    const remembered = ctx.memory.get().window
    const { screen, BrowserWindow, app } = ctx.electron
    const main = screen.getPrimaryDisplay()
    const others = screen.getAllDisplays().filter(({ id }) => id !== main.id)
    const opened = new BrowserWindow({
      ...placeWindow(
        remembered?.box,
        [main, ...others].map(({ workArea }) => workArea),
      ),
      minWidth: SMALLEST_SIZE.width,
      minHeight: SMALLEST_SIZE.height,
      title: 'Slipway',
      icon: ctx.icon,
      show: false,
      webPreferences: pagePreferences(app.isPackaged),
    })
    if (remembered?.maximized) opened.maximize()
    if (remembered?.fullScreen) opened.setFullScreen(true)
    opened.once('ready-to-show', () => opened.show())
    remember(opened)
    opened.webContents.on('did-fail-load', (_event, code, _why, address, isMainFrame) => {
      // -3: another load took its place.
      if (!isMainFrame || code === -3 || !isOurs(address) || !address.startsWith(PAGE_ORIGIN)) return
      hasPage = false
      opened.loadURL(noticeAddress(ctx.launcher() === 'starting' ? 'starting' : 'failed')).catch(() => undefined)
    })
    // A page that crashed, or was ended by the system for its memory, is loaded again; it holds nothing of its own.
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') load()
    })
    opened.on('closed', () => {
      window = undefined
      hasPage = false
      ctx.onClosed()
    })
    return opened
  }

  function remember(opened: Window): void {
    let timer: ReturnType<typeof setTimeout> | undefined
    const keep = () => {
      clearTimeout(timer)
      if (opened.isDestroyed() || opened.isMinimized()) return
      const { x, y, width, height } = opened.getNormalBounds()
      const box = { x, y, width, height }
      ctx.memory.change({ window: { box, maximized: opened.isMaximized(), fullScreen: opened.isFullScreen() } })
    }
    const soon = () => {
      clearTimeout(timer)
      timer = setTimeout(keep, SETTLE_MS)
    }
    opened.on('resize', soon)
    opened.on('move', soon)
    opened.on('maximize', soon)
    opened.on('unmaximize', soon)
    opened.on('close', keep)
  }

  return {
    get: () => window,
    show(place) {
      wanted = place
      if (!window) {
        window = open()
        load()
        return
      }
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
      // Of a page that is there, only the fragment changes: nothing is loaded anew.
      if (place !== undefined || !hasPage) load()
    },
    launcherChanged() {
      // A page that is there says itself that its launcher is gone, and finds it again.
      if (window && !hasPage) load()
    },
  }
}
