import { delimiter, sep } from 'node:path'

/** What Electron, Chromium and Node are told by their environment; a launcher that outlives them must not be told. */
const OURS = [/^ELECTRON_/, /^CHROME_/, /^NODE_OPTIONS$/, /^NODE_CHANNEL_/, /^ORIGINAL_XDG_CURRENT_DESKTOP$/]

/** An AppImage tells these of itself. */
const APP_IMAGE = ['APPDIR', 'APPIMAGE', 'ARGV0', 'OWD']

/**
 * The environment for a launcher: without what is meant for Electron, and without folders of an AppImage's mount, which
 * is gone as soon as the window is.
 */
export function cleanEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const mount = env.APPDIR
  const clean: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || OURS.some((it) => it.test(name)) || APP_IMAGE.includes(name)) continue
    const kept = mount === undefined ? value : without(value, mount)
    if (kept !== '' || value === '') clean[name] = kept
  }
  return clean
}

function without(list: string, mount: string): string {
  if (!list.includes(mount)) return list
  const parts = list.split(delimiter)
  return parts.filter((part) => part !== mount && !part.startsWith(mount + sep)).join(delimiter)
}
