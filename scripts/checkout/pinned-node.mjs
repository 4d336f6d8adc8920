import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInForeground } from './child.mjs'
import { nodeModules, pinnedNode } from './paths.mjs'

/** Node's version as package.json pins it, such as "24.21.0". */
export const pinnedVersion = () => JSON.parse(readFileSync(join(nodeModules, 'node', 'package.json'), 'utf8')).version

/**
 * Runs a module on the pinned Node: in this process when it is that Node already, as it is inside npm scripts and npx,
 * else in a child that takes over the terminal.
 *
 * @param {URL} module       the program to run
 * @param {string[]} args    its arguments
 * @returns {Promise<number | undefined>} exit code of the child; undefined when it runs here and ends on its own terms
 */
export async function runOnPinnedNode(module, args) {
  const path = fileURLToPath(module)
  if (process.versions.node !== pinnedVersion()) return runInForeground(pinnedNode, [path, ...args])
  process.argv = [process.argv[0], path, ...args]
  await import(module)
  return undefined
}
