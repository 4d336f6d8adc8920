import { PASSPHRASE_LENGTH, type NewProtection } from '../../contracts/launcher/vault.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { Keychain } from './keychain.ts'
import { ensureKeyFile, readKeyFile } from './key-file.ts'
import { KEY_BYTES, newKdf, seal, stretch, unseal, type Kdf } from './seal.ts'
import { aboutKey, type VaultKey } from './vault-file.ts'

/**
 * Puts a master key where it is to be kept.
 *
 * @param id of the vault; a new one for every master key, so that the one before stays until the file has changed
 * @throws {Refused} 'bad-usage', 'keychain-unusable', 'file-unreadable', 'disk-full', 'home-read-only'
 */
export async function protectKey(
  master: Buffer,
  id: string,
  protection: NewProtection,
  { keychain, home }: Readonly<{ keychain: Keychain; home: string }>,
): Promise<VaultKey> {
  switch (protection.kind) {
    case 'keychain':
      await keychain.write(id, master)
      return { kind: 'keychain' }
    case 'passphrase':
      refuseWeak(protection.passphrase)
      return { kind: 'passphrase', ...(await wrap(master, id, passphraseBytes(protection.passphrase))) }
    case 'key-file':
      ensureKeyFile(protection.keyFile, home)
      return {
        ...{ kind: 'key-file', file: protection.keyFile },
        ...(await wrap(master, id, readKeyFile(protection.keyFile))),
      }
  }
}

/**
 * The master key, from where it is kept.
 *
 * @param passphrase for a vault that has one
 * @returns undefined when what was given does not open it: wrong, or the header was changed
 * @throws {Refused} 'keychain-unusable' | 'file-unreadable' | 'bad-usage'
 */
export async function recoverKey(
  id: string,
  key: VaultKey,
  passphrase: string | undefined,
  keychain: Keychain,
): Promise<Buffer | undefined> {
  switch (key.kind) {
    case 'keychain': {
      const kept = await keychain.read(id)
      if (!kept)
        refuse(
          'keychain-unusable',
          `${keychain.name} no longer has the key of this vault.`,
          'Without it the credentials are lost. Begin anew and enter them again: slipway vault init --replace',
        )
      if (kept.length === KEY_BYTES) return kept
      kept.fill(0)
      return undefined
    }
    case 'passphrase':
      if (passphrase === undefined) refuse('bad-usage', 'The vault opens with its passphrase.', 'Enter the passphrase.')
      return unwrap(key, id, passphraseBytes(passphrase))
    case 'key-file':
      return unwrap(key, id, readKeyFile(key.file))
  }
}

type Wrapped = Readonly<{ kdf: Kdf; wrapped: string }>

async function wrap(master: Buffer, id: string, secret: Buffer): Promise<Wrapped> {
  const kdf = newKdf()
  const key = await stretched(secret, kdf)
  const wrapped = seal(key, master, aboutKey(id, kdf))
  key.fill(0)
  return { kdf, wrapped }
}

async function unwrap({ kdf, wrapped }: Wrapped, id: string, secret: Buffer): Promise<Buffer | undefined> {
  const key = await stretched(secret, kdf)
  const master = unseal(key, wrapped, aboutKey(id, kdf))
  key.fill(0)
  return master
}

async function stretched(secret: Buffer, kdf: Kdf): Promise<Buffer> {
  try {
    return await stretch(secret, kdf)
  } finally {
    secret.fill(0)
  }
}

/** The same passphrase typed on another keyboard or system is the same bytes. */
function passphraseBytes(passphrase: string): Buffer {
  return Buffer.from(passphrase.normalize('NFKC'), 'utf8')
}

function refuseWeak(passphrase: string): void {
  const { least } = PASSPHRASE_LENGTH
  if (passphrase.length < least)
    refuse(
      'bad-usage',
      `The passphrase is too short: it needs ${least} characters or more.`,
      'Four or five unrelated words are easy to remember and hard to guess.',
    )
  if (new Set(passphrase).size < 4)
    refuse('bad-usage', 'The passphrase is too easy to guess.', 'Use four or five unrelated words.')
}
