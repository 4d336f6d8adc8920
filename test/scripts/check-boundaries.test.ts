import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { repoRoot } from '../support/repo-root.ts'

const trees: string[] = []

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true, force: true })
})

/** A small checkout of its own, with the packages of ours. */
function treeOf(files: Record<string, string>): string {
  const tree = mkdtempSync(join(tmpdir(), 'slipway-rooms-'))
  trees.push(tree)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), text)
  }
  cpSync(join(repoRoot, 'package.json'), join(tree, 'package.json'))
  symlinkSync(join(repoRoot, 'node_modules'), join(tree, 'node_modules'), 'junction')
  return tree
}

function check(root: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = join(repoRoot, 'scripts', 'check-boundaries.mjs')
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, '--root', root], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

const clean = {
  'src/domain/bar.ts': 'export type Bar = { close: number }\n',
  'src/engine/loop.ts':
    "import type { Bar } from '../domain/bar.ts'\nexport const last = (bars: Bar[]) => bars.at(-1)\n",
  'src/adapters/store.ts':
    "import { readFileSync } from 'node:fs'\nexport const load = (file: string) => readFileSync(file)\n",
  'src/apps/bot/main.ts':
    "import { load } from '../../adapters/store.ts'\nimport { last } from '../../engine/loop.ts'\nconsole.log(load, last)\n",
}

describe('the boundary check', () => {
  it('passes a tree that keeps the rooms apart, and says how many modules it saw', async () => {
    expect(await check(treeOf(clean))).toMatchObject({
      code: 0,
      stdout: '4 modules checked, 0 violations\n',
      stderr: '',
    })
  })

  it('lets a bot reach axios by its one slim way, and by no other', async () => {
    const http = "import 'axios'\n"
    const slim = {
      ...clean,
      'src/adapters/http/plain-http.ts': http,
      'src/adapters/cloud.ts': "import './http/plain-http.ts'\n",
    }
    const bot = "import '../../adapters/cloud.ts'\n"
    expect(await check(treeOf({ ...slim, 'src/apps/bot/main.ts': bot }))).toMatchObject({ code: 0, stderr: '' })
    const other = await check(treeOf({ ...slim, 'src/adapters/cloud.ts': http, 'src/apps/bot/main.ts': bot }))
    expect(other.stderr).toContain('bot-stays-light: src/apps/bot/main.ts → src/adapters/cloud.ts')
  })

  it.each([
    ['the domain using Node', 'domain-imports-nothing', 'src/domain/clock.ts', "import 'node:os'"],
    ['the domain using a package', 'domain-imports-nothing', 'src/domain/schema.ts', "import 'zod'"],
    ['a contract using an adapter', 'contracts-import', 'src/contracts/api.ts', "import '../adapters/store.ts'"],
    [
      'the engine reaching for an adapter',
      'engine-imports-domain',
      'src/engine/read.ts',
      "import '../adapters/store.ts'",
    ],
    [
      'the engine borrowing only a type of an adapter',
      'engine-imports-domain',
      'src/engine/read.ts',
      "import type { load } from '../adapters/store.ts'\nexport type Load = typeof load",
    ],
    ['an adapter calling the engine', 'adapters-know-no-use-case', 'src/adapters/run.ts', "import '../engine/loop.ts'"],
    ['the page reading files', 'page-has-no-node', 'renderer/main.tsx', "import 'node:fs'"],
    [
      'the page using an adapter',
      'page-imports-domain-and-contracts',
      'renderer/main.tsx',
      "import '../src/adapters/store.ts'",
    ],
    ['source using a test', 'source-imports-no-test', 'src/apps/cli/main.ts', "import '../../../test/fake.ts'"],
    ['React outside the page', 'only-the-page-is-react', 'src/apps/cli/main.ts', "import 'react'"],
    ['an import that leads nowhere', 'everything-resolves', 'src/apps/cli/main.ts', "import './missing.ts'"],
    ['a package that users do not get', 'packages-are-declared', 'src/apps/cli/main.ts', "import 'fast-check'"],
  ])('catches %s', async (_what, rule, path, text) => {
    const { code, stderr } = await check(treeOf({ ...clean, 'test/fake.ts': 'export {}\n', [path]: `${text}\n` }))
    expect(code).toBe(1)
    expect(stderr).toContain(`${rule}`)
    expect(stderr).toContain(path)
  })

  it('catches a cycle and shows the way round', async () => {
    const { code, stderr } = await check(
      treeOf({
        ...clean,
        'src/engine/a.ts': "import { b } from './b.ts'\nexport const a = () => b()\n",
        'src/engine/b.ts': "import { a } from './a.ts'\nexport const b = (): unknown => a()\n",
      }),
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/no-cycles: src\/engine\/[ab]\.ts → src\/engine\/[ab]\.ts → src\/engine\/[ab]\.ts/)
  })

  it('catches a bot that could load the import of the command line, even late', async () => {
    const { code, stderr } = await check(
      treeOf({ ...clean, 'src/adapters/store.ts': "export const load = () => import('papaparse')\n" }),
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/bot-stays-light: src\/apps\/bot\/main\.ts → src\/adapters\/store\.ts → .*papaparse/)
  })

  it('fails when there was nothing to check', async () => {
    const { code, stderr } = await check(treeOf({ 'src/readme.txt': 'no module here\n' }))
    expect(code).toBe(1)
    expect(stderr).toContain('No module was checked.')
  })
})

describe('this checkout', () => {
  it('keeps its rooms apart and its bot light', async () => {
    const { code, stdout, stderr } = await check(repoRoot)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^\d+ modules checked, 0 violations\n$/)
    expect(code).toBe(0)
  })
})
