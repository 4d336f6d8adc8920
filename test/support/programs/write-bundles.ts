/** Bundles the programs that tests start: `node write-bundles.ts FOLDER`. */
import { symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { rolldown, type OutputOptions, type RolldownOptions, type RolldownOutput } from 'rolldown'
import appBundles, { bundleOf } from '../../../rolldown.config.ts'
import { repoRoot } from '../repo-root.ts'
import { INPUTS } from './build-programs.ts'
import { TEST_PROGRAMS } from './test-programs.ts'

const [folder = ''] = process.argv.slice(2)
const sources: Record<string, string> = {}
for (const app of ['launcher', 'cli']) sources[app] = join(repoRoot, 'src', 'apps', app, 'main.ts')
for (const [name, file] of Object.entries(TEST_PROGRAMS)) sources[name] = join(repoRoot, 'test', 'support', file)
await Promise.all([...appBundles.filter(isAlone), bundleOf('esm', sources)].map(write))
// Where a launcher or a cloud has its pages.
symlinkSync(join(repoRoot, 'dist', 'renderer'), join(folder, 'renderer'), 'junction')

/** Neither the desktop window's, nor what shares its chunks with the programs of the tests here. */
function isAlone({ input }: RolldownOptions): boolean {
  return !Object.keys(input as object).some((name) => name.startsWith('shell') || name in sources)
}

async function write(options: RolldownOptions): Promise<void> {
  const bundle = await rolldown({ ...options, cwd: repoRoot, logLevel: 'silent' })
  try {
    insist(await bundle.write({ ...(options.output as OutputOptions), dir: folder, minify: false }))
  } finally {
    await bundle.close()
  }
}

/** A file that the name of the bundles does not speak of could change without anybody's notice. */
function insist({ output }: RolldownOutput): void {
  for (const part of output) {
    if (part.type !== 'chunk') continue
    for (const id of part.moduleIds) {
      const file = relative(repoRoot, id).replaceAll('\\', '/')
      const isKnown = id.startsWith('\0') || ['node_modules', ...INPUTS].some((input) => file.startsWith(`${input}/`))
      if (!isKnown) throw new Error(`${file} is bundled for the tests, but a change of it would not be seen`)
    }
  }
}
