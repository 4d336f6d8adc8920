import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import type { LeaseClaims } from '../../contracts/cloud/licence.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { EpochMs } from '../../domain/units/units.ts'
import { replaceFile } from '../file/replace-file.ts'
import { withFileLock } from '../lock/with-file-lock.ts'
export { ensureKeyFile as ensureLeaseKeys } from './key-file.ts'
import {
  ensureKeyFile,
  KEY_FILE,
  keyFileText,
  keyListVersion,
  newKey,
  privateKeyOf,
  readKeyFile,
  versionOf,
  withKeys,
} from './key-file.ts'
import type { StoredKey } from './key-file.ts'
import { signText, type PublicLeaseKey } from './signed-text.ts'
import { verifyLease } from './verify-lease.ts'

/** Makes leases, and knows its own again. */
export type LeaseSigner = Readonly<{
  sign(claims: LeaseClaims): string
  /** A lease whose signature holds, whatever its age, device and account. */
  verify(token: string): LeaseClaims | undefined
  /** What clients are told: the key in use, the next, and those that still verify. */
  publicKeys(): readonly PublicLeaseKey[]
  /** The same, signed with the key in use, for clients that trust that one. */
  signedKeys(now: EpochMs): string
  /**
   * What proves a claim: 43 letters that only who has the keys of this server can make. The same after a rotation, since
   * mails with claims lie about for weeks.
   */
  claimMac(claim: string): string
}>

/**
 * Opens the signing keys of a folder, and makes the first where there are none. A rotation is seen at the next use.
 *
 * The folder may be a read-only mount; then the keys must be there.
 *
 * @throws {Refused} file-unreadable: others can read the keys, or they are damaged
 */
export function openLeaseSigner(folder: string, now: EpochMs): LeaseSigner {
  ensureKeyFile(folder, now)
  let known = load(folder)
  const keys = () => {
    try {
      if (versionOf(folder) !== known.version) known = load(folder)
    } catch {
      // Taken away or damaged under a running server: bots need their renewals more than anybody needs the new keys.
    }
    return known
  }
  return {
    sign(claims) {
      const { current, privateKey } = keys()
      return signText('slipway-lease', claims, current.kid, privateKey)
    },
    verify(token) {
      const { publicKeys, genuine } = keys()
      // A bot shows one lease for an hour, with every request.
      const seen = genuine.get(token)
      if (seen) return seen
      const check = verifyLease(token, publicKeys, {})
      if (check.kind === 'refused') return undefined
      if (genuine.size >= MOST_REMEMBERED) genuine.clear()
      genuine.set(token, check.claims)
      return check.claims
    },
    publicKeys: () => keys().publicKeys,
    signedKeys(at) {
      const { current, privateKey, publicKeys, listVersion } = keys()
      const claims = { keys: publicKeys, iat: Math.floor(at / 1_000), version: listVersion }
      return signText('slipway-keys', claims, current.kid, privateKey)
    },
    claimMac: (claim) => createHmac('sha256', keys().claimSecret).update(`claim ${claim}`).digest('base64url'),
  }
}

/** What a person is shown of a key. */
export type LeaseKeyInfo = Readonly<Pick<StoredKey, 'kid' | 'role'> & { madeAt: number; retiredAt: number | null }>

export function listLeaseKeys(folder: string): LeaseKeyInfo[] {
  return readKeyFile(folder).keys.map(infoOf)
}

/**
 * The next key signs from now on, the current one only verifies, and a new next one is made. A second rotation at once
 * would meet clients that don't know the next key yet, so it wants a day between.
 *
 * @param isLeaked rotates at any age, and what the key in use has signed counts for nothing any more
 * A next key that is dated ahead was made by a clock that was wrong then: it is dated now, and refused this once.
 *
 * @throws {Refused} bad-usage: rotated less than a day ago, or dated ahead; file-unreadable: none there, too; home-read-only
 */
export async function rotateLeaseKeys(folder: string, now: EpochMs, isLeaked = false): Promise<LeaseKeyInfo[]> {
  // Where there are none there is nothing to lock, either.
  readKeyFile(folder)
  return withFileLock(join(folder, KEY_FILE), () => {
    const file = readKeyFile(folder)
    const { keys } = file
    const current = keys.find(({ role }) => role === 'current')!
    const next = keys.find(({ role }) => role === 'next') ?? newKey('next', now)
    const path = join(folder, KEY_FILE)
    if (!isLeaked && next.made_at > now) {
      // How long clients know it nobody can tell: from this moment on, at least.
      replaceFile(
        path,
        keyFileText(
          withKeys(
            file,
            keys.map((key) => notAhead(key, now)),
            keyListVersion(file),
          ),
        ),
      )
      refuse(
        'bad-usage',
        `The next key is dated ${isoDay(next.made_at)}, which is ahead of this clock (${isoDay(now)}).`,
        'Where this clock is right, the other was wrong: the key counts as made now, and can be rotated in a day. Where it is not, correct it first.',
      )
    }
    if (!isLeaked && now - next.made_at < DAY_MS)
      refuse(
        'bad-usage',
        'The next key is less than a day old, and clients may not know it yet.',
        'Rotate tomorrow, or add --leaked where the key in use has leaked: clients that do not know the next one must then trust the server anew.',
      )
    const retired: StoredKey = { ...current, role: 'last', private_key: null, retired_at: now }
    // A lease is worth a week at most, so an older key verifies nothing any more.
    const last = [retired, ...keys.filter(({ role }) => role === 'last')].filter(
      ({ retired_at }) => !isLeaked && now - retired_at! < 8 * DAY_MS,
    )
    // Later than any before, also where the clock went back: clients tell lists apart by it.
    const listVersion = Math.max(now, keyListVersion(file) + 1)
    const rotated = [{ ...next, role: 'current' as const }, newKey('next', now), ...last.slice(0, 6)].map((key) =>
      notAhead(key, now),
    )
    replaceFile(path, keyFileText(withKeys(file, rotated, listVersion)))
    return rotated.map(infoOf)
  })
}

/** A key as a clock that is right would have dated it, at the latest. */
function notAhead(key: StoredKey, now: EpochMs): StoredKey {
  const retired = key.retired_at === null ? null : Math.min(key.retired_at, now)
  return { ...key, made_at: Math.min(key.made_at, now), retired_at: retired }
}

const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10)

const DAY_MS = 86_400_000
/** Leases that need not be verified again; a few megabytes at most. */
const MOST_REMEMBERED = 4_000

function load(folder: string) {
  const version = versionOf(folder)
  const file = readKeyFile(folder)
  const { keys, claim_secret } = file
  const current = keys.find(({ role }) => role === 'current')!
  const claimSecret = Buffer.from(claim_secret, 'base64url')
  const publicKeys = keys.map(({ kid, public_key }): PublicLeaseKey => ({ kid, public_key }))
  return {
    version,
    current,
    privateKey: privateKeyOf(current),
    publicKeys,
    listVersion: keyListVersion(file),
    claimSecret,
    genuine: new Map<string, LeaseClaims>(),
  }
}

function infoOf({ kid, role, made_at, retired_at }: StoredKey): LeaseKeyInfo {
  return { kid, role, madeAt: made_at, retiredAt: retired_at }
}
