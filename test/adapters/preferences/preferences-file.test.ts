import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { changePreferences, readPreferences } from '../../../src/adapters/preferences/preferences-file.ts'
import { DEFAULT_PREFERENCES } from '../../../src/contracts/launcher/preferences.ts'

function preferencesPath(text?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-preferences-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'preferences.json')
  if (text !== undefined) writeFileSync(path, text)
  return path
}

describe('the file of preferences', () => {
  it('need not exist', () => {
    expect(readPreferences(preferencesPath())).toEqual(DEFAULT_PREFERENCES)
  })

  it('keeps what was changed and leaves the rest', async () => {
    const path = preferencesPath()
    await changePreferences(path, { theme: 'dark', notifications: { blind: false } })
    await changePreferences(path, { zone: 'exchange' })
    expect(readPreferences(path)).toEqual({
      theme: 'dark',
      zone: 'exchange',
      numbers: 'comma',
      notifications: { crashed: true, blind: false, lossLimit: true, killSwitch: true },
    })
  })

  it('loses nothing when two programs change it at once', async () => {
    const path = preferencesPath()
    await Promise.all([
      changePreferences(path, { theme: 'light' }),
      changePreferences(path, { numbers: 'indian' }),
      changePreferences(path, { notifications: { crashed: false } }),
    ])
    expect(readPreferences(path)).toMatchObject({
      theme: 'light',
      numbers: 'indian',
      notifications: { crashed: false, blind: true },
    })
  })

  it.each(['{"theme":"pink","zone":"local"}', '{"theme":7,"zone":"local","notifications":"loud"}'])(
    'takes the default for what it can not read in %s',
    (text) => {
      expect(readPreferences(preferencesPath(text))).toEqual({ ...DEFAULT_PREFERENCES, zone: 'local' })
    },
  )

  it.each(['', '{"theme":', '[]', '"dark"'])('keeps a file that is none beside: %s', async (text) => {
    const path = preferencesPath(text)
    expect(readPreferences(path)).toEqual(DEFAULT_PREFERENCES)
    expect((await changePreferences(path, { theme: 'dark' })).theme).toBe('dark')
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(text)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })
})
