import { randomBytes, randomUUID } from 'node:crypto'
import type { VaultStatus } from '../../contracts/launcher/vault.ts'
import { Refused } from '../../domain/failure/refusal.ts'
import type { Keychain } from './keychain.ts'
import { KEY_BYTES } from './seal.ts'
import type { VaultBody, VaultFile } from './vault-file.ts'

type Described = Omit<VaultStatus, 'file' | 'keychain'>

export const NO_VAULT = {
  ...{ protection: null, store: null, opensItself: false, autoLockMinutes: 0, accounts: [], problem: null },
} satisfies Partial<VaultStatus>

/** What a vault's file and what is in memory of it come to. */
export function statusOf(
  file: VaultFile | undefined,
  { openId, isShut, keychain }: Readonly<{ openId: string | undefined; isShut: boolean; keychain: Keychain }>,
): Described {
  if (!file) return { ...NO_VAULT, state: 'absent' }
  const { id, key, autoLockMinutes, entries } = file.body
  return {
    state: openId === id ? 'unlocked' : 'locked',
    protection: key.kind,
    store: storeName(key, keychain.name),
    opensItself: key.kind !== 'passphrase' && !isShut,
    autoLockMinutes,
    // What is not of one account (licence keys) has a name that no account can have.
    accounts: Object.entries(entries)
      .filter(([name]) => !name.startsWith('@'))
      .map(([accountId, boxes]) => ({ accountId, fields: Object.keys(boxes) })),
    problem: null,
  }
}

function storeName(key: VaultBody['key'], keychain: string): string {
  switch (key.kind) {
    case 'keychain':
      return keychain
    case 'passphrase':
      return 'A file sealed with a passphrase'
    case 'key-file':
      return `A file sealed with the key in ${key.file}`
  }
}

/** Whether a keychain keeps what it is given: tried with a key that is taken away again. */
export async function probeKeychain(keychain: Keychain): Promise<{ usable: boolean; name: string; why: string }> {
  const id = `probe ${randomUUID()}`
  try {
    await keychain.write(id, randomBytes(KEY_BYTES))
    await keychain.remove(id)
    return { usable: true, name: keychain.name, why: '' }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { usable: false, name: keychain.name, why: error.refusal.message }
  }
}
