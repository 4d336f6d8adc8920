import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../../../adapters/file/replace-file.ts'
import type { Electron } from '../electron.ts'

export type LoginItem = Readonly<{
  isOn: () => boolean
  /**
   * @returns what the person still has to do for it, in a sentence; undefined when it is done
   * @throws the system's error when it can't be changed
   */
  set: (on: boolean) => string | undefined
}>

export type LoginItemContext = Readonly<{
  app: Pick<Electron['app'], 'getLoginItemSettings' | 'setLoginItemSettings'>
  platform: NodeJS.Platform
  /** Folder of the user's configuration, on Linux. */
  configFolder: string
  /** What starts the shell, program and arguments; an AppImage is itself, not what it unpacks. */
  command: readonly string[]
}>

const HIDDEN = ['--hidden']

/** Starting with the computer: the system's own way on macOS and Windows, an autostart entry on Linux. */
export function loginItem(ctx: LoginItemContext): LoginItem {
  return ctx.platform === 'linux' ? autostartEntry(ctx) : systemLoginItem(ctx)
}

function systemLoginItem({ app, platform, command }: LoginItemContext): LoginItem {
  // Windows compares program and arguments with what was set, so both calls must name the same.
  const [path, ...rest] = command
  const which = platform === 'win32' ? { path: path!, args: [...rest, ...HIDDEN] } : { type: 'mainAppService' as const }
  return {
    isOn: () => app.getLoginItemSettings(which).openAtLogin,
    set(on) {
      app.setLoginItemSettings({ ...which, openAtLogin: on })
      const needsApproval =
        on && platform === 'darwin' && app.getLoginItemSettings(which).status === 'requires-approval'
      return needsApproval
        ? 'macOS asks you to allow it: System Settings, General, Login Items, switch Slipway on.'
        : undefined
    },
  }
}

/** @see Desktop Application Autostart Specification; the file's presence is the setting, `Hidden=true` is off */
function autostartEntry({ configFolder, command }: LoginItemContext): LoginItem {
  const file = join(configFolder, 'autostart', 'slipway.desktop')
  return {
    isOn: () =>
      existsSync(file) && !/^(Hidden=true|X-GNOME-Autostart-enabled=false)$/m.test(readFileSync(file, 'utf8')),
    set(on) {
      if (on) replaceFile(file, desktopEntry([...command, ...HIDDEN]))
      else rmSync(file, { force: true })
      return undefined
    },
  }
}

function desktopEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Slipway',
    'Comment=Trading bots, one per broker account',
    `Exec=${command.map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/**
 * An argument of an Exec line: quoted, with a backslash before what the quotes do not cover, twice since the value is
 * a string too; % begins a field code.
 *
 * @see Desktop Entry Specification, "The Exec key"
 */
function quoted(argument: string): string {
  const plain = argument.replaceAll('%', '%%')
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(plain)) return plain
  return `"${plain.replace(/["`$\\]/g, (it) => (it === '\\' ? '\\\\\\\\' : `\\\\${it}`))}"`
}
