import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
