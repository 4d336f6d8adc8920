import { accessSync, constants, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { runQuietly } from './checkout/child.mjs'
import { nodeModules, pinnedNode, root } from './checkout/paths.mjs'
import { Trouble, say, tail } from './checkout/trouble.mjs'

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
]

const MAC_APPS = [
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Chromium.app/Contents/MacOS/Chromium',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]

const WINDOWS_PROGRAMS = [
  'Google/Chrome/Application/chrome.exe',
  'Chromium/Application/chrome.exe',
  'Microsoft/Edge/Application/msedge.exe',
]

/**
 * A Chromium for the browser tests: the one CHROMIUM_PATH names, one this machine has, else one installed now, by
 * Debian's package manager where we may use it and by Playwright elsewhere.
 *
 * @returns {Promise<string>} path of its executable
 * @throws {Trouble} there is none and none could be installed
 */
export async function findOrInstallChromium(env, platform) {
  if (env.CHROMIUM_PATH) {
    if (isExecutable(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH
    throw new Trouble(
      `CHROMIUM_PATH is ${env.CHROMIUM_PATH}, which is no program.`,
      'Correct it, or unset it to have a browser looked for.',
    )
  }
  const found = findChromium(env, platform)
  if (found) return found

  const logs = []
  if (platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    say('Installing Chromium with apt-get …')
    logs.push(await attempt('apt-get', ['update', '-qq']))
    logs.push(await attempt('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']))
    const installed = findChromium(env, platform)
    if (installed) return installed
  }
  say('Installing Chromium with Playwright …')
  logs.push(await attempt(pinnedNode, [join(nodeModules, '@playwright', 'test', 'cli.js'), 'install', 'chromium']))
  const downloaded = playwrightChromium()
  if (downloaded) return downloaded
  throw new Trouble(
    'No Chromium was found for the browser tests, and none could be installed.',
    'Install Chromium, Chrome or Edge, or set CHROMIUM_PATH to one, and run the command again.',
    tail(logs.join('\n')),
  )
}

/** A Chromium that is already here, if there is one. */
export function findChromium(env, platform) {
  return candidates(env, platform).find(isExecutable) ?? playwrightChromium()
}

function candidates(env, platform) {
  if (platform === 'win32') {
    const bases = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean)
    return WINDOWS_PROGRAMS.flatMap((program) => bases.map((base) => join(base, program)))
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  if (platform !== 'darwin') return [...onPath, ...NAMES.map((name) => join('/usr/bin', name)), '/snap/bin/chromium']
  return [
    ...MAC_APPS.flatMap((app) => ['/Applications', join(env.HOME ?? '/', 'Applications')].map((at) => join(at, app))),
    ...onPath,
  ]
}

function playwrightChromium() {
  const { chromium } = createRequire(import.meta.url)('@playwright/test')
  const path = chromium.executablePath()
  return isExecutable(path) ? path : undefined
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function attempt(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    return (await runQuietly(command, args, { cwd: root, env })).output
  } catch (error) {
    return error.message
  }
}
