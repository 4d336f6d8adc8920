// Builds what is stale and becomes the launcher, with the desktop window in front of it where Electron can be had, else
// the page in a browser. Run through `npm start`.
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './checkout/build.mjs'
import { electronProgram, fetchElectron, hasScreen, mayFetchElectron, openWindow } from './checkout/electron.mjs'
import { dist, pinnedNode } from './checkout/paths.mjs'
import { runOnPinnedNode } from './checkout/pinned-node.mjs'
import { report, say } from './checkout/trouble.mjs'

/** Nobody who starts Slipway for the first time should wait for a download; the browser shows the same page. Milliseconds. */
const PATIENCE_MS = 20_000

/** The launcher that starts here should be there before the page is asked for. Milliseconds. */
const LAUNCHER_FIRST_MS = 3_000

try {
  await ensureBuilt()
} catch (error) {
  process.exit(report(error))
}

const args = process.argv.slice(2)
const comes = windowComes(args)
if (comes) void showWindow(args)
const code = await runOnPinnedNode(pathToFileURL(join(dist, 'launcher.mjs')), comes ? [...args, '--no-open'] : args)
if (code !== undefined) process.exitCode = code

/** Whether there is somebody to show a window to, and a window to be had. */
function windowComes(given) {
  if (given.includes('--no-open') || given.includes('--background')) return false
  if (!hasScreen(process.env, process.platform)) return false
  return electronProgram(process.env) !== undefined || mayFetchElectron(process.env)
}

async function showWindow(given) {
  const program = electronProgram(process.env) ?? (await fetched())
  const { home } = parseArgs({ args: given, strict: false, options: { home: { type: 'string' } } }).values
  const env = home === undefined ? process.env : { ...process.env, SLIPWAY_HOME: resolve(home) }
  if (program && (await openWindow(program, env))) return
  if (program) say('The desktop window could not be opened on this system; opening the page in a browser.')
  await delay(LAUNCHER_FIRST_MS)
  const cli = spawn(pinnedNode, [join(dist, 'cli.mjs'), 'open'], { stdio: 'ignore', windowsHide: true, env })
  cli.on('error', () => undefined)
  cli.unref()
}

async function fetched() {
  say('Fetching the desktop window (Electron, about 110 MB) …')
  const soon = new AbortController()
  const program = await Promise.race([
    fetchElectron(process.env),
    delay(PATIENCE_MS, 'late', { signal: soon.signal, ref: false }).catch(() => undefined),
  ])
  soon.abort()
  if (program === 'late')
    say('It takes a while and goes on; the next start opens it. Until then the page is in your browser.')
  else if (!program) say('It can not be had from here; the page is in your browser instead.')
  return program === 'late' ? undefined : program
}
