import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Updater } from './desk/updates.ts'
import type { Electron } from './electron.ts'
import type { ShellPrograms } from './programs.ts'

/** Windows groups windows and notifications under it; the installer's configuration has the same. */
export const APP_ID = 'trade.slipway.desktop'

export type ShellContext = Readonly<{
  electron: Electron
  programs: ShellPrograms
  /** Undefined where this build has no updates. */
  loadUpdater: (() => Promise<Updater>) | undefined
  argv: readonly string[]
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  /** Program of this shell, as a login item or a link handler has to start it. */
  command: readonly string[]
}>

/** Folder of the user's configuration, on Linux. @see XDG Base Directory Specification */
export function configFolder(env: NodeJS.ProcessEnv): string {
  return env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : join(homedir(), '.config')
}
