import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { load } from 'js-yaml'
import { repoRoot } from './repo-root.ts'

const run = promisify(execFile)

export const builderConfig = () =>
  load(readFileSync(join(repoRoot, 'electron-builder.yml'), 'utf8')) as Record<string, unknown>

/** Gathers a runtime as packaging does, into a folder of the test's own. */
export async function stageRuntimeInto(folder: string): Promise<void> {
  const script = `
    const { stageRuntime } = await import(${JSON.stringify(join(repoRoot, 'scripts', 'package', 'stage-runtime.mjs'))})
    await stageRuntime(process.argv[1])
  `
  await run(process.execPath, ['--input-type=module', '-e', script, folder], { cwd: repoRoot })
}

/** What electron-builder unpacks of Electron, as far as it looks at it: a program with fuses, and what goes with it. */
function fakeElectronDist(folder: string): string {
  const dist = join(folder, 'electron-dist')
  mkdirSync(join(dist, 'resources'), { recursive: true })
  writeFileSync(join(dist, 'electron'), programWithFuses(9), { mode: 0o755 })
  for (const file of ['version', 'LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox'])
    writeFileSync(join(dist, file), file)
  return dist
}

/** A program with a fuse wire as Electron's has it: a mark, the version, the number of fuses, one character each. */
export function programWithFuses(fuses: number): Buffer {
  const mark = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX')
  return Buffer.concat([
    Buffer.alloc(5_000, 7),
    mark,
    Buffer.from([1, fuses]),
    Buffer.alloc(fuses, '1'),
    Buffer.alloc(99),
  ])
}

/**
 * Packs the app as `npm run package -- --dir` does, around a program that is no Electron.
 *
 * @param runtime a gathered runtime, in a folder of its own
 * @returns the folder of the app
 */
export async function packApp(folder: string, runtime: string): Promise<string> {
  const config = {
    ...builderConfig(),
    ...{ publish: null, electronDist: fakeElectronDist(folder) },
    directories: { output: join(folder, 'installers'), buildResources: 'resources/installer' },
    extraResources: (builderConfig()['extraResources'] as object[]).map((one) => ({ ...one, from: dirname(runtime) })),
  }
  const script = `
    const { build } = await import('electron-builder')
    await build({ config: process.argv[1], projectDir: process.cwd(), publish: 'never', linux: ['dir'] })
  `
  // As a file: a configuration given as an object is merged with electron-builder.yml.
  const file = join(folder, 'electron-builder.json')
  writeFileSync(file, JSON.stringify(config))
  await run(process.execPath, ['--input-type=module', '-e', script, file], { cwd: repoRoot })
  return join(folder, 'installers', 'linux-unpacked')
}
