import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repoRoot } from '../support/repo-root.ts'

const readme = readFileSync(join(repoRoot, 'README.md'), 'utf8')

/** Blocks fenced as "sh run": promises to the reader, kept by running them. */
const blocks = [...readme.matchAll(/^```sh run\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '')

// The blocks are written for a POSIX shell.
describe.skipIf(process.platform === 'win32')("the README's session", () => {
  let home: string

  const bash = (script: string) =>
    new Promise<{ code: number | null; output: string }>((resolve) => {
      const child = execFile(
        'bash',
        ['-euo', 'pipefail', '-c', script],
        {
          cwd: repoRoot,
          maxBuffer: 64 * 1024 * 1024,
          env: {
            ...process.env,
            SLIPWAY_HOME: home,
            PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
          },
        },
        (_error, stdout, stderr) => resolve({ code: child.exitCode, output: `${stdout}${stderr}` }),
      )
      child.stdin?.end()
    })

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'slipway-readme-'))
  })
  afterAll(async () => {
    // A block that failed half-way must not leave bots behind.
    await bash('npx slipway shutdown --bots || true')
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  })

  it('has blocks to run', () => {
    expect(blocks.length).toBeGreaterThan(0)
  })

  // In order, each on what the ones before it left behind.
  it.each(blocks.map((block) => ({ first: block.split('\n', 1)[0], block })))(
    '$first … works as written',
    async ({ block }) => {
      const { code, output } = await bash(block)
      expect(code, output).toBe(0)
    },
  )
})

describe('the README', () => {
  it('names no command of npm that package.json does not have', () => {
    const { scripts } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const named = [...readme.matchAll(/npm run ([a-z]+)/g)].map((match) => match[1] ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '')
    expect(links.filter((link) => !existsSync(join(repoRoot, link)))).toEqual([])
  })
})
