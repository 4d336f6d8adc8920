import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ACCOUNT, holderScript, type HolderAnswer } from '../support/guard-fleet.ts'
import { cannot } from '../support/guard-provocation.ts'
import { repoRoot } from '../support/repo-root.ts'
import { tempHome } from '../support/temp-home.ts'
import { programOf } from '../support/programs/programs.ts'

const support = (name: string) => join(repoRoot, 'test', 'support', name)
const openScript = programOf('guard-open-home')

type Opened = { root?: string; refusal?: { code: string; message: string; nextStep: string } }

/** Runs a shell script in a mount namespace of its own; `$1` is the folder, `$node`, `$open` and `$hold` the programs. */
function inMounts<Answer>(folder: string, script: string): Answer[] {
  const order = JSON.stringify({ home: join(folder, 'home'), accountId: ACCOUNT, instanceId: 'on a bad disk' })
  const setting = `set -e; node='${process.execPath}'; open() { "$node" '${openScript}' "$1/home"; }
    hold() { "$node" '${holderScript}' '${order}' </dev/null || true; }`
  const { stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', `${setting}\n${script}`, 'sh', folder], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(stderr).toBe('')
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Answer]))
}

describe('L12: a home on a FUSE file system', () => {
  const needs = cannot('root', 'mountNamespace', 'fuse')
  it.skipIf(needs)('is refused in plain words, and nothing is written there', () => {
    const folder = tempHome()
    const [opened] = inMounts<Opened>(
      folder,
      `"$node" '${support('guard-fuse.ts')}' "$1" "$node" '${openScript}' "$1/home"`,
    )
    expect(opened?.refusal).toEqual({
      code: 'home-unsuitable',
      message: expect.stringMatching(/home is on a network or virtual drive \(fuse\)/),
      nextStep: expect.stringContaining('SLIPWAY_HOME'),
    })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('L12: a home in a synchronised folder', () => {
  it('is refused in plain words, and nothing is written there', () => {
    const folder = join(tempHome(), 'Dropbox')
    mkdirSync(folder)
    const { stdout } = spawnSync(process.execPath, [openScript, join(folder, 'trading', 'slipway')], {
      encoding: 'utf8',
    })
    expect((JSON.parse(stdout) as Opened).refusal).toMatchObject({
      code: 'home-unsuitable',
      message: expect.stringContaining('Dropbox'),
    })
    expect(existsSync(join(folder, 'trading'))).toBe(false)
  })
})

describe('a disk that is read-only', () => {
  it.skipIf(cannot('root', 'mountNamespace'))('is refused when the home is opened and when the guard is taken', () => {
    const folder = tempHome()
    const answers = inMounts<Opened & HolderAnswer>(
      folder,
      `mount -t tmpfs -o size=1m none "$1"
       open "$1"; hold
       mount -o remount,ro "$1"
       open "$1"; hold
       mount -o remount,rw "$1"; rm "$1"/home/locks/guard/*; mount -o remount,ro "$1"
       hold
       mount -o remount,rw "$1"
       hold`,
    )
    expect(answers.map((it) => it.refusal?.code ?? it.kind ?? 'opened')).toEqual([
      'opened',
      'held',
      'home-read-only',
      'home-read-only',
      'home-read-only',
      'held',
    ])
  })
})

describe('a disk that is full', () => {
  it.skipIf(cannot('root', 'mountNamespace'))(
    'is refused as such, gives the guard back, and serves when space is freed',
    () => {
      const folder = tempHome()
      const answers = inMounts<Opened & HolderAnswer>(
        folder,
        `mount -t tmpfs -o size=64k none "$1"
       dd if=/dev/zero of="$1/ballast" bs=4k 2>/dev/null || true
       open "$1"
       rm "$1/ballast"
       open "$1"
       dd if=/dev/zero of="$1/ballast" bs=4k 2>/dev/null || true
       hold; hold
       rm "$1/ballast"
       hold`,
      )
      expect(answers.map((it) => it.refusal?.code ?? it.kind ?? 'opened')).toEqual([
        'disk-full',
        'opened',
        'disk-full',
        'disk-full',
        'held',
      ])
    },
  )
})
