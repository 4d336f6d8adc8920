import { EventEmitter } from 'node:events'
import type { Box } from '../../../src/apps/shell/desk/place-window.ts'

/** An event that can be prevented, as Electron hands them over. */
export class FakeEvent {
  defaultPrevented = false
  readonly url: string | undefined
  constructor(url?: string) {
    this.url = url
  }
  preventDefault(): void {
    this.defaultPrevented = true
  }
}

type WindowOpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }

export class FakeWebContents extends EventEmitter {
  #windowOpenHandler: WindowOpenHandler = () => ({ action: 'allow' })

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#windowOpenHandler = handler
  }

  /** What comes of a page that goes, or is led, somewhere: whether Chromium lets it. */
  tries(
    event: 'will-navigate' | 'will-redirect' | 'will-frame-navigate' | 'will-attach-webview',
    url: string,
  ): boolean {
    const asked = new FakeEvent(url)
    this.emit(event, asked)
    return !asked.defaultPrevented
  }

  /** What comes of `window.open`. */
  opensWindow(url: string): boolean {
    return this.#windowOpenHandler({ url }).action === 'allow'
  }
}

type WindowOptions = Partial<Box> & { show?: boolean; webPreferences?: Record<string, unknown>; title?: string }

export class FakeWindow extends EventEmitter {
  readonly options: WindowOptions
  readonly webContents = new FakeWebContents()
  readonly loaded: string[] = []
  bounds: Box
  visible: boolean
  focused = false
  #maximized = false
  #minimized = false
  #fullScreen = false
  #destroyed = false

  constructor(options: WindowOptions) {
    super()
    this.options = options
    this.visible = options.show ?? true
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 }
  }

  async loadURL(url: string): Promise<void> {
    this.loaded.push(url)
  }
  show(): void {
    this.visible = true
  }
  focus(): void {
    this.focused = true
  }
  restore(): void {
    this.#minimized = false
  }
  minimize(): void {
    this.#minimized = true
  }
  isMinimized = () => this.#minimized
  maximize(): void {
    this.#maximized = true
    this.emit('maximize')
  }
  isMaximized = () => this.#maximized
  setFullScreen(on: boolean): void {
    this.#fullScreen = on
  }
  isFullScreen = () => this.#fullScreen
  isDestroyed = () => this.#destroyed
  getNormalBounds = () => this.bounds

  /** As a person moves and sizes it. */
  moveTo(bounds: Box): void {
    this.bounds = bounds
    this.emit('move')
    this.emit('resize')
  }
  /** As a person closes it. */
  close(): void {
    this.emit('close', new FakeEvent())
    this.#destroyed = true
    this.emit('closed')
  }
}
