import { linkSync, statSync, mkdirSync, writeFileSync } from 'node:fs'
import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../domain/failure/refusal.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { moveFile, removeFile } from '../file/held-files.ts'
import { readPrivateFile } from '../vault/private-file.ts'
import { thumbprint } from './signed-text.ts'

/** In a folder of signing keys. */
export const KEY_FILE = 'lease-keys.json'
const LONGEST = 64 * 1024

const Key = z.strictObject({
  kid: z.string(),
  /** current signs; next is told to clients ahead of its turn; last only verifies what it has signed. */
  role: z.enum(['current', 'next', 'last']),
  public_key: z.string(),
  /** Raw, base64url; a key that has had its turn has none any more. */
  private_key: z.string().nullable(),
  made_at: z.int(),
  /** When it ceased to sign. */
  retired_at: z.int().nullable(),
})
export type StoredKey = z.output<typeof Key>

const KeyFile = z
  .strictObject({
    version: z.literal(1),
    /** Names of claims are signed with it; see claimMac. 32 bytes, base64url. */
    claim_secret: z.string().regex(/^[\w-]{43}$/),
    /** What clients were told last as the version of the list; left out where the newest key says it. */
    list_version: z.int().min(0).optional(),
    keys: z.array(Key).min(1).max(8),
  })
  .refine(({ keys }) => keys.filter(({ role }) => role === 'current').length === 1, 'one key must be current')
  .refine(
    ({ keys }) => keys.every((key) => (key.role === 'last') === (key.private_key === null) && isWhole(key)),
    'every key must be whole',
  )
export type KeyFile = z.output<typeof KeyFile>

/**
 * @throws {Refused} file-unreadable: there is none, others can read it, or it is damaged
 */
export function readKeyFile(folder: string): KeyFile {
  const path = join(folder, KEY_FILE)
  const instead = `Restore it from your backup of ${folder}, or make new keys: move it away and start the server again.`
  const bytes = readPrivateFile({ path, what: 'signing key', instead, longest: LONGEST })
  try {
    const { data, error } = KeyFile.safeParse(parsed(bytes.toString('utf8')))
    // Nothing of the content is told: it holds secrets.
    return data ?? refuse('file-unreadable', `${path} is damaged (${error.issues[0]?.message ?? ''}).`, instead)
  } finally {
    bytes.fill(0)
  }
}

/** Puts the first keys into a folder that has none. Of several processes that do so, the first wins. */
export function ensureKeyFile(folder: string, now: EpochMs): void {
  const path = join(folder, KEY_FILE)
  if (exists(path)) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const unfinished = join(folder, `.${KEY_FILE}.${randomBytes(6).toString('hex')}.new`)
  try {
    const keys = [newKey('current', now), newKey('next', now)]
    const first: KeyFile = { version: 1, claim_secret: randomBytes(32).toString('base64url'), keys }
    writeFileSync(unfinished, keyFileText(first), { flag: 'wx', mode: 0o600, flush: true })
    publish(unfinished, path)
  } finally {
    removeFile(unfinished)
  }
}

function publish(unfinished: string, path: string): void {
  try {
    linkSync(unfinished, path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    // A disk that knows no hard links.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(code)) throw error
    if (!exists(path)) moveFile(unfinished, path)
  }
}

export function keyFileText(file: KeyFile): string {
  return JSON.stringify(file, undefined, 2) + '\n'
}

export function newKey(role: 'current' | 'next', now: EpochMs): StoredKey {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as { x: string; d: string }
  return { kid: thumbprint(x), role, public_key: x, private_key: d, made_at: now, retired_at: null }
}

/**
 * Which list of keys this is, for clients: when the newest was made, which no rotation leaves as it was; or more, where a
 * clock that was ahead has told them more.
 */
export function keyListVersion({ keys, list_version = 0 }: KeyFile): number {
  return Math.max(list_version, ...keys.map(({ made_at }) => made_at))
}

/** The file with other keys and that version, which is written only where the keys do not tell it themselves. */
export function withKeys({ version, claim_secret }: KeyFile, keys: KeyFile['keys'], listVersion: number): KeyFile {
  const file: KeyFile = { version, claim_secret, keys }
  return keyListVersion(file) === listVersion ? file : { ...file, list_version: listVersion }
}

/** Told apart by what a replaced file can't keep. */
export function versionOf(folder: string): string {
  const { mtimeMs, size, ino } = statSync(join(folder, KEY_FILE))
  return `${mtimeMs} ${size} ${ino}`
}

export function privateKeyOf({ public_key, private_key }: StoredKey): KeyObject {
  const key = { kty: 'OKP', crv: 'Ed25519', x: public_key, d: private_key ?? '' }
  return createPrivateKey({ format: 'jwk', key })
}

/** Named by its thumbprint, and its halves belong together. */
function isWhole(key: StoredKey): boolean {
  if (key.kid !== thumbprint(key.public_key)) return false
  if (key.private_key === null) return true
  try {
    return privateKeyOf(key).export({ format: 'jwk' }).x === key.public_key
  } catch {
    return false
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
