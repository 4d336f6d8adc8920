import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { Refused, type Refusal } from '../../../src/domain/failure/refusal.ts'
import { readDeviceId } from '../../../src/adapters/home/device-id.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { openHome, syncRootsOf } from '../../../src/adapters/home/open-home.ts'
import { SURROUNDINGS, type HomeSurroundings } from '../../../src/adapters/home/surroundings.ts'
import { tempHome } from '../../support/temp-home.ts'
import { programOf } from '../../support/programs/programs.ts'

function refusalOf(home: string, surroundings: Partial<HomeSurroundings> = {}): Refusal {
  try {
    openHome(home, { surroundings: { ...SURROUNDINGS, ...surroundings } })
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
  throw new Error('the home was opened')
}

const LONG_ID = 'x'.repeat(64) as AccountId
const isPosix = process.platform !== 'win32'

describe('opening a home', () => {
  it('creates every folder, closed to everybody else', () => {
    const layout = openHome(join(tempHome(), 'a', 'b'))
    for (const folder of [
      layout.root,
      layout.locks,
      layout.guards,
      layout.accounts,
      layout.run,
      dirname(layout.launcherLog),
    ])
      expect(statSync(folder).mode & (isPosix ? 0o777 : 0), folder).toBe(isPosix ? 0o700 : 0)
  })

  it('changes nothing the second time', () => {
    const home = tempHome()
    const layout = openHome(home)
    const id = readDeviceId(layout)
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(openHome(home).root).toBe(layout.root)
    expect(readDeviceId(layout)).toBe(id)
  })

  it.skipIf(!isPosix)('shuts folders that were left open, but not the one the user chose', () => {
    const home = tempHome()
    chmodSync(home, 0o755)
    const layout = openHome(home)
    chmodSync(layout.run, 0o777)
    openHome(home)
    expect(statSync(layout.run).mode & 0o777).toBe(0o700)
    expect(statSync(home).mode & 0o777).toBe(0o755)
  })

  it.skipIf(!isPosix)('gives one home one address, whatever link leads to it', () => {
    const folder = tempHome()
    mkdirSync(join(folder, 'real'))
    symlinkSync(join(folder, 'real'), join(folder, 'link'))
    expect(openHome(join(folder, 'link')).root).toBe(realpathSync(join(folder, 'real')))
    expect(openHome(join(folder, 'link')).launcherEndpoint).toBe(openHome(join(folder, 'real')).launcherEndpoint)
  })

  it('gives processes that open it at once the same id', async () => {
    const home = tempHome()
    const script = programOf('guard-open-home')
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const child = spawn(process.execPath, [script, home], { stdio: 'ignore' })
        const [code] = (await once(child, 'exit')) as [number]
        expect(code).toBe(0)
      }),
    )
    const layout = openHome(home)
    expect(readDeviceId(layout)).toMatch(/^[0-9a-f-]{36}$/)
    expect(readdirSync(home).filter((name) => name.startsWith('device'))).toEqual(['device.json'])
  })

  it('makes a new id in place of a damaged one', () => {
    const home = tempHome()
    const { device } = openHome(home)
    writeFileSync(device, '{"dev')
    const layout = openHome(home)
    expect(readDeviceId(layout)).toMatch(/^[0-9a-f-]{36}$/)
    expect(readFileSync(device, 'utf8')).toContain(readDeviceId(layout))
  })
})

describe('a home that can not be opened', () => {
  it('on a network drive is refused before anything is created', () => {
    const home = join(tempHome(), 'new')
    expect(refusalOf(home, { fileSystemOf: () => 'nfs4' })).toMatchObject({
      code: 'home-unsuitable',
      message: expect.stringContaining('nfs4'),
    })
    expect(readdirSync(dirname(home))).toEqual([])
  })

  it('is judged by where its path really leads', () => {
    const home = tempHome()
    const realPathOf = () => (isPosix ? '/Volumes/Dropbox' : 'X:\\Dropbox')
    expect(refusalOf(home, { realPathOf }).message).toContain('Dropbox')
  })

  it('is refused for the mark of a sync client in any folder above it', () => {
    const folder = tempHome()
    mkdirSync(join(folder, '.stfolder'))
    expect(refusalOf(join(folder, 'deep', 'er')).message).toContain('Syncthing')
  })

  it('is refused where the system says a sync client works', () => {
    const folder = tempHome()
    const roots = syncRootsOf({ OneDrive: folder, OneDriveConsumer: '' })
    expect(roots).toEqual([folder])
    expect(() => openHome(join(folder, 'slipway'), { syncRoots: roots })).toThrow(/synchronised/)
  })

  it('because a file is in its place names that file', () => {
    const folder = tempHome()
    writeFileSync(join(folder, 'slipway'), '')
    expect(refusalOf(join(folder, 'slipway'))).toMatchObject({
      code: 'home-unsuitable',
      message: expect.stringContaining('slipway'),
    })
  })

  it.each([
    ['EROFS', 'home-read-only'],
    ['EACCES', 'home-read-only'],
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['ELOOP', 'home-unsuitable'],
  ])('for %s is refused as %s', (code, expected) => {
    const realPathOf = () => {
      throw Object.assign(new Error(code), { code })
    }
    expect(refusalOf(tempHome(), { realPathOf }).code).toBe(expected)
  })

  it.skipIf(!isPosix).each([
    ['any socket', 100, (layout: HomeLayout) => layout.launcherEndpoint],
    ['the socket of an account with a long id', 40, (layout: HomeLayout) => layout.botEndpoint(LONG_ID)],
  ])('is refused when its path is too long for %s and their folder is not ours', (_, depth, endpointOf) => {
    const home = join(tempHome(), 'y'.repeat(depth))
    const sockets = dirname(endpointOf(openHome(home)))
    expect(sockets.startsWith(tmpdir())).toBe(true)
    symlinkSync(tempHome(), sockets)
    onTestFinished(() => rmSync(sockets))
    expect(refusalOf(home)).toMatchObject({ code: 'home-unsuitable', message: expect.stringContaining(sockets) })
  })
})
