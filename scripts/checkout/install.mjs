import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { runQuietly } from './child.mjs'
import { linkCommand } from './link-command.mjs'
import { oneAtATime } from './one-at-a-time.mjs'
import { installedStamp, nodeModules, packageLock, pinnedNode, root, work } from './paths.mjs'
import { Trouble, say, tail } from './trouble.mjs'

/** Installs with `npm ci` when node_modules was not made, wholly, from the lock file as it is now. */
export async function ensureInstalled() {
  if (isInstalled()) return
  await oneAtATime(async () => {
    if (!isInstalled()) await install()
  })
}

export function isInstalled() {
  return existsSync(pinnedNode) && readText(installedStamp) === lockHash()
}

/**
 * What npm's own `prepare` step runs, so that a plain `npm ci` leaves nothing for us to do.
 *
 * npm runs that step even when it was told to change no package, and then nothing was installed.
 */
export function noteInstall() {
  const { npm_config_dry_run: dryRun, npm_config_package_lock_only: lockOnly } = process.env
  if (existsSync(pinnedNode) && dryRun !== 'true' && lockOnly !== 'true') completeInstall()
}

/** Makes the `slipway` command known to npx and notes that node_modules is whole and belongs to this lock file. */
function completeInstall() {
  linkCommand()
  writeFileSync(installedStamp, lockHash())
}

async function install() {
  say('Installing packages, about a minute …')
  const log = join(work, 'install.log')
  moveFilesInUseAside()
  const { code, output } = await runQuietly(...npmCommand(['ci', '--include=dev', '--no-audit', '--no-fund']), {
    cwd: root,
    env: environment(),
  }).catch((error) => {
    if (error.code === 'ENOENT') throw noNpm()
    throw error
  })
  mkdirSync(work, { recursive: true })
  writeFileSync(log, output)
  if (code !== 0) {
    throw new Trouble(
      'The packages could not be installed.',
      `Check the network and the free disk space and run the command again; the whole log is in ${log}.`,
      tail(output),
    )
  }
  if (!existsSync(pinnedNode)) await fetchPinnedNode(log)
  completeInstall()
}

/** An npm that runs no install scripts leaves the `node` package empty; its script does no more than this. */
async function fetchPinnedNode(log) {
  const { output } = await runQuietly(nodeOfNpm(), ['installArchSpecificPackage.js'], {
    cwd: join(nodeModules, 'node'),
    env: environment(),
  })
  writeFileSync(log, output, { flag: 'a' })
  if (existsSync(pinnedNode)) return
  throw new Trouble(
    'The pinned Node.js could not be installed.',
    `Check that npm may reach its registry on this machine (${process.platform} ${process.arch}) and run the command again; the whole log is in ${log}.`,
    tail(output),
  )
}

/** The pinned Node arrives by an install script, so a user's `ignore-scripts` cannot stand here. */
const environment = () => ({ ...process.env, npm_config_ignore_scripts: 'false' })

/** npm by the script that runs us, else the one beside this Node, else whatever `npm` is on the PATH. */
function npmCommand(args) {
  const node = nodeOfNpm()
  const script = [
    process.env.npm_execpath,
    join(dirname(node), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(node), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((path) => path && basename(path) === 'npm-cli.js' && existsSync(path))
  if (script) return [node, [script, ...args]]
  return process.platform === 'win32' ? ['cmd.exe', ['/d', '/c', 'npm', ...args]] : ['npm', args]
}

/** Inside an npm script our own Node may be the pinned one, which is about to be replaced and has no npm. */
function nodeOfNpm() {
  const { npm_node_execpath: node } = process.env
  return node && existsSync(node) ? node : process.execPath
}

const noNpm = () =>
  new Trouble(
    'npm was not found.',
    'Install Node.js 18 or later together with npm from https://nodejs.org and run the command again.',
  )

const lockHash = () =>
  createHash('sha256').update(readFileSync(packageLock)).update(`${process.platform} ${process.arch}`).digest('hex')

function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Windows cannot delete a program or library that runs, but it can move it; bots may be running from these. */
function moveFilesInUseAside() {
  if (process.platform !== 'win32') return
  const aside = join(work, 'in-use')
  mkdirSync(aside, { recursive: true })
  for (const name of readdirSync(aside)) {
    try {
      rmSync(join(aside, name))
    } catch {
      // Still running; a later install removes it.
    }
  }
  const prebuilt = join(nodeModules, 'better-sqlite3', 'prebuilds')
  const files = [
    pinnedNode,
    join(nodeModules, 'node', 'node_modules', `node-win-${process.arch}`, 'bin', 'node.exe'),
    ...['x64', 'arm64'].map((arch) => join(prebuilt, `win32-${arch}.node`)),
  ]
  for (const [index, file] of files.entries()) {
    if (existsSync(file)) renameSync(file, join(aside, `${process.pid}-${index}-${basename(file)}`))
  }
}
