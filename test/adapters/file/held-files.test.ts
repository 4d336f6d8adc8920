import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moveFile, removeFile, removeFolder, type HeldFiles } from '../../../src/adapters/file/held-files.ts'
import { replaceFile } from '../../../src/adapters/file/replace-file.ts'
import { tempHome } from '../../support/temp-home.ts'

/** The real file system, where a scanner holds every file for the first so many tries. */
function heldFor(tries: number, code = 'EPERM', platform: NodeJS.Platform = 'win32') {
  const pauses: number[] = []
  let left = tries
  const touch = (act: () => void) => {
    if (left-- > 0) throw Object.assign(new Error(`${code}: operation not permitted`), { code })
    act()
  }
  const files: HeldFiles = {
    platform,
    rename: (from, to) => touch(() => renameSync(from, to)),
    remove: (path, isFolder) => touch(() => rmSync(path, { force: true, recursive: isFolder })),
    pause: (ms) => void pauses.push(ms),
  }
  return { files, pauses, waited: () => pauses.reduce((sum, ms) => sum + ms, 0) }
}
const ALWAYS = Number.POSITIVE_INFINITY

describe('a file that a virus scanner holds open on Windows', () => {
  it.each(['EPERM', 'EACCES', 'EBUSY'])('is replaced as soon as it lets go: %s', (code) => {
    const home = tempHome()
    const path = join(home, 'account.json')
    writeFileSync(path, 'old')
    const { files, pauses } = heldFor(3, code)
    replaceFile(path, 'new', files)
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(readdirSync(home)).toEqual(['account.json'])
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect(pauses).toHaveLength(3)
  })

  it.each([
    ['EPERM', /can't be written\./],
    ['EBUSY', /another program has it open/],
  ])('is left as it was, with a sentence, when it is held for longer than a second: %s', (code, message) => {
    const path = join(tempHome(), 'account.json')
    writeFileSync(path, 'old')
    // The half that was written is removed once the scanner is gone.
    const { files, waited } = heldFor(8, code)
    expect(() => replaceFile(path, 'new', files)).toThrow(
      expect.objectContaining({
        refusal: expect.objectContaining({
          code: 'home-read-only',
          message: expect.stringMatching(message) as string,
        }) as object,
      }),
    )
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(join(path, '..'))).toEqual(['account.json'])
    expect(waited()).toBeGreaterThan(800)
    expect(waited()).toBeLessThan(1_200)
  })

  it('is moved and removed with the same patience, a folder too', () => {
    const home = tempHome()
    const [one, other] = [join(home, 'one'), join(home, 'other')]
    writeFileSync(one, '')
    moveFile(one, other, heldFor(2).files)
    expect(readdirSync(home)).toEqual(['other'])
    removeFile(other, heldFor(2).files)
    expect(readdirSync(home)).toEqual([])
    removeFolder(home, heldFor(2).files)
    expect(() => readdirSync(home)).toThrow(/ENOENT/)
    expect(() => removeFile(one, heldFor(ALWAYS).files)).toThrow(/EPERM/)
  })

  it('is not waited for when something else is wrong', () => {
    const { files, pauses } = heldFor(1, 'ENOSPC')
    expect(() => replaceFile(join(tempHome(), 'account.json'), 'new', files)).toThrow(
      expect.objectContaining({ refusal: expect.objectContaining({ code: 'disk-full' }) as object }),
    )
    expect(pauses).toEqual([])
  })
})

describe('a file that may not be touched elsewhere', () => {
  it.each(['linux', 'darwin'] as const)('is refused at once on %s: no other program can hold it', (platform) => {
    const { files, pauses } = heldFor(1, 'EPERM', platform)
    expect(() => moveFile('/a', '/b', files)).toThrow(/EPERM/)
    expect(pauses).toEqual([])
  })
})
