import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { writeLockRecord } from '../../../src/adapters/lock/record-file.ts'
import { ownIdentity } from '../../../src/adapters/process/own-identity.ts'
import { forgetOldRuntimes } from '../../../src/apps/shell/runtime/forget-old-runtimes.ts'
import { installRuntime } from '../../../src/apps/shell/runtime/install-runtime.ts'
import { damagedFiles } from '../../../src/apps/shell/runtime/runtime-files.ts'
import type { LockRecord } from '../../../src/domain/lock/lock-record.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'

let layout: HomeLayout
let runtimes: string
let source: string
beforeEach(() => {
  layout = openHome(tempHome())
  runtimes = join(layout.root, 'runtime')
  source = packaged('1.2.0-aaaaaaaa')
})

/** A runtime as an app carries it. */
function packaged(id: string): string {
  const folder = join(tempHome(), 'resources', 'runtime')
  mkdirSync(join(folder, 'dist'), { recursive: true })
  const note = { id, version: '1.2.0', node: 'slipway-node', launcher: 'dist/launcher.mjs' }
  writeFileSync(join(folder, 'runtime.json'), JSON.stringify(note))
  writeFileSync(join(folder, 'slipway-node'), '#!/bin/sh\nexit 0\n')
  chmodSync(join(folder, 'slipway-node'), 0o555)
  writeFileSync(join(folder, 'dist', 'launcher.mjs'), `// ${id}`)
  return folder
}

describe('installing the runtime', () => {
  it('copies it whole to a folder of its own, and leaves nothing else behind', async () => {
    const runtime = await installRuntime(source, runtimes)
    expect(runtime).toMatchObject({ version: '1.2.0', folder: join(runtimes, '1.2.0-aaaaaaaa') })
    expect(readFileSync(runtime.launcher, 'utf8')).toBe('// 1.2.0-aaaaaaaa')
    if (process.platform !== 'win32') expect(statSync(runtime.node).mode & 0o111).toBe(0o111)
    expect(await damagedFiles(runtime.folder!, '1.2.0-aaaaaaaa')).toEqual([])
    expect(readdirSync(runtimes)).toEqual(['1.2.0-aaaaaaaa'])
  })

  it('copies nothing where it is there already', async () => {
    const { launcher } = await installRuntime(source, runtimes)
    const before = statSync(launcher).ino
    await installRuntime(source, runtimes)
    expect(statSync(launcher).ino).toBe(before)
  })

  it('keeps one build apart from another of the same version', async () => {
    await installRuntime(source, runtimes)
    await installRuntime(packaged('1.2.0-bbbbbbbb'), runtimes)
    expect(readdirSync(runtimes)).toEqual(['1.2.0-aaaaaaaa', '1.2.0-bbbbbbbb'])
  })

  it('mends one that was damaged, file by file, and keeps what runs from it', async () => {
    const { folder, node, launcher } = await installRuntime(source, runtimes)
    const whole = statSync(node).ino
    writeFileSync(launcher, '//')
    writeFileSync(join(folder!, 'made-by-node.txt'), 'a cache')
    await installRuntime(source, runtimes)
    expect(readFileSync(launcher, 'utf8')).toBe('// 1.2.0-aaaaaaaa')
    expect(statSync(node).ino).toBe(whole)
    expect(existsSync(join(folder!, 'made-by-node.txt'))).toBe(true)
    rmSync(join(folder!, 'installed.json'))
    await installRuntime(source, runtimes)
    expect(await damagedFiles(folder!, '1.2.0-aaaaaaaa')).toEqual([])
  })

  it('ends well when two windows do it at once', async () => {
    const both = await Promise.all([installRuntime(source, runtimes), installRuntime(source, runtimes)])
    expect(both[0]).toEqual(both[1])
    expect(readdirSync(runtimes)).toEqual(['1.2.0-aaaaaaaa'])
    expect(await damagedFiles(both[0]!.folder!, '1.2.0-aaaaaaaa')).toEqual([])
  })

  it('clears away copies that were never finished, once they are old', async () => {
    mkdirSync(join(runtimes, '.1.1.0.abcdef.tmp'), { recursive: true })
    mkdirSync(join(runtimes, '.1.1.0.123456.tmp'))
    utimesSync(join(runtimes, '.1.1.0.abcdef.tmp'), new Date(0), new Date(0))
    await installRuntime(source, runtimes)
    expect(readdirSync(runtimes).toSorted()).toEqual(['.1.1.0.123456.tmp', '1.2.0-aaaaaaaa'])
  })

  it('refuses an app that is not whole, in words', async () => {
    rmSync(join(source, 'runtime.json'))
    await expect(installRuntime(source, runtimes)).rejects.toMatchObject({
      refusal: { message: 'This installation of Slipway is not whole.' },
    })
    writeFileSync(
      join(source, 'runtime.json'),
      JSON.stringify({ id: '../../evil', version: '1', node: 'n', launcher: 'l' }),
    )
    await expect(installRuntime(source, runtimes)).rejects.toHaveProperty('refusal')
  })

  it('refuses in words where the data folder can’t be written', async () => {
    writeFileSync(runtimes, 'a file where the folder should be')
    await expect(installRuntime(source, runtimes)).rejects.toThrow(/There is a file where Slipway needs the folder/)
    expect(readFileSync(runtimes, 'utf8')).toContain('a file')
  })
})

describe('forgetting old runtimes', () => {
  const old = () => join(runtimes, '1.1.0-00000000')
  const current = () => join(runtimes, '1.2.0-aaaaaaaa')
  beforeEach(async () => {
    await installRuntime(source, runtimes)
    await installRuntime(packaged('1.1.0-00000000'), runtimes)
  })

  /** A lock record of a process that lives (this one), run from a folder. */
  function hold(name: string, from: string, fields: Partial<LockRecord> = {}): string {
    const path = join(layout.locks, `${name}.lock`)
    writeLockRecord(layout, path, {
      ...{ version: 1, accountId: null, instanceId: 'i', ...ownIdentity(), exe: join(from, 'slipway-node') },
      ...{ appVersion: '1.1.0', mode: 'live', controlEndpoint: 'e', generation: 1, startedAt: epochMs(0), ...fields },
    } as LockRecord)
    return path
  }
  const forget = () => forgetOldRuntimes({ layout, runtimes, current: current() })

  it('removes those that nothing runs from, and never the present one', async () => {
    expect(await forget()).toEqual([old()])
    expect(readdirSync(runtimes)).toEqual(['1.2.0-aaaaaaaa'])
  })

  it('keeps one that a bot runs from, or a launcher', async () => {
    const record = hold('account_A1', old())
    expect(await forget()).toEqual([])
    rmSync(record)
    hold('launcher', old())
    expect(await forget()).toEqual([])
  })

  it('removes one whose bot is gone, though its record was left', async () => {
    hold('account_A1', old(), { startTicks: '1' })
    expect(await forget()).toEqual([old()])
  })

  it('is not misled by a folder whose name begins alike', async () => {
    hold('account_A1', `${old()}1`)
    expect(await forget()).toEqual([old()])
  })

  it('keeps all of them while a record can’t be read', async () => {
    writeFileSync(join(layout.locks, 'account_A1.lock'), '{ torn')
    expect(await forget()).toEqual([])
  })
})
