import type * as electron from 'electron'

/**
 * The parts of Electron that the shell works with. They come in as an argument: `require('electron')` throws outside of
 * Electron, and everything but `main.ts` has to run, and be tested, in plain Node.
 */
export type Electron = Pick<
  typeof electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'Menu'
  | 'nativeImage'
  | 'Notification'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'Tray'
  | 'utilityProcess'
>

export type Window = electron.BrowserWindow
export type WebContents = electron.WebContents
export type Session = electron.Session
export type MenuItems = electron.MenuItemConstructorOptions[]
export type Rectangle = electron.Rectangle
