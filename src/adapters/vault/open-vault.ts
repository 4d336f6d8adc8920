import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountCredentials, NewProtection, VaultStatus } from '../../contracts/launcher/vault.ts'
import type { AccountId } from '../../domain/account/account-id.ts'
import { limitGuesses, type GuessLimit } from '../../domain/access/limit-guesses.ts'
import { refuse, Refused } from '../../domain/failure/refusal.ts'
import { moveFile } from '../file/held-files.ts'
import { asStorageRefusal } from '../file/replace-file.ts'
import type { HomeLayout } from '../home/layout.ts'
import { NO_VAULT, probeKeychain, statusOf } from './describe-vault.ts'
import { systemKeychain, type Keychain } from './keychain.ts'
import { protectKey, recoverKey } from './protect-key.ts'
import { KEY_BYTES } from './seal.ts'
import { openFields, refusedToOpen, sealFields, type SecretValues } from './sealed-fields.ts'
import { isUnchanged, readVaultFile, writeVaultFile, type VaultBody, type VaultFile } from './vault-file.ts'

export type VaultContext = Readonly<{
  layout: Pick<HomeLayout, 'root' | 'vault' | 'quarantine'>
  /** The system's, unless told. */
  keychain?: Keychain
  guesses?: GuessLimit
  /** Told every secret that goes in or out, so that logs can hide it. */
  onSecret?: (value: string) => void
}>

/**
 * Keeps brokers' credentials sealed on disk, and their key in memory while it is open. Several of these may look at one
 * file, one of them may change it: the launcher's.
 */
export type Vault = Readonly<{
  /** @param lookForKeychain also asks the system's keychain whether it can be used, with a key that is taken away again */
  status(lookForKeychain?: boolean): Promise<VaultStatus>
  /** @throws {Refused} 'vault-exists' unless `replace`, which puts the old file into quarantine */
  init(protection: NewProtection, replace: boolean): Promise<void>
  /** @throws {Refused} 'vault-refused', 'vault-missing', 'unauthorized' after too many tries, or why its key can't be had */
  unlock(passphrase?: string): Promise<void>
  /** Forgets the key; from now on only a person opens it. */
  lock(): void
  /** Another protection and another key; the old passphrase opens nothing from now on. */
  change(passphrase: string | undefined, protection: NewProtection): Promise<void>
  setAutoLock(minutes: number): Promise<void>
  set(accountId: AccountId, values: SecretValues): Promise<AccountCredentials>
  /** @param field undefined: all of the account */
  forget(accountId: AccountId, field?: string): Promise<AccountCredentials>
  /** Which fields an account has; known while locked too. */
  names(accountId: AccountId): string[]
  /**
   * What is kept for an account; nothing where it has none, and then the vault is not opened.
   *
   * @throws {Refused} 'vault-locked', 'vault-refused', 'vault-damaged', 'keychain-unusable'
   */
  read(accountId: AccountId): Promise<SecretValues>
  /** Forgets the key, as at the end of the process. */
  close(): void
}>

type Opened = Readonly<{ file: VaultFile; master: Buffer }>

const MINUTE_MS = 60_000

export function openVault(ctx: VaultContext): Vault {
  const { layout, onSecret = () => undefined } = ctx
  const path = layout.vault
  const keychain = ctx.keychain ?? systemKeychain()
  const guesses = ctx.guesses ?? limitGuesses(() => performance.now())
  let held: Readonly<{ id: string; master: Buffer }> | undefined
  let isShut = false
  let autoLock: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  function hold(id: string, master: Buffer, autoLockMinutes: number): void {
    if (held?.master !== master) held?.master.fill(0)
    held = { id, master }
    isShut = false
    keepAwake(autoLockMinutes)
  }

  function letGo(): void {
    clearTimeout(autoLock)
    held?.master.fill(0)
    held = undefined
  }

  function lock(): void {
    letGo()
    isShut = true
  }

  /** Every use begins the time until it locks itself anew. */
  function keepAwake(minutes: number): void {
    clearTimeout(autoLock)
    if (minutes > 0) autoLock = setTimeout(lock, minutes * MINUTE_MS).unref()
  }

  function existing(): VaultFile {
    return readVaultFile(path) ?? refuse('vault-missing', 'There is no vault yet.', 'Make one: slipway vault init')
  }

  /** The key of a file, checked against all of the file. One answer for a wrong key and a changed file. */
  async function keyOf(file: VaultFile, passphrase: string | undefined): Promise<Buffer> {
    const { id, key } = file.body
    const master = await recoverKey(id, key, passphrase, keychain)
    if (master && isUnchanged(file, master)) return master
    master?.fill(0)
    return refusedToOpen(key.kind)
  }

  async function tryKey(file: VaultFile, passphrase: string | undefined): Promise<Buffer> {
    const wait = guesses.retryAfterSeconds()
    if (wait !== undefined)
      refuse('unauthorized', 'Too many wrong passphrases were tried.', `Wait ${wait} seconds, then try again.`)
    if (passphrase !== undefined) onSecret(passphrase)
    try {
      return await keyOf(file, passphrase)
    } catch (error) {
      if (error instanceof Refused && error.refusal.code === 'vault-refused') guesses.wrong()
      throw error
    }
  }

  /** Opened by now, or by itself where its protection needs no person. */
  async function opened(): Promise<Opened> {
    const file = existing()
    const { id, key, autoLockMinutes } = file.body
    if (held && held.id !== id) letGo()
    if (held) {
      if (!isUnchanged(file, held.master)) {
        letGo()
        refusedToOpen(key.kind)
      }
      keepAwake(autoLockMinutes)
      return { file, master: held.master }
    }
    if (isShut || key.kind === 'passphrase')
      refuse('vault-locked', 'The vault is locked.', 'Open it in the settings page, or with: slipway vault unlock')
    const master = await keyOf(file, undefined)
    hold(id, master, autoLockMinutes)
    return { file, master }
  }

  function write(body: VaultBody, master: Buffer): void {
    writeVaultFile(path, body, master)
  }

  /** Makes a vault with a key of its own and puts it in place; what was in memory of another one goes. */
  async function renew(protection: NewProtection, autoLockMinutes: number, values: Map<string, SecretValues>) {
    if (protection.kind === 'passphrase') onSecret(protection.passphrase)
    const id = randomUUID()
    const master = randomBytes(KEY_BYTES)
    const key = await protectKey(master, id, protection, { keychain, home: layout.root })
    const entries: VaultBody['entries'] = {}
    for (const [accountId, fields] of values) entries[accountId] = sealFields(master, id, accountId, fields)
    return { id, master, put: (): void => write({ ...BLANK, id, autoLockMinutes, key, entries }, master) }
  }

  async function read(accountId: AccountId): Promise<SecretValues> {
    const boxes = readVaultFile(path)?.body.entries[accountId]
    if (!boxes || Object.keys(boxes).length === 0) return {}
    const { file, master } = await opened()
    const values = openFields(master, file.body, accountId)
    for (const value of Object.values(values)) onSecret(value)
    return values
  }

  async function edit(accountId: AccountId, change: (boxes: Record<string, string>, to: Opened) => void) {
    const to = await opened()
    const { body } = to.file
    const boxes = { ...body.entries[accountId] }
    change(boxes, to)
    const { [accountId]: _, ...others } = body.entries
    const entries = Object.keys(boxes).length === 0 ? others : { ...others, [accountId]: boxes }
    write({ ...body, entries }, to.master)
    return { accountId, fields: Object.keys(boxes) }
  }

  return {
    async status(lookForKeychain = false) {
      const looked = lookForKeychain ? await probeKeychain(keychain) : null
      try {
        const file = readVaultFile(path)
        return { ...statusOf(file, { openId: held?.id, isShut, keychain }), ...{ file: path, keychain: looked } }
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        return { ...NO_VAULT, state: 'locked', file: path, problem: error.refusal, keychain: looked }
      }
    },
    init: (protection, replace) =>
      inTurn(async () => {
        if (existsSync(path) && !replace)
          refuse('vault-exists', 'There is a vault already.', 'Use it, or begin anew: slipway vault init --replace')
        const { id, master, put } = await renew(protection, 0, new Map())
        putAside(layout)
        put()
        hold(id, master, 0)
      }),
    unlock: (passphrase) =>
      inTurn(async () => {
        const file = existing()
        const master = await tryKey(file, passphrase)
        hold(file.body.id, master, file.body.autoLockMinutes)
      }),
    lock,
    change: (passphrase, protection) =>
      inTurn(async () => {
        const before = existing()
        const { id: oldId, key, autoLockMinutes, entries } = before.body
        // Who sits down at an open page must not be able to shut its owner out.
        const old = key.kind === 'passphrase' ? await tryKey(before, passphrase) : (await opened()).master
        const values = new Map(Object.keys(entries).map((account) => [account, openFields(old, before.body, account)]))
        const { id, master, put } = await renew(protection, autoLockMinutes, values)
        put()
        hold(id, master, autoLockMinutes)
        old.fill(0)
        if (key.kind === 'keychain') await keychain.remove(oldId)
      }),
    setAutoLock: (minutes) =>
      inTurn(async () => {
        const { file, master } = await opened()
        write({ ...file.body, autoLockMinutes: minutes }, master)
        keepAwake(minutes)
      }),
    set: (accountId, values) =>
      inTurn(() => {
        for (const value of Object.values(values)) onSecret(value)
        return edit(accountId, (boxes, { file, master }) =>
          Object.assign(boxes, sealFields(master, file.body.id, accountId, values)),
        )
      }),
    forget: (accountId, field) =>
      inTurn(async () => {
        const known = Object.keys(readVaultFile(path)?.body.entries[accountId] ?? {})
        if (known.length === 0 || (field !== undefined && !known.includes(field))) return { accountId, fields: known }
        return edit(accountId, (boxes) => {
          for (const name of field === undefined ? known : [field]) Reflect.deleteProperty(boxes, name)
        })
      }),
    names: (accountId) => Object.keys(readVaultFile(path)?.body.entries[accountId] ?? {}),
    read: (accountId) => inTurn(() => read(accountId)),
    close: letGo,
  }
}

const BLANK = { format: 'slipway-vault', version: 1 } as const

/** An old vault is never deleted: its owner may still find the passphrase, or the keychain. */
function putAside({ vault, quarantine }: Pick<HomeLayout, 'vault' | 'quarantine'>): void {
  if (!existsSync(vault)) return
  try {
    mkdirSync(quarantine, { recursive: true, mode: 0o700 })
    moveFile(vault, join(quarantine, `vault-${new Date().toISOString().replaceAll(':', '')}`))
  } catch (error) {
    throw asStorageRefusal(error, vault)
  }
}
