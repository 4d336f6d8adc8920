import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scratchCheckout } from '../support/scratch-checkout.ts'

/** Every program notes its call; the launcher stays until it is told to end. */
const APP = `
  const { appendFileSync } = process.getBuiltinModule('node:fs')
  const { basename, dirname, join } = process.getBuiltinModule('node:path')
  const [, file, ...args] = process.argv
  appendFileSync(join(dirname(file), '..', 'calls'), basename(file) + ' ' + args.join(' ') + '\\n')
  if (file.endsWith('launcher.mjs')) {
    const stay = setInterval(() => {}, 1000)
    process.on('SIGTERM', () => clearInterval(stay))
    console.log('ready')
  }
`

const SCREEN = { CI: '', DISPLAY: ':0', WAYLAND_DISPLAY: '', ELECTRON_SKIP_BINARY_DOWNLOAD: '' }

/** An Electron that notes how it was called, and ends as it is told to. */
const electron = (exit: string) => `#!/bin/sh\necho "electron $*" >> "$1/calls"\n${exit}\n`

// Programs here are shell scripts.
describe.skipIf(process.platform === 'win32')('npm start', () => {
  let checkout: ReturnType<typeof scratchCheckout>
  beforeEach(async () => {
    checkout = scratchCheckout(APP)
    await checkout.run('scripts/bootstrap.mjs', ['build'])
  })
  afterEach(() => checkout.remove())

  function installElectron(exit: string): void {
    checkout.write('node_modules/electron/package.json', '{ "version": "45.4.1" }')
    checkout.write('node_modules/electron/path.txt', 'electron')
    checkout.write('node_modules/electron/dist/electron', electron(exit))
    chmodSync(join(checkout.root, 'node_modules/electron/dist/electron'), 0o755)
  }

  function electronThatFetches(script: string): void {
    checkout.write('node_modules/electron/package.json', '{ "version": "45.4.1", "type": "commonjs" }')
    checkout.write('node_modules/electron/install.js', script)
  }

  const calls = () =>
    existsSync(join(checkout.root, 'calls')) ? readFileSync(join(checkout.root, 'calls'), 'utf8').split('\n') : []

  /** Starts, waits for calls, ends the launcher; resolves with what was said on the way. */
  async function start(args: readonly string[], env: NodeJS.ProcessEnv, ...wanted: string[]): Promise<string> {
    const { child, ended } = checkout.begin('scripts/bootstrap.mjs', ['start', ...args], env)
    while (!wanted.every((call) => calls().includes(call))) await delay(50)
    child.kill('SIGTERM')
    return (await ended).stderr
  }

  it('opens the window beside the launcher where Electron is there', async () => {
    installElectron('exec sleep 1')
    await start(
      ['--port', '4711'],
      SCREEN,
      'launcher.mjs --port 4711 --no-open',
      `electron ${checkout.root} --await-launcher`,
    )
    expect(calls().join()).not.toContain('cli.mjs')
  })

  it('leaves it to the browser where there is no screen, or the person wants nothing opened', async () => {
    installElectron('exec sleep 1')
    await start([], { ...SCREEN, DISPLAY: '' }, 'launcher.mjs ')
    await start(['--no-open'], SCREEN, 'launcher.mjs --no-open')
    expect(calls().join()).not.toContain('electron')
  })

  it('opens the browser where the window ends with an error at once', async () => {
    installElectron('exit 133')
    const said = await start([], SCREEN, 'launcher.mjs --no-open', 'cli.mjs open')
    expect(said).toContain('The desktop window could not be opened on this system')
  })

  it('fetches Electron where it is missing, and opens the window', async () => {
    electronThatFetches(`
      const { chmodSync, mkdirSync, writeFileSync } = require('node:fs')
      mkdirSync(__dirname + '/dist')
      writeFileSync(__dirname + '/dist/electron', ${JSON.stringify(electron('exec sleep 1'))})
      chmodSync(__dirname + '/dist/electron', 0o755)
      writeFileSync(__dirname + '/path.txt', 'electron')
    `)
    const said = await start([], SCREEN, 'launcher.mjs --no-open', `electron ${checkout.root} --await-launcher`)
    expect(said).toContain('Fetching the desktop window')
  })

  it('opens the browser where Electron can’t be had, and does not try again at once', async () => {
    electronThatFetches('process.exit(1)')
    const said = await start([], SCREEN, 'launcher.mjs --no-open', 'cli.mjs open')
    expect(said).toContain('It can not be had from here; the page is in your browser instead.')
    const again = await start([], SCREEN, 'launcher.mjs ')
    expect(again).not.toContain('Fetching')
  })
})
