import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** How long the page that leads to us stays, milliseconds; a cold browser needs its time. */
const PAGE_LIFE_MS = 60_000

/**
 * Opens an address in the user's browser, without a word when there is none.
 *
 * The address holds a one-time code, and every user of this computer can read what is on a command line. So the
 * browser is given the name of a page that only this user can read, and that page leads on.
 *
 * @param folder a private folder
 */
export function openBrowser(url: string, folder: string, platform: NodeJS.Platform): void {
  const page = join(folder, `open-${randomBytes(8).toString('hex')}.html`)
  const target = JSON.stringify(url).replaceAll('<', '\\u003c')
  writeFileSync(page, `<!doctype html><title>Slipway</title><script>location.replace(${target})</script>\n`, {
    mode: 0o600,
  })
  setTimeout(() => rmSync(page, { force: true }), PAGE_LIFE_MS).unref()
  const address = pathToFileURL(page).href
  const [program, ...args] = {
    win32: ['rundll32.exe', 'url.dll,FileProtocolHandler', address],
    darwin: ['/usr/bin/open', address],
  }[platform as 'win32' | 'darwin'] ?? ['xdg-open', address]
  const child = spawn(program!, args, { stdio: 'ignore', detached: true, windowsHide: true })
  child.on('error', () => undefined)
  child.unref()
}

/** Whether this process can be expected to have a user with a browser in front of it. */
export function hasBrowser(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (env.CI) return false
  if (platform === 'win32' || platform === 'darwin') return true
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}
