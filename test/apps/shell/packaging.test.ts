import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { Ajv, type ValidateFunction } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { connectLauncher } from '../../../src/adapters/launcher-client/connect-launcher.ts'
import { installRuntime } from '../../../src/apps/shell/runtime/install-runtime.ts'
import { readRuntimeNote } from '../../../src/apps/shell/runtime/runtime-files.ts'
import { startLauncher } from '../../../src/apps/shell/launcher/start-launcher.ts'
import { cleanEnvironment } from '../../../src/apps/shell/launcher/clean-environment.ts'
import { cleanStart } from '../../../src/apps/shell/launcher/start-cleanly.ts'
import { APP_ID } from '../../../src/apps/shell/shell-context.ts'
import { LINK_SCHEME } from '../../../src/apps/shell/shell-arguments.ts'
import { fakeElectron } from '../../support/electron/fake-electron.ts'
import { HOP } from '../../support/electron/shell-on.ts'
import { builderConfig, packApp, stageRuntimeInto } from '../../support/packaging.ts'
import { repoRoot } from '../../support/repo-root.ts'
import { tempHome } from '../../support/temp-home.ts'

const require = createRequire(import.meta.url)
const run = promisify(execFile)

describe('electron-builder.yml', () => {
  let isValid: ValidateFunction
  beforeAll(() => {
    const schema: unknown = JSON.parse(readFileSync(require.resolve('app-builder-lib/scheme.json'), 'utf8'))
    isValid = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema as object)
  })

  const config = builderConfig()

  it('is as electron-builder wants it', () => {
    isValid(config)
    expect(isValid.errors).toBeNull()
  })

  it('would not pass with a word misspelt', () => {
    const nsis = { ...(config['nsis'] as object), oneClik: true }
    expect(isValid({ ...config, nsis })).toBe(false)
    expect(isValid({ ...config, asarUnpak: [] })).toBe(false)
    expect(JSON.stringify(isValid.errors)).toContain('asarUnpak')
  })

  it('names the app and its links as the shell does', () => {
    expect(config['appId']).toBe(APP_ID)
    expect(config['protocols']).toMatchObject([{ schemes: [LINK_SCHEME] }])
    const { main } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')) as { main: string }
    expect(config['files']).toContain(main)
  })

  it('makes what each system installs, and compiles nothing', () => {
    expect(config).toMatchObject({
      npmRebuild: false,
      asar: true,
      asarUnpack: ['**/*.node'],
      win: { target: ['nsis'] },
      nsis: { perMachine: false, deleteAppDataOnUninstall: false },
      mac: { hardenedRuntime: true, target: ['dmg', 'zip'] },
      linux: { target: ['AppImage', 'deb'] },
      publish: { provider: 'generic' },
    })
  })

  it('names only files that are there', () => {
    const { mac, win, linux, files, afterPack, directories } = config as Record<string, Record<string, string>> & {
      files: string[]
      afterPack: string
    }
    const named = [
      ...[mac!['icon'], mac!['entitlements'], mac!['entitlementsInherit'], win!['icon'], linux!['icon']],
      ...[directories!['buildResources'], afterPack],
    ].map(String)
    for (const file of named) expect(existsSync(join(repoRoot, file)), file).toBe(true)
    for (const pattern of files.filter((it) => !it.startsWith('!')))
      expect(globSync(pattern, { cwd: repoRoot }), pattern).not.toEqual([])
  })
})

describe('the packaged runtime', () => {
  let folder: string
  let runtime: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-package-'))
    runtime = join(folder, 'out', 'package', 'runtime')
    await stageRuntimeInto(runtime)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('has its own Node, every program, the page, and the native modules of this system alone', async () => {
    const { node, launcher, version } = await readRuntimeNote(runtime)
    const { stdout } = await run(join(runtime, node), ['-p', 'process.versions.node'])
    expect(stdout.trim()).toBe(process.versions.node)
    expect(version).toBe(
      (JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')) as { version: string }).version,
    )
    for (const file of [launcher, 'dist/bot.cjs', 'dist/cli.mjs', 'dist/renderer/index.html'])
      expect(existsSync(join(runtime, file)), file).toBe(true)
    expect(existsSync(join(runtime, 'dist', 'shell.cjs'))).toBe(false)
    const native = globSync('node_modules/**/*.node', { cwd: runtime })
    expect(native.length).toBeGreaterThan(0)
    for (const file of native)
      expect(file).toMatch(new RegExp(process.platform === 'win32' ? 'win32' : process.platform))
  })

  // electron-builder packs for another system only what it can download.
  it.skipIf(process.platform !== 'linux')(
    'is packed by electron-builder, beside an archive of the window alone',
    async () => {
      const app = await packApp(folder, runtime)
      const { listPackage } = await import('@electron/asar')
      const archived = listPackage(join(app, 'resources', 'app.asar'), { isPack: false }).filter((it) =>
        /\.\w+$/.test(it),
      )
      expect(archived.filter((it) => !it.startsWith('/resources/icons/')).toSorted()).toEqual([
        ...['/dist/shell-hop.cjs', '/dist/shell.cjs', '/package.json'],
      ])
      expect(archived).toContain('/resources/icons/tray.png')
      const below = (at: string) =>
        globSync('**/*', { cwd: at, withFileTypes: true })
          .flatMap((it) => (it.isFile() ? join(it.parentPath, it.name).slice(at.length) : []))
          .toSorted()
      expect(below(join(app, 'resources', 'runtime'))).toEqual(below(runtime))
      const wire = (await getCurrentFuseWire(join(app, 'slipway'))) as unknown as Record<number, FuseState>
      expect(wire[FuseV1Options.RunAsNode]).toBe(FuseState.DISABLE)
      expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(FuseState.ENABLE)
    },
  )

  it('runs from the data folder: a launcher, a bot and the command line', async () => {
    const layout = openHome(tempHome())
    const installed = await installRuntime(runtime, join(layout.root, 'runtime'))
    const desktop = fakeElectron()
    await desktop.startsReady()
    const client = connectLauncher({ endpoint: layout.launcherEndpoint })
    const start = cleanStart(desktop.electron, process.platform, HOP)
    const env = cleanEnvironment({ ...process.env, CI: '1' })
    await startLauncher({ layout, client, start, env }, installed)
    const slipway = (...args: string[]) =>
      run(join(installed.folder!, process.platform === 'win32' ? 'slipway.cmd' : 'slipway'), args, {
        env: { ...process.env, SLIPWAY_HOME: layout.root },
        shell: process.platform === 'win32',
      })
    await slipway('data', 'generate', '--symbol', '6EH4', '--days', '3', '--seed', '1')
    await slipway('account', 'add', 'A1', '--user', 'u', '--broker', 'sim', '--symbol', '6EH4', '--feed', 'synthetic:1')
    await slipway('start', 'A1', '--wait')
    const [row] = await client.api.status({ id: 'A1' })
    expect(row).toMatchObject({ state: 'trading' })
    const record = JSON.parse(readFileSync(join(layout.locks, 'account_A1.lock'), 'utf8')) as { exe: string }
    expect(record.exe).toBe(installed.node)
    await client.api.shutdown({ bots: true })
  })
})
