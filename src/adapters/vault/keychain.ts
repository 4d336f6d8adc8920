import { setTimeout as delay } from 'node:timers/promises'
import { refuse } from '../../domain/failure/refusal.ts'

/** A place of the operating system that keeps one key for us and gives it to this user only. */
export type Keychain = Readonly<{
  /** What the user knows it as. */
  name: string
  /** @returns undefined when it has no key of this id. @throws {Refused} keychain-unusable */
  read(id: string): Promise<Buffer | undefined>
  /** @throws {Refused} keychain-unusable; also when it does not give back what it was given */
  write(id: string, key: Buffer): Promise<void>
  /** Takes a key away, if that can be done; one that stays opens nothing any more. */
  remove(id: string): Promise<void>
}>

const SERVICE = 'Slipway'
/** A locked keychain asks its user for a password first, and nobody may be there. */
const ANSWER_MS = 60_000
/**
 * Without this, an unusable Secret Service would be exchanged for the kernel's keyring without a word, and that one
 * forgets everything when the computer is switched off.
 */
const PINNED = { linux: { store: 'secret-service' } } as const

/** The keychain of this system. What speaks to it is native code, loaded when it is first needed. */
export function systemKeychain(platform: NodeJS.Platform = process.platform): Keychain {
  const name = keychainName(platform)
  const entryOf = async (id: string) => {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    return new AsyncEntry(SERVICE, `vault ${id}`, PINNED)
  }

  async function ask<T>(work: () => Promise<T>): Promise<T> {
    const done = new AbortController()
    try {
      const late = delay(ANSWER_MS, undefined, { signal: done.signal, ref: false }).then(() => {
        throw new Error('it did not answer within a minute')
      })
      late.catch(() => undefined)
      return await Promise.race([work(), late])
    } catch (error) {
      return refuse('keychain-unusable', `${name} can't be used: ${whyOf(error)}.`, KEYCHAIN_NEXT)
    } finally {
      done.abort()
    }
  }

  async function read(id: string): Promise<Buffer | undefined> {
    const bytes = await ask(async () => (await entryOf(id)).getSecret())
    if (!bytes) return undefined
    const key = Buffer.from(bytes)
    bytes.fill(0)
    return key
  }

  return {
    name,
    read,
    async write(id, key) {
      await ask(async () => (await entryOf(id)).setSecret(key))
      const kept = await read(id)
      if (kept?.equals(key)) return void kept.fill(0)
      refuse('keychain-unusable', `${name} did not keep the key it was given.`, KEYCHAIN_NEXT)
    },
    async remove(id) {
      await ask(async () => (await entryOf(id)).deleteCredential()).catch(() => undefined)
    },
  }
}

const KEYCHAIN_NEXT =
  'Unlock it, or log in to a desktop session. On a computer without one use a passphrase: slipway vault init --passphrase'

function keychainName(platform: NodeJS.Platform): string {
  switch (platform) {
    case 'darwin':
      return 'The macOS Keychain'
    case 'win32':
      return 'The Windows Credential Manager'
    default:
      return 'The Secret Service (desktop keyring)'
  }
}

/** One line, without the end of a sentence. Errors of keychains name the key, never what it is. What D-Bus says helps no trader. */
function whyOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  if (/d-?bus|zbus|org\.freedesktop/i.test(text)) return 'this session has no desktop keyring'
  return text.split('\n', 1)[0]!.replace(/\.$/, '').slice(0, 200)
}
