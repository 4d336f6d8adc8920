import { EventEmitter } from 'node:events'
import { FakeEvent, type FakeWindow } from './fake-window.ts'

type LoginItem = { openAtLogin: boolean; path?: string; args?: readonly string[]; type?: string }

/** The instances of one program on one desktop: the lock is one for each `userData` folder. */
export class FakeDesktopSession {
  readonly #holders = new Map<string, FakeApp>()

  take(userData: string, app: FakeApp, told: unknown, argv: readonly string[]): boolean {
    const holder = this.#holders.get(userData)
    if (!holder) {
      this.#holders.set(userData, app)
      return true
    }
    // Chromium reorders switches, so that a name and its value may come apart.
    const argvAsTold = argv.toSorted((a, b) => Number(b.startsWith('-')) - Number(a.startsWith('-')))
    holder.emit('second-instance', new FakeEvent(), argvAsTold, '/', structuredClone(told))
    return false
  }

  release(app: FakeApp): void {
    for (const [userData, holder] of this.#holders) if (holder === app) this.#holders.delete(userData)
  }
}

export class FakeApp extends EventEmitter {
  readonly isPackaged: boolean
  readonly calls: string[] = []
  readonly protocolClients: unknown[][] = []
  readonly paths: Record<string, string> = { userData: '/nowhere' }
  loginItem: LoginItem = { openAtLogin: false }
  loginStatus = 'enabled'
  wasOpenedAtLogin = false
  exitCode: number | undefined
  hasQuit = false
  /** Every window there was; those still open close when the app quits. */
  readonly windows: FakeWindow[] = []
  readonly #session: FakeDesktopSession
  readonly #argv: readonly string[]
  readonly #ready = Promise.withResolvers<void>()
  #isReady = false

  constructor(options: { session: FakeDesktopSession; argv: readonly string[]; isPackaged: boolean }) {
    super()
    this.#session = options.session
    this.#argv = options.argv
    this.isPackaged = options.isPackaged
  }

  isReady = () => this.#isReady
  whenReady = () => this.#ready.promise
  /** Electron is up. */
  becomeReady(): void {
    this.#isReady = true
    this.emit('ready')
    this.#ready.resolve()
  }
  enableSandbox = () => void this.calls.push('enableSandbox')
  setAppUserModelId = (id: string) => void this.calls.push(`setAppUserModelId ${id}`)
  setPath = (name: string, path: string) => {
    this.paths[name] = path
  }
  requestSingleInstanceLock = (told: unknown) => this.#session.take(this.paths['userData']!, this, told, this.#argv)
  setAsDefaultProtocolClient = (...args: unknown[]) => {
    this.protocolClients.push(args)
    return true
  }
  getLoginItemSettings = (which: { path?: string; args?: readonly string[] } = {}) => ({
    // Windows says yes only to the very command it was given.
    openAtLogin: this.loginItem.openAtLogin && JSON.stringify(which.args) === JSON.stringify(this.loginItem.args),
    status: this.loginStatus,
    wasOpenedAtLogin: this.wasOpenedAtLogin,
  })
  setLoginItemSettings = (item: LoginItem) => {
    this.loginItem = item
  }
  quit = () => {
    this.hasQuit = true
    const asked = new FakeEvent()
    this.emit('before-quit', asked)
    if (asked.defaultPrevented) return
    for (const window of this.windows) if (!window.isDestroyed()) window.close()
    this.emit('will-quit', new FakeEvent())
    this.#session.release(this)
  }
  exit = (code: number) => {
    this.exitCode = code
  }
}
