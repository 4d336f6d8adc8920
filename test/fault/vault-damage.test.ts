import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { homeLayout, type HomeLayout } from '../../src/adapters/home/layout.ts'
import { openVault, type Vault } from '../../src/adapters/vault/open-vault.ts'
import { checkOf, keyFor } from '../../src/adapters/vault/seal.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import { Refused, type Refusal } from '../../src/domain/failure/refusal.ts'
import { memoryKeychain, type MemoryKeychain } from '../support/keychains.ts'
import { newHome } from '../support/launched.ts'
import { repoRoot } from '../support/repo-root.ts'
import { tempHome } from '../support/temp-home.ts'

const [A1, B2] = ['A1', 'B2'] as AccountId[] as [AccountId, AccountId]
const PASSPHRASE = 'correct horse battery staple'
const CANARY = 'canary-5c0ffee5'

type Body = {
  version: number
  id: string
  autoLockMinutes: number
  key: { kind: string; kdf: { name: string; N: number; r: number; p: number; salt: string }; wrapped: string }
  entries: Record<string, Record<string, string>>
}

/** S3 of the fault matrix: a vault that was changed, cut off, opened with a wrong key, or has weaker protection. */
describe('a vault with a passphrase', () => {
  let layout: HomeLayout
  let good: string
  beforeAll(async () => {
    layout = newHome()
    const vault = openVault({ layout, keychain: memoryKeychain() })
    await vault.init({ kind: 'passphrase', passphrase: PASSPHRASE }, false)
    await vault.set(A1, { token: CANARY, pin: '1234' })
    await vault.set(B2, { token: 'another-token' })
    good = readFileSync(layout.vault, 'utf8')
  })
  afterAll(() => rmSync(layout.root, { recursive: true, force: true }))

  /** What somebody gets who has the passphrase and tries everything. */
  async function open(passphrase = PASSPHRASE): Promise<Refusal | Readonly<Record<string, string>>> {
    const vault = openVault({ layout, keychain: memoryKeychain() })
    try {
      await vault.unlock(passphrase)
      return await vault.read(A1)
    } catch (error) {
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }
  const changed = (change: (body: Body) => void): string => {
    const [text, check] = good.split('\n')
    const body = JSON.parse(text!) as Body
    change(body)
    return `${JSON.stringify(body)}\n${check}\n`
  }
  /** Another character of the same alphabet at this place. */
  const other = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)

  it('opens when nothing was done to it', async () => {
    writeFileSync(layout.vault, good)
    expect(await open()).toEqual({ token: CANARY, pin: '1234' })
  })

  it('answers a wrong passphrase and every change with one and the same refusal', async () => {
    const changes: Record<string, string> = {
      'the sealed key': changed(({ key }) => (key.wrapped = other(key.wrapped, 30))),
      salt: changed(({ key }) => (key.kdf.salt = other(key.kdf.salt, 3))),
      'a dearer derivation': changed(({ key }) => (key.kdf.N = 2 ** 18)),
      id: changed((body) => (body.id = 'c1377c6d-f21d-4358-ad4c-1a8c2ad1224f')),
      'the time until it locks itself': changed((body) => (body.autoLockMinutes = 5)),
      'a value': changed(({ entries }) => (entries.A1!.token = other(entries.A1!.token!, 20))),
      'an entry left out': changed(({ entries }) => delete entries.B2),
      'an entry moved': changed(({ entries }) => (entries.A1!.token = entries.B2!.token!)),
      'an entry under another name': changed(({ entries }) => (entries.C3 = entries.B2!)),
      'the check value': other(good, good.length - 5),
    }
    writeFileSync(layout.vault, good)
    const wrong = await open('correct horse battery stable')
    expect(wrong).toMatchObject({ code: 'vault-refused' })
    for (const [what, text] of Object.entries(changes)) {
      writeFileSync(layout.vault, text)
      expect(await open(), what).toEqual(wrong)
    }
  }, 120_000)

  it.each([
    ['nothing', () => ''],
    ['half of it', () => good.slice(0, good.length / 2)],
    ['all but its last byte', () => good.slice(0, -1)],
    ['no check value', () => good.split('\n')[0]!],
    ['something else', () => 'hello'],
    ['zeros', () => '\0'.repeat(good.length)],
    ['a field too many', () => good.replace('"version":1', '"version":1,"more":1')],
    ['no salt', () => changed(({ key }) => (key.kdf.salt = ''))],
  ])('is refused, whoever asks, and is not taken for a new one: %s', async (_, text) => {
    writeFileSync(layout.vault, text())
    expect(await open()).toMatchObject({ code: 'vault-damaged' })
    const vault = openVault({ layout, keychain: memoryKeychain() })
    expect(await vault.status()).toMatchObject({ state: 'locked', problem: { code: 'vault-damaged' } })
    await expect(vault.set(A1, { token: 'x' })).rejects.toMatchObject({ refusal: { code: 'vault-damaged' } })
    await expect(vault.init({ kind: 'keychain' }, false)).rejects.toMatchObject({ refusal: { code: 'vault-exists' } })
    await expect(vault.read(A1)).rejects.toMatchObject({ refusal: { code: 'vault-damaged' } })
  })

  it.each([
    ['an old cost', { N: 2 ** 14 }],
    ['less than two bits of work', { N: 2 }],
    ['another block size', { r: 1 }],
    ['no work at all', { p: 0 }],
    ['more work than any computer has', { N: 2 ** 30 }],
    ['a cost that is none', { N: 2 ** 17 + 1 }],
    ['a derivation of old', { name: 'pbkdf2' }],
  ])('is not opened with %s, and no work is done for it', async (_, kdf) => {
    writeFileSync(
      layout.vault,
      changed(({ key }) => Object.assign(key.kdf, kdf)),
    )
    expect(await open()).toMatchObject({ code: 'vault-damaged' })
  })

  it('of a newer Slipway is left alone', async () => {
    writeFileSync(
      layout.vault,
      changed((body) => (body.version = 2)),
    )
    expect(await open()).toMatchObject({ code: 'state-newer' })
  })

  it('is refused when it is cut off anywhere, and never opens in part', () => {
    for (let length = 0; length < good.length; length += 7) {
      writeFileSync(layout.vault, good)
      truncateSync(layout.vault, length)
      const vault = openVault({ layout, keychain: memoryKeychain() })
      expect(() => vault.names(A1), String(length)).toThrow(/damaged/)
    }
  })
})

/** As an attacker who may write files but has no key would. */
describe('a vault in the keychain', () => {
  let layout: HomeLayout
  let keychain: MemoryKeychain
  let vault: Vault
  beforeAll(async () => {
    layout = newHome()
    keychain = memoryKeychain()
    vault = openVault({ layout, keychain })
    await vault.init({ kind: 'keychain' }, false)
    await vault.set(A1, { token: CANARY })
  })
  afterAll(() => rmSync(layout.root, { recursive: true, force: true }))

  it('is refused at the next look when it is changed while it is open', async () => {
    const good = readFileSync(layout.vault, 'utf8')
    writeFileSync(layout.vault, good.replace('"autoLockMinutes":0', '"autoLockMinutes":9'))
    await expect(vault.read(A1)).rejects.toMatchObject({ refusal: { code: 'vault-refused' } })
    await expect(vault.set(A1, { token: 'x' })).rejects.toMatchObject({ refusal: { code: 'vault-refused' } })
    writeFileSync(layout.vault, good)
    expect(await vault.read(A1)).toEqual({ token: CANARY })
  })

  it('does not take a file that somebody made with a key of their own', async () => {
    const good = readFileSync(layout.vault, 'utf8')
    const [text] = good.split('\n')
    const forged = checkOf(keyFor(Buffer.alloc(32, 1), (JSON.parse(text!) as Body).id, 'check'), text!)
    writeFileSync(layout.vault, `${text}\n${forged}\n`)
    await expect(openVault({ layout, keychain }).read(A1)).rejects.toMatchObject({ refusal: { code: 'vault-refused' } })
    writeFileSync(layout.vault, good)
  })
})

describe('a vault whose writer is killed', () => {
  it('is the one before or the one after, never half of one', async () => {
    const home = tempHome()
    const layout = homeLayout(join(home, 'home'))
    mkdirSync(layout.root, { mode: 0o700 })
    const keyFile = join(home, 'slipway.key')
    const script = `
      import { openVault } from ${JSON.stringify(join(repoRoot, 'src/adapters/vault/open-vault.ts'))}
      import { homeLayout } from ${JSON.stringify(join(repoRoot, 'src/adapters/home/layout.ts'))}
      const vault = openVault({ layout: homeLayout(${JSON.stringify(layout.root)}) })
      if ((await vault.status()).state === 'absent') await vault.init({ kind: 'key-file', keyFile: ${JSON.stringify(keyFile)} }, false)
      console.log('writing')
      for (let n = 0; ; n++) await vault.set('A' + (n % 50), { token: 'token ' + n, long: 'x'.repeat(2000) })`
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      await delay(20 + round * 37)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const vault = openVault({ layout })
      const { accounts } = await vault.status()
      for (const { accountId } of accounts)
        expect(await vault.read(accountId as AccountId)).toMatchObject({
          token: expect.stringMatching(/^token \d+$/) as string,
        })
      if (process.platform !== 'win32') expect(statSync(layout.vault).mode & 0o777).toBe(0o600)
    }
  })
})
