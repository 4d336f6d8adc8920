import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { replaceFile } from '../../../src/adapters/file/replace-file.ts'
import { tempHome } from '../../support/temp-home.ts'

const REPLACER = join(import.meta.dirname, '..', '..', 'support', 'file-replacer.ts')

describe('putting a file in place', () => {
  it('replaces it whole, for its owner only, and leaves nothing else behind', () => {
    const home = tempHome()
    const path = join(home, 'account.json')
    writeFileSync(path, 'old', { mode: 0o644 })
    replaceFile(path, 'new '.repeat(50_000))
    expect(readFileSync(path, 'utf8')).toBe('new '.repeat(50_000))
    expect(readdirSync(home)).toEqual(['account.json'])
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  // A disk that is nearly full takes the first part of a write and refuses only the next; so does a limit on file sizes.
  it.skipIf(process.platform === 'win32')('keeps the old file when there is room for half of the new one only', () => {
    const home = tempHome()
    const path = join(home, 'account.json')
    writeFileSync(path, 'old')
    const script = 'ulimit -f 2 && exec "$0" "$1" "$2" 100000'
    const said = execFileSync('/bin/sh', ['-c', script, process.execPath, REPLACER, path], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    })
    expect(said).toContain('EFBIG')
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(home)).toEqual(['account.json'])
  })
})
