import { execFile } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { repoRoot } from '../../support/repo-root.ts'
import { tempHome } from '../../support/temp-home.ts'

const run = promisify(execFile)
const LAUNCHERS = join(repoRoot, 'resources', 'launchers')

/** A checkout in a folder with blanks in its name, and an npm that only tells where and how it was called. */
function checkout() {
  const root = join(tempHome(), 'My Checkouts', 'slipway')
  cpSync(LAUNCHERS, join(root, 'resources', 'launchers'), { recursive: true })
  const bin = join(tempHome(), 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "$PWD: npm $*"\n')
  chmodSync(join(bin, 'npm'), 0o755)
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` }
  return { root, env, file: (name: string) => join(root, 'resources', 'launchers', name) }
}

describe.skipIf(process.platform === 'win32')('a double click on a launcher in a checkout', () => {
  it.each(['Slipway.command', 'slipway.sh'])('is npm start there: %s', async (name) => {
    const { root, env, file } = checkout()
    expect(statSync(file(name)).mode & 0o111).toBe(0o111)
    const { stdout } = await run(file(name), ['--port', '4711'], { env, cwd: '/' })
    expect(stdout).toBe(`${root}: npm start -- --port 4711\n`)
  })

  it('works through a link on the desktop', async () => {
    const { root, env, file } = checkout()
    const link = join(tempHome(), 'Slipway')
    symlinkSync(file('slipway.sh'), link)
    expect((await run(link, [], { env, cwd: '/' })).stdout).toContain(`${root}: npm start`)
  })

  it('finds the checkout from its desktop entry, by path or by address', async () => {
    const { root, env, file } = checkout()
    const exec = /^Exec=sh -c '(.+)' slipway %k$/m.exec(readFileSync(file('slipway.desktop'), 'utf8'))![1]!
    for (const where of [file('slipway.desktop'), `file://${file('slipway.desktop')}`])
      expect((await run('sh', ['-c', exec, 'slipway', where], { env, cwd: '/' })).stdout).toContain(
        `${root}: npm start`,
      )
  })

  it('says what to install where there is no npm', async () => {
    const { file } = checkout()
    const sh = dirname((await run('sh', ['-c', 'command -v dirname'])).stdout.trim())
    const bare = join(tempHome(), 'bare')
    mkdirSync(bare)
    for (const tool of ['dirname', 'readlink', 'sh']) symlinkSync(join(sh, tool), join(bare, tool))
    const ended = run(file('slipway.sh'), [], { env: { PATH: bare }, cwd: '/' })
    ended.child.stdin?.end('\n')
    await expect(ended).rejects.toMatchObject({ stdout: expect.stringContaining('https://nodejs.org') as string })
  })
})

describe('the launcher for Windows', () => {
  it('has the line ends that its shell wants', () => {
    const text = readFileSync(join(LAUNCHERS, 'Slipway.bat'), 'latin1')
    expect(
      text
        .split('\n')
        .slice(0, -1)
        .every((line) => line.endsWith('\r')),
    ).toBe(true)
    expect(text).toContain('call npm start -- %*')
  })
})
