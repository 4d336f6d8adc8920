import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { openVault } from '../../../src/adapters/vault/open-vault.ts'
import { checkVault } from '../../../src/apps/doctor/check-vault.ts'
import { noKeychain } from '../../support/keychains.ts'
import { tempHome } from '../../support/temp-home.ts'

describe('what doctor says of the vault', () => {
  let layout: HomeLayout
  let keyFile: string
  beforeEach(async () => {
    const folder = tempHome()
    layout = openHome(join(folder, 'home'))
    keyFile = join(folder, 'slipway.key')
  })
  const make = () => openVault({ layout, keychain: noKeychain() }).init({ kind: 'key-file', keyFile }, false)

  it('is nothing where there is none', async () => {
    expect(await checkVault(layout)).toEqual([])
  })

  it('is where its key is', async () => {
    await make()
    expect(await checkVault(layout)).toMatchObject([
      { check: 'vault', result: 'ok', message: expect.stringContaining(keyFile) as string },
    ])
  })

  it('is what keeps it from opening', async () => {
    await make()
    if (process.platform !== 'win32') {
      chmodSync(layout.vault, 0o644)
      expect(await checkVault(layout)).toMatchObject([{ result: 'warn' }])
    }
    rmSync(keyFile)
    expect(await checkVault(layout)).toMatchObject([
      { result: 'fail', message: expect.stringMatching(/no such file/) as string },
    ])
    writeFileSync(layout.vault, 'half')
    expect(await checkVault(layout)).toMatchObject([
      { result: 'fail', nextStep: expect.stringContaining('--replace') as string },
    ])
  })
})
