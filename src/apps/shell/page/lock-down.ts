import type { Electron, Session, WebContents } from '../electron.ts'
import { mayOpenOutside } from './external-links.ts'
import { isOurs, PAGE_SCHEME } from './page-address.ts'

/** How every window is made: the page has no Node, no Electron and no preload script, and runs in a sandbox. */
export function pagePreferences(isPackaged: boolean) {
  return {
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: !isPackaged,
  } as const
}

/** Tells Chromium of our scheme. Once, for all schemes, and before the app is ready: later or again it does nothing. */
export function registerPageScheme({ protocol }: Pick<Electron, 'protocol'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ])
}

/** Electron grants a page every permission unless it is told not to. Ours needs none. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event, item) => {
    // Exports are made by the page itself, from what it shows.
    if (!/^(blob|data):/.test(item.getURL()) && !isOurs(item.getURL())) event.preventDefault()
  })
}

/** Keeps a page, and every frame in it, where it belongs, whatever asks it to go elsewhere. */
export function keepInside({ shell }: Pick<Electron, 'shell'>, contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url).catch(() => undefined)
    return { action: 'deny' }
  })
}
