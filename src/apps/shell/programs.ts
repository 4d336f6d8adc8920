import { join } from 'node:path'
import { APP_VERSION } from '../version.ts'
import { installRuntime, type Runtime } from './runtime/install-runtime.ts'

/** Where the shell finds what it starts and shows. */
export type ShellPrograms = Readonly<{
  /** Brings launcher and Node to where they run from. */
  prepare: (runtimes: string) => Promise<Runtime>
  /** Program of the utility process that starts the launcher. */
  hop: string
  icons: string
}>

/**
 * A packaged app carries its runtime as a resource and runs a copy of it; a checkout runs what it has built, on the Node
 * that npm installed.
 *
 * @param folder of the shell's own bundle
 */
export function shellPrograms(
  folder: string,
  app: Readonly<{ isPackaged: boolean; resources: string; platform: NodeJS.Platform }>,
): ShellPrograms {
  const hop = join(folder, 'shell-hop.cjs')
  const icons = join(folder, '..', 'resources', 'icons')
  if (app.isPackaged)
    return { hop, icons, prepare: (runtimes) => installRuntime(join(app.resources, 'runtime'), runtimes) }
  const node = join(folder, '..', 'node_modules', 'node', 'bin', app.platform === 'win32' ? 'node.exe' : 'node')
  const launcher = join(folder, 'launcher.mjs')
  return { hop, icons, prepare: async () => ({ folder: undefined, version: APP_VERSION, node, launcher }) }
}
