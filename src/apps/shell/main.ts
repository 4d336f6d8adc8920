import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as electron from 'electron'
import { shellPrograms } from './programs.ts'
import { runShell } from './run-shell.ts'

// The one file that loads Electron; everything else takes it as an argument.

const { app } = electron
const { argv, env, platform, execPath, resourcesPath } = process

/** In a checkout Electron runs us as a script; a packaged app, or an AppImage, is itself what has to be started. */
const command = app.isPackaged ? [env.APPIMAGE ?? execPath] : [execPath, app.getAppPath()]

/** Written when the app is packaged with a feed; without one there is nowhere to look. */
const hasFeed = app.isPackaged && existsSync(join(resourcesPath, 'app-update.yml'))

runShell({
  ...{ electron, argv: argv.slice(app.isPackaged ? 1 : 2), env, platform, command },
  programs: shellPrograms(__dirname, { isPackaged: app.isPackaged, resources: resourcesPath, platform }),
  loadUpdater: hasFeed ? async () => (await import('electron-updater')).autoUpdater : undefined,
}).catch((error: unknown) => {
  electron.dialog.showErrorBox('Slipway could not start', `${String(error)}\nBots that run go on trading.`)
  app.exit(1)
})
