import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeModules, pinnedNode, root, work } from './paths.mjs'

/** A download that failed is not tried again at every start, milliseconds. */
const TRY_AGAIN_MS = 24 * 60 * 60 * 1000

/** A window that ends with an error this soon never opened: a missing library, a sandbox the system forbids. Milliseconds. */
const OPENED_MS = 10_000

/** Whether this process can be expected to have a user with a screen in front of it. */
export function hasScreen(env, platform) {
  if (env.CI) return false
  return platform === 'win32' || platform === 'darwin' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}

/** The Electron program that npm's package has fetched; undefined when it has not. */
export function electronProgram(env, modules = nodeModules) {
  const folder = join(modules, 'electron')
  try {
    const name = readFileSync(join(folder, 'path.txt'), 'utf8')
    const program = join(env.ELECTRON_OVERRIDE_DIST_PATH || join(folder, 'dist'), name)
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

/** Whether fetching it is worth a try: nobody forbids it, and it did not fail a moment ago. */
export function mayFetchElectron(env, now = Date.now()) {
  if (env.ELECTRON_SKIP_BINARY_DOWNLOAD || !existsSync(join(nodeModules, 'electron', 'install.js'))) return false
  const failed = readFailure()
  return !(failed && failed.version === electronVersion() && now - failed.at < TRY_AGAIN_MS && now >= failed.at)
}

/**
 * Fetches Electron's program, once; some hundred megabytes.
 *
 * @returns {Promise<string | undefined>} the program; undefined when it can't be had now
 */
export function fetchElectron(env) {
  mkdirSync(work, { recursive: true })
  const log = openSync(join(work, 'electron-install.log'), 'w')
  const child = spawn(pinnedNode, [join(nodeModules, 'electron', 'install.js')], {
    cwd: root,
    stdio: ['ignore', log, log],
    env,
    windowsHide: true,
  })
  closeSync(log)
  // The launcher may end while this is under way; a later start goes on.
  child.unref()
  return new Promise((resolve) => {
    const settle = () => {
      const program = electronProgram(env)
      if (!program) writeFileSync(failureFile, JSON.stringify({ version: electronVersion(), at: Date.now() }))
      resolve(program)
    }
    child.once('error', settle)
    child.once('exit', settle)
  })
}

/**
 * Opens the desktop window beside the launcher that is starting here.
 *
 * @returns {Promise<boolean>} false when it ended with an error before it can have shown anything
 */
export function openWindow(program, env) {
  const clean = { ...env }
  // Some editors set it for their own terminal; it makes Electron a plain Node.
  delete clean.ELECTRON_RUN_AS_NODE
  const child = spawn(program, [root, '--await-launcher'], { detached: true, stdio: 'ignore', env: clean })
  child.unref()
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), OPENED_MS)
    timer.unref()
    const settle = (opened) => {
      clearTimeout(timer)
      resolve(opened)
    }
    child.once('error', () => settle(false))
    child.once('exit', (code) => settle(code === 0))
  })
}

const failureFile = join(work, 'electron-not-fetched.json')

function readFailure() {
  try {
    return JSON.parse(readFileSync(failureFile, 'utf8'))
  } catch {
    return undefined
  }
}

const electronVersion = () => JSON.parse(readFileSync(join(nodeModules, 'electron', 'package.json'), 'utf8')).version
