import type { PublicLeaseKey } from './signed-text.ts'
import { verifyKeySet } from './verify-lease.ts'

/** All keys that leases may be signed with, and how new that is. Lists without a version are older than those with one. */
export type KeyList = Readonly<{
  keys: readonly PublicLeaseKey[]
  /** Rises with every rotation. */
  keysVersion?: number | undefined
  /** Epoch seconds, by the server's clock. */
  keysToldAt?: number | undefined
}>

/**
 * The list that takes the place of one that is trusted, whole: a key that is not on it any more was withdrawn.
 *
 * Between lists of one version the time decides. Between versions it does not: a server whose clock was ahead once has told
 * a time that stays ahead of all that it says since.
 *
 * @param text as the server signed it
 * @returns undefined where no trusted key vouches for it, and where it is not newer: an old one played again would bring a
 *   withdrawn key back
 */
export function newerKeyList(text: string, trusted: KeyList): KeyList | undefined {
  const set = verifyKeySet(text, trusted.keys)
  if (!set) return undefined
  const { keysVersion = 0, keysToldAt = 0 } = trusted
  const isNewer = set.version === keysVersion ? set.iat > keysToldAt : set.version > keysVersion
  return isNewer ? { keys: set.keys, keysVersion: set.version, keysToldAt: set.iat } : undefined
}
