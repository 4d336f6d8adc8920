import { EventEmitter } from 'node:events'
import type { Electron, MenuItems } from '../../../src/apps/shell/electron.ts'
import type { Box } from '../../../src/apps/shell/desk/place-window.ts'
import { FakeApp, FakeDesktopSession } from './fake-app.ts'
import { FakeProtocol } from './fake-protocol.ts'
import { FakeUtilityProcess } from './fake-utility-process.ts'
import { FakeEvent, FakeWindow } from './fake-window.ts'

type Item = MenuItems[number]

/** One item of a menu by its label, submenus included. */
export function itemOf(items: MenuItems, label: string | RegExp): Item {
  const found = allItems(items).find((it) =>
    typeof label === 'string' ? it.label === label : label.test(it.label ?? ''),
  )
  if (!found)
    throw new Error(
      `no item ${label}: ${allItems(items)
        .map((it) => it.label)
        .join(', ')}`,
    )
  return found
}

export function allItems(items: MenuItems): Item[] {
  return items.flatMap((it) => [it, ...(Array.isArray(it.submenu) ? allItems(it.submenu) : [])])
}

/** As a person chooses an item; one that is grey does nothing. */
export function click(item: Item): void {
  if (item.enabled === false) return
  const chosen = item.click as (() => void) | undefined
  chosen?.()
}

export class FakeTray extends EventEmitter {
  image: unknown
  toolTip = ''
  title = ''
  menu: MenuItems = []
  destroyed = false
  constructor(image: unknown) {
    super()
    this.image = image
  }
  setImage = (image: unknown) => void (this.image = image)
  setToolTip = (text: string) => void (this.toolTip = text)
  setTitle = (text: string) => void (this.title = text)
  setContextMenu = (menu: { template: MenuItems }) => void (this.menu = menu.template)
  destroy = () => void (this.destroyed = true)
}

export class FakeNotification extends EventEmitter {
  static supported = true
  readonly title: string
  readonly body: string
  shown = false
  constructor({ title, body }: { title: string; body: string }) {
    super()
    this.title = title
    this.body = body
  }
  show(): void {
    this.shown = true
  }
}

type PermissionHandlers = {
  request?: (contents: unknown, permission: string, answer: (granted: boolean) => void) => void
  check?: () => boolean
  device?: () => boolean
}

export class FakeSession extends EventEmitter {
  readonly #handlers: PermissionHandlers = {}
  setPermissionRequestHandler = (handler: NonNullable<PermissionHandlers['request']>) =>
    void (this.#handlers.request = handler)
  setPermissionCheckHandler = (handler: () => boolean) => void (this.#handlers.check = handler)
  setDevicePermissionHandler = (handler: () => boolean) => void (this.#handlers.device = handler)

  /** What a page is given that asks, or looks, for a permission. Without handlers Electron grants everything. */
  grants(permission: string): { asked: boolean; looked: boolean; device: boolean } {
    let asked = true
    this.#handlers.request?.({}, permission, (granted) => (asked = granted))
    return { asked, looked: this.#handlers.check?.() ?? true, device: this.#handlers.device?.() ?? true }
  }
}

export type Dialog = Readonly<{ message: string; detail: string; buttons: readonly string[]; over: unknown }>

/** A machine with Electron: what the shell does shows here, and what a person does is done here. */
export function fakeElectron(
  options: { argv?: readonly string[]; isPackaged?: boolean; session?: FakeDesktopSession; screens?: Box[] } = {},
) {
  const app = new FakeApp({
    session: options.session ?? new FakeDesktopSession(),
    argv: options.argv ?? [],
    isPackaged: options.isPackaged ?? false,
  })
  const protocol = new FakeProtocol(app.isReady)
  const defaultSession = new FakeSession()
  const seen = {
    app,
    protocol,
    session: defaultSession,
    windows: app.windows,
    trays: [] as FakeTray[],
    notifications: [] as FakeNotification[],
    menu: [] as MenuItems,
    dialogs: [] as Dialog[],
    errors: [] as string[],
    opened: [] as string[],
    utilities: [] as FakeUtilityProcess[],
    screens: options.screens ?? [{ x: 0, y: 0, width: 1920, height: 1080 }],
    /** Index of the button a person presses. */
    answer: 0,
    async startsReady() {
      app.becomeReady()
      await Promise.resolve()
    },
  }
  const needsReady = (what: string) => {
    if (!app.isReady()) throw new Error(`${what} is used before app is ready`)
  }

  const electron = {
    app,
    protocol,
    session: { defaultSession },
    BrowserWindow: class extends FakeWindow {
      constructor(windowOptions: ConstructorParameters<typeof FakeWindow>[0]) {
        needsReady('BrowserWindow')
        super(windowOptions)
        seen.windows.push(this)
        app.emit('web-contents-created', new FakeEvent(), this.webContents)
      }
    },
    Tray: class extends FakeTray {
      constructor(image: unknown) {
        needsReady('Tray')
        super(image)
        seen.trays.push(this)
      }
    },
    Notification: class extends FakeNotification {
      static isSupported = () => FakeNotification.supported
      constructor(what: { title: string; body: string }) {
        super(what)
        seen.notifications.push(this)
      }
    },
    Menu: {
      buildFromTemplate: (template: MenuItems) => ({ template }),
      setApplicationMenu: (menu: { template: MenuItems }) => void (seen.menu = menu.template),
    },
    nativeImage: { createFromPath: (path: string) => ({ path, setTemplateImage: () => undefined }) },
    dialog: {
      showErrorBox: (title: string, text: string) => void seen.errors.push(`${title} ${text}`),
      async showMessageBox(...args: unknown[]) {
        const [over, asked] = args.length > 1 ? args : [undefined, args[0]]
        seen.dialogs.push({ ...(asked as Dialog), over })
        return { response: seen.answer, checkboxChecked: false }
      },
    },
    screen: {
      getPrimaryDisplay: () => ({ id: 0, workArea: seen.screens[0] }),
      getAllDisplays: () => seen.screens.map((workArea, id) => ({ id, workArea })),
    },
    shell: {
      openExternal: async (url: string) => void seen.opened.push(url),
      openPath: async (path: string) => {
        seen.opened.push(path)
        return ''
      },
    },
    utilityProcess: {
      fork(module: string, _args: readonly string[], forkOptions: Record<string, never>) {
        needsReady('utilityProcess')
        const child = new FakeUtilityProcess(module, forkOptions)
        seen.utilities.push(child)
        return child
      },
    },
  }
  return Object.assign(seen, { electron: electron as unknown as Electron })
}

export type FakeElectron = ReturnType<typeof fakeElectron>
