import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { refuse } from '../../domain/failure/refusal.ts'
import { replaceFile } from '../file/replace-file.ts'
import { checkOf, isCheckOf, isFairCost, keyFor, type Kdf } from './seal.ts'

const Base64 = z.string().regex(/^[A-Za-z0-9_-]+$/)
const KdfShape = z.strictObject({ name: z.literal('scrypt'), N: z.int(), r: z.int(), p: z.int(), salt: Base64 })

/** Where the master key is: in the keychain under the vault's id, or here, sealed with what a passphrase or file gives. */
const KeyShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keychain') }),
  z.strictObject({ kind: z.literal('passphrase'), kdf: KdfShape, wrapped: Base64 }),
  z.strictObject({ kind: z.literal('key-file'), file: z.string(), kdf: KdfShape, wrapped: Base64 }),
])

const BodyShape = z.strictObject({
  format: z.literal('slipway-vault'),
  version: z.literal(1),
  id: z.uuid(),
  autoLockMinutes: z.int().min(0),
  key: KeyShape,
  /** Sealed values by account and field. */
  entries: z.record(z.string(), z.record(z.string(), Base64)),
})

/** What a vault's file says. Names of accounts and fields can be read by whoever can read the file; values can't. */
export type VaultBody = z.output<typeof BodyShape>
export type VaultKey = VaultBody['key']

/** As read, with what is needed to tell whether it was changed. */
export type VaultFile = Readonly<{ body: VaultBody; text: string; check: string }>

const LARGEST = 4 * 1024 * 1024

/**
 * The file is one line of JSON and one line with its check value, which only the master key can make: neither the
 * header nor the list of entries can be changed, nor an entry taken out or moved, without that being seen.
 *
 * @returns undefined when there is none
 * @throws {Refused} 'vault-damaged' | 'state-newer'
 */
export function readVaultFile(path: string): VaultFile | undefined {
  const whole = readWhole(path)
  if (whole === undefined) return undefined
  const [text = '', check = '', ...rest] = whole.split('\n')
  if (rest.length !== 1 || rest[0] !== '' || check === '') return damaged(path)
  const json = parsed(text)
  const version = (json as { format?: unknown; version?: unknown } | undefined)?.version
  if (typeof version === 'number' && version > 1)
    refuse('state-newer', `The vault ${path} was made by a newer Slipway.`, 'Use that version, or a newer one.')
  const body = BodyShape.safeParse(json)
  if (!body.success || !isFairKey(body.data.key)) return damaged(path)
  return { body: body.data, text, check }
}

/** Put in place whole, readable by this user only. @throws {Refused} 'disk-full' | 'home-read-only' */
export function writeVaultFile(path: string, body: VaultBody, master: Buffer): void {
  const text = JSON.stringify(body)
  const key = keyFor(master, body.id, 'check')
  replaceFile(path, `${text}\n${checkOf(key, text)}\n`)
  key.fill(0)
}

/** Whether the file is as it was written by somebody with this key. */
export function isUnchanged({ body, text, check }: VaultFile, master: Buffer): boolean {
  const key = keyFor(master, body.id, 'check')
  const isOurs = isCheckOf(key, text, check)
  key.fill(0)
  return isOurs
}

/** What the sealed master key is bound to. */
export function aboutKey(id: string, kdf: Kdf): string {
  return ['slipway-vault', 1, id, 'key', kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt].join('|')
}

/** What one sealed value is bound to: put under another account or field, it does not open. */
export function aboutEntry(id: string, accountId: string, field: string): string {
  return ['slipway-vault', 1, id, accountId, field].join('|')
}

function isFairKey(key: VaultKey): boolean {
  return key.kind === 'keychain' || isFairCost(key.kdf)
}

function readWhole(path: string): string | undefined {
  try {
    if (statSync(path).size > LARGEST) return damaged(path)
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === undefined) throw error
    return refuse('file-unreadable', `The vault ${path} can't be read (${code}).`, 'Make it readable for your user.')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function damaged(path: string): never {
  return refuse(
    'vault-damaged',
    `The vault ${path} is damaged or was not written by Slipway; nothing was opened.`,
    'Put a copy of it back, or begin a new one and enter the credentials again: slipway vault init --replace',
  )
}
