import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { homeLayout, type HomeLayout } from '../../../src/adapters/home/layout.ts'
import { openVault, type Vault } from '../../../src/adapters/vault/open-vault.ts'
import type { AccountId } from '../../../src/domain/account/account-id.ts'
import { memoryKeychain, type MemoryKeychain } from '../../support/keychains.ts'
import { tempHome } from '../../support/temp-home.ts'

const [A1, B2] = ['A1', 'B2'] as AccountId[] as [AccountId, AccountId]
const PASSPHRASE = 'correct horse battery staple'
const TOKEN = 'canary-7f3a9c1e5b'
const isPosix = process.platform !== 'win32'
const refusedAs = (code: string) => ({ refusal: { code } })

describe('a vault', () => {
  let layout: HomeLayout
  let keychain: MemoryKeychain
  let secrets: string[]
  let vault: Vault
  const reopened = () => openVault({ layout, keychain, onSecret: (value) => secrets.push(value) })
  beforeEach(() => {
    layout = homeLayout(join(tempHome(), 'home'))
    mkdirSync(layout.root, { mode: 0o700 })
    keychain = memoryKeychain()
    secrets = []
    vault = reopened()
  })

  describe('in the keychain', () => {
    beforeEach(() => vault.init({ kind: 'keychain' }, false))

    it('keeps one key of 32 bytes there, and the credentials sealed in a file of its own', async () => {
      await vault.set(A1, { token: TOKEN })
      expect([...keychain.keys.values()].map(({ length }) => length)).toEqual([32])
      const file = readFileSync(layout.vault, 'utf8')
      expect(file).not.toContain(TOKEN)
      expect(file).not.toContain(Buffer.from(TOKEN).toString('base64url'))
      if (isPosix) expect(statSync(layout.vault).mode & 0o777).toBe(0o600)
    })

    it('opens by itself when something of it is needed, and not before', async () => {
      await vault.set(A1, { token: TOKEN })
      vault = reopened()
      const before = keychain.asked()
      expect(await vault.status()).toMatchObject({ state: 'locked', opensItself: true, protection: 'keychain' })
      expect(await vault.read(B2)).toEqual({})
      expect(keychain.asked()).toBe(before)
      expect(await vault.read(A1)).toEqual({ token: TOKEN })
      expect((await vault.status()).state).toBe('unlocked')
    })

    it('stays shut once a person has locked it, until a person opens it', async () => {
      await vault.set(A1, { token: TOKEN })
      vault.lock()
      expect(await vault.status()).toMatchObject({ state: 'locked', opensItself: false })
      await expect(vault.read(A1)).rejects.toMatchObject(refusedAs('vault-locked'))
      await vault.unlock()
      expect(await vault.read(A1)).toEqual({ token: TOKEN })
    })

    it('says so when the keychain is locked or denies it, and opens when it is back', async () => {
      await vault.set(A1, { token: TOKEN })
      vault = reopened()
      keychain.fail('the user denied it')
      await expect(vault.read(A1)).rejects.toMatchObject(refusedAs('keychain-unusable'))
      keychain.fail(undefined)
      expect(await vault.read(A1)).toEqual({ token: TOKEN })
    })

    it('says that its key is gone when the keychain was wiped, and keeps what there is aside for a new one', async () => {
      await vault.set(A1, { token: TOKEN })
      vault = reopened()
      keychain.keys.clear()
      await expect(vault.read(A1)).rejects.toMatchObject({
        refusal: { code: 'keychain-unusable', message: expect.stringMatching(/no longer has the key/) as string },
      })
      await vault.init({ kind: 'keychain' }, true)
      expect(await vault.read(A1)).toEqual({})
      expect(readdirSync(layout.quarantine)).toEqual([expect.stringMatching(/^vault-/)])
    })

    it('moves to a passphrase and back, each time with another key', async () => {
      await vault.set(A1, { token: TOKEN })
      const [first] = keychain.keys.values()
      await vault.change(undefined, { kind: 'passphrase', passphrase: PASSPHRASE })
      expect(keychain.keys.size).toBe(0)
      expect(await vault.read(A1)).toEqual({ token: TOKEN })
      await expect(vault.change(undefined, { kind: 'keychain' })).rejects.toMatchObject(refusedAs('bad-usage'))
      await vault.change(PASSPHRASE, { kind: 'keychain' })
      const [second] = keychain.keys.values()
      expect(second!.equals(first!)).toBe(false)
      expect(await reopened().read(A1)).toEqual({ token: TOKEN })
    })

    it('is as it was when the new place for its key can not be used', async () => {
      await vault.set(A1, { token: TOKEN })
      await expect(vault.change(undefined, { kind: 'passphrase', passphrase: 'short' })).rejects.toMatchObject(
        refusedAs('bad-usage'),
      )
      expect(await reopened().read(A1)).toEqual({ token: TOKEN })
    })
  })

  it('is not made where the keychain can not be used: nothing is kept anywhere else without a word', async () => {
    keychain.fail('no session bus')
    await expect(vault.init({ kind: 'keychain' }, false)).rejects.toMatchObject(refusedAs('keychain-unusable'))
    expect(existsSync(layout.vault)).toBe(false)
    expect(await vault.status(true)).toMatchObject({ state: 'absent', keychain: { usable: false } })
  })

  it('tells whether there is a keychain, and leaves nothing of that try in it', async () => {
    expect(await vault.status(true)).toMatchObject({ keychain: { usable: true, name: keychain.name } })
    expect(keychain.keys.size).toBe(0)
    expect((await vault.status()).keychain).toBeNull()
  })

  it('is made once', async () => {
    await vault.init({ kind: 'keychain' }, false)
    await expect(vault.init({ kind: 'keychain' }, false)).rejects.toMatchObject(refusedAs('vault-exists'))
  })

  it('says that there is none where credentials are to be kept', async () => {
    await expect(vault.set(A1, { token: TOKEN })).rejects.toMatchObject(refusedAs('vault-missing'))
    await expect(vault.unlock('x')).rejects.toMatchObject(refusedAs('vault-missing'))
    expect(await vault.read(A1)).toEqual({})
  })

  describe('with a passphrase', () => {
    beforeEach(() => vault.init({ kind: 'passphrase', passphrase: PASSPHRASE }, false))

    it('opens with it, and with the same one typed on another system', async () => {
      await vault.set(A1, { token: TOKEN })
      const other = reopened()
      await expect(other.read(A1)).rejects.toMatchObject(refusedAs('vault-locked'))
      await other.unlock(PASSPHRASE)
      expect(await other.read(A1)).toEqual({ token: TOKEN })
      await vault.change(PASSPHRASE, { kind: 'passphrase', passphrase: 'über den Wolken' })
      const third = reopened()
      await third.unlock('über den Wolken'.normalize('NFD'))
      expect(await third.read(A1)).toEqual({ token: TOKEN })
      await expect(reopened().unlock(PASSPHRASE)).rejects.toMatchObject(refusedAs('vault-refused'))
    })

    it('is not changed by who sits down at an open page and does not know it', async () => {
      await expect(
        vault.change('a guess of theirs', { kind: 'passphrase', passphrase: 'mine from now on' }),
      ).rejects.toMatchObject(refusedAs('vault-refused'))
      await reopened().unlock(PASSPHRASE)
    })

    it('stops listening after five wrong tries, also to the right one', async () => {
      const guessed = openVault({ layout, keychain, guesses: { retryAfterSeconds: () => 42, wrong: () => undefined } })
      await expect(guessed.unlock(PASSPHRASE)).rejects.toMatchObject({
        refusal: { code: 'unauthorized', nextStep: expect.stringContaining('42 seconds') as string },
      })
    })

    it('hands every secret it sees to the logs, so that they hide it', async () => {
      await vault.set(A1, { token: TOKEN })
      expect(secrets).toEqual(expect.arrayContaining([PASSPHRASE, TOKEN]))
    })
  })

  describe('with a key file', () => {
    const file = () => join(layout.root, '..', 'keys', 'slipway.key')

    it('opens without a person, with a file it made for this user alone', async () => {
      await vault.init({ kind: 'key-file', keyFile: file() }, false)
      await vault.set(A1, { token: TOKEN })
      if (isPosix) expect(statSync(file()).mode & 0o777).toBe(0o600)
      expect(await reopened().read(A1)).toEqual({ token: TOKEN })
      expect(await reopened().status()).toMatchObject({ protection: 'key-file', opensItself: true })
    })

    it.runIf(isPosix)('does not open with one that others can read', async () => {
      await vault.init({ kind: 'key-file', keyFile: file() }, false)
      await vault.set(A1, { token: TOKEN })
      chmodSync(file(), 0o644)
      await expect(reopened().read(A1)).rejects.toMatchObject({
        refusal: { code: 'file-unreadable', nextStep: expect.stringContaining('chmod 600') as string },
      })
    })

    it('does not open with another one, nor without', async () => {
      await vault.init({ kind: 'key-file', keyFile: file() }, false)
      await vault.set(A1, { token: TOKEN })
      writeFileSync(file(), 'x'.repeat(43))
      await expect(reopened().read(A1)).rejects.toMatchObject(refusedAs('vault-refused'))
    })

    it('is not made with a key in the folder it protects, too short, or at a place that depends on where one is', async () => {
      const inside = { kind: 'key-file', keyFile: join(layout.root, 'my.key') } as const
      await expect(vault.init(inside, false)).rejects.toMatchObject(refusedAs('bad-usage'))
      await expect(vault.init({ kind: 'key-file', keyFile: 'my.key' }, false)).rejects.toMatchObject(
        refusedAs('bad-usage'),
      )
      const short = join(layout.root, '..', 'short.key')
      writeFileSync(short, 'hunter2\n', { mode: 0o600 })
      await expect(vault.init({ kind: 'key-file', keyFile: short }, false)).rejects.toMatchObject(
        refusedAs('file-unreadable'),
      )
      expect(existsSync(layout.vault)).toBe(false)
    })
  })

  it('keeps fields of accounts apart, and forgets one or all of them', async () => {
    await vault.init({ kind: 'keychain' }, false)
    await vault.set(A1, { token: TOKEN, pin: '1234' })
    await vault.set(B2, { token: 'another' })
    expect(await vault.forget(A1, 'pin')).toEqual({ accountId: A1, fields: ['token'] })
    expect(await vault.read(A1)).toEqual({ token: TOKEN })
    expect(await vault.forget(A1)).toEqual({ accountId: A1, fields: [] })
    expect(await vault.forget(A1, 'token')).toEqual({ accountId: A1, fields: [] })
    expect(await vault.read(A1)).toEqual({})
    expect((await vault.status()).accounts).toEqual([{ accountId: B2, fields: ['token'] }])
    expect(vault.names(B2)).toEqual(['token'])
  })

  it('loses nothing when credentials of many accounts are kept at once', async () => {
    await vault.init({ kind: 'keychain' }, false)
    const ids = Array.from({ length: 20 }, (_, at) => `acc-${at}` as AccountId)
    await Promise.all(ids.map((id) => vault.set(id, { token: `token of ${id}` })))
    for (const id of ids) expect(await vault.read(id)).toEqual({ token: `token of ${id}` })
  })

  it('locks itself after the time without use that was chosen', async () => {
    await vault.init({ kind: 'keychain' }, false)
    await vault.set(A1, { token: TOKEN })
    await vault.setAutoLock(10)
    vi.useFakeTimers()
    try {
      await vault.read(A1)
      vi.advanceTimersByTime(9 * 60_000)
      await vault.read(A1)
      vi.advanceTimersByTime(9 * 60_000)
      expect((await vault.status()).state).toBe('unlocked')
      vi.advanceTimersByTime(60_000)
      expect(await vault.status()).toMatchObject({ state: 'locked', autoLockMinutes: 10, opensItself: false })
    } finally {
      vi.useRealTimers()
    }
  })
})
