// Gathers what launcher and bots run from into one folder that needs nothing else: Node, the bundles as they are built
// now, and the packages that the bundles load.
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { runQuietly } from '../checkout/child.mjs'
import { nodeModules, pinnedNode, root, work } from '../checkout/paths.mjs'
import { Trouble, tail } from '../checkout/trouble.mjs'
import { importsOf, packageOf } from './bundle-imports.mjs'

const WINDOWS = process.platform === 'win32'

/** The window's own programs are in the app's archive. */
const SHELL = ['shell.cjs', 'shell-hop.cjs']

/** Needed to compile a package, not to run it. */
const BUILD_ONLY = ['node-addon-api']
const BUILD_FOLDERS = ['deps', 'src', 'docs', 'test', 'tests', 'binding.gyp']

/**
 * @param {string} [folder] where to; replaced
 * @returns {Promise<string>} the runtime's id
 */
export async function stageRuntime(folder = join(work, 'package', 'runtime')) {
  mkdirSync(dirname(folder), { recursive: true })
  const staging = `${folder}.new`
  rmSync(staging, { recursive: true, force: true })
  const dist = join(staging, 'dist')
  // Built anew, because dist/ keeps what older bots may still load.
  await tool('programs', [join('rolldown', 'bin', 'cli.mjs'), '-c', 'rolldown.config.ts', '-d', dist])
  const page = ['--config', 'vite.renderer.config.ts', '--outDir', join(dist, 'renderer'), '--logLevel', 'warn']
  await tool('page', [join('vite', 'bin', 'vite.js'), 'build', ...page])
  for (const file of SHELL) rmSync(join(dist, file))
  for (const name of packagesOf(dist)) copyPackage(name, staging)

  const node = WINDOWS ? 'slipway-node.exe' : 'slipway-node'
  copyFileSync(pinnedNode, join(staging, node))
  if (!WINDOWS) chmodSync(join(staging, node), 0o755)
  writeCommands(staging)

  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const id = `${version}-${digestOf(staging)}`
  const note = { id, version, node, launcher: 'dist/launcher.mjs' }
  writeFileSync(join(staging, 'runtime.json'), `${JSON.stringify(note, null, 2)}\n`)
  rmSync(folder, { recursive: true, force: true })
  renameSync(staging, folder)
  return id
}

async function tool(what, [script, ...args]) {
  const { code, output } = await runQuietly(pinnedNode, [join(nodeModules, script), ...args], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', FORCE_COLOR: '0' },
  })
  if (code === 0) return
  throw new Trouble(`The ${what} could not be built.`, 'Mend what is shown above and try again.', tail(output, 40))
}

/** The packages that bundles load at run time, with what those need themselves. */
function packagesOf(dist) {
  const bundles = readdirSync(dist).filter((name) => /\.[cm]js$/.test(name))
  const asked = bundles.flatMap((name) => importsOf(join(dist, name)).packages.map(packageOf))
  const found = new Set()
  const add = (name) => {
    if (found.has(name) || BUILD_ONLY.includes(name) || !existsSync(join(nodeModules, name))) return
    found.add(name)
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(nodeModules, name, 'package.json'), 'utf8'),
    )
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) add(needed)
  }
  for (const name of asked) {
    if (!existsSync(join(nodeModules, name)))
      throw new Trouble(`A bundle loads ${name}, which is not installed.`, 'Add it to package.json, or bundle it.')
    add(name)
  }
  return found
}

function copyPackage(name, staging) {
  const from = join(nodeModules, name)
  cpSync(from, join(staging, 'node_modules', name), {
    recursive: true,
    dereference: true,
    filter: (path) => path === from || isNeeded(path.slice(from.length + 1)),
  })
}

/** Prebuilt libraries of other systems, and what they were built from, stay behind. */
function isNeeded(path) {
  const parts = path.split(/[\\/]/)
  if (BUILD_FOLDERS.includes(parts[0])) return false
  const file = basename(path)
  if (parts.includes('prebuilds') && file.endsWith('.node'))
    return file.replace(/musl(?=-)/, '') === `${process.platform}-${process.arch}.node`
  return WINDOWS || !file.endsWith('.exe')
}

/** `slipway` on the command line of an installed app. */
function writeCommands(staging) {
  if (WINDOWS) {
    const lines = ['@echo off', '"%~dp0slipway-node.exe" "%~dp0dist\\cli.mjs" %*', '']
    writeFileSync(join(staging, 'slipway.cmd'), lines.join('\r\n'))
    return
  }
  const lines = [
    '#!/bin/sh',
    'here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P) || exit 1',
    'exec "$here/slipway-node" "$here/dist/cli.mjs" "$@"',
    '',
  ]
  writeFileSync(join(staging, 'slipway'), lines.join('\n'), { mode: 0o755 })
}

function digestOf(folder) {
  const hash = createHash('sha256')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const file of files)
    hash
      .update(`${file.slice(folder.length)}\0`)
      .update(readFileSync(file))
      .update('\0')
  return hash.digest('hex').slice(0, 8)
}
