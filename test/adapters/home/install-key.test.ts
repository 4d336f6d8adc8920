import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ensureInstallKey } from '../../../src/adapters/home/install-key.ts'
import { homeLayout } from '../../../src/adapters/home/layout.ts'
import { tempHome } from '../../support/temp-home.ts'

describe('the key of an installation', () => {
  it('is made once, for its user alone, and kept', () => {
    const layout = homeLayout(tempHome())
    const key = ensureInstallKey(layout)
    expect(key).toHaveLength(32)
    expect(ensureInstallKey(layout)).toEqual(key)
    if (process.platform !== 'win32') expect(statSync(layout.installKey).mode & 0o777).toBe(0o600)
    expect(readdirSync(layout.root)).toEqual(['install.key'])
    expect(ensureInstallKey(homeLayout(tempHome()))).not.toEqual(key)
  })

  it.each(['', 'short', 'z'.repeat(64), '0'.repeat(63)])('is made anew where its file is damaged (%j)', (text) => {
    const layout = homeLayout(tempHome())
    writeFileSync(layout.installKey, text)
    const key = ensureInstallKey(layout)
    expect(readFileSync(layout.installKey, 'utf8').trim()).toBe(key.toString('hex'))
    expect(ensureInstallKey(layout)).toEqual(key)
  })
})
