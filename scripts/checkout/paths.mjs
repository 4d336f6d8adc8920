import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where things are in this checkout. Plain JavaScript for any Node from 18 on: it runs before anything is installed. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

const at = (...parts) => join(root, ...parts)

export const packageLock = at('package-lock.json')
export const nodeModules = at('node_modules')

/** Hash of the lock file that node_modules was installed from; written last, so its absence means a torn install. */
export const installedStamp = at('node_modules', '.slipway-lock-hash')

export const pinnedNode = at('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
export const dist = at('dist')

/** Logs, stamps and staging folders of the scripts; safe to delete. */
export const work = at('out')
