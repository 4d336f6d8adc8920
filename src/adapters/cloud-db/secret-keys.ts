import { createHash, randomBytes } from 'node:crypto'

/** What a key opens: `slw_` a licence, `sla_` the admin routes. */
export type KeyPrefix = 'slw_' | 'sla_'

/**
 * A new key and what is kept of it. 256 random bits can't be guessed, so a plain SHA-256 keeps them as well as a slow
 * digest would, and finds them by an index.
 */
export function newSecretKey(prefix: KeyPrefix): Readonly<{ key: string; hash: string; hint: string }> {
  const key = `${prefix}${randomBytes(32).toString('base64url')}`
  return { key, hash: hashKey(key), hint: key.slice(0, 9) }
}

export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** `lic_` and 20 hex digits. */
export function newId(prefix: 'lic_' | 'adm_'): string {
  return `${prefix}${randomBytes(10).toString('hex')}`
}
