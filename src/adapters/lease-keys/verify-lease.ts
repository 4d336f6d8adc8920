import { LeaseClaims, SignedKeySet } from '../../contracts/cloud/licence.ts'
import { readSigned, type PublicLeaseKey, type Unsigned } from './signed-text.ts'

export type LeaseCheck =
  | Readonly<{ kind: 'lease'; claims: LeaseClaims }>
  | Readonly<{ kind: 'refused'; why: Unsigned | 'other-device' | 'other-account'; message: string }>

const WHY = {
  malformed: 'It is no lease of this version.',
  'unknown-key': 'It is signed with a key that is not trusted here.',
  'bad-signature': 'Its signature does not hold.',
  'other-device': 'It was made for another device.',
  'other-account': 'It was made for another account.',
} as const

/**
 * Whether a lease is genuine and ours. Its age is not looked at: that is the grace ladder's
 * (domain/licence/grace-ladder.ts), by trusted time.
 *
 * @param keys  trusted already; the token only names one of them
 * @param bound what it must be made for; a part left out is not compared
 */
export function verifyLease(
  token: string,
  keys: readonly PublicLeaseKey[],
  bound: Readonly<{ deviceId?: string; accountId?: string }>,
): LeaseCheck {
  const signed = readSigned('slipway-lease', token, keys)
  if (typeof signed === 'string') return refused(signed)
  const { data } = LeaseClaims.safeParse(signed.claims)
  if (!data) return refused('malformed')
  if (bound.deviceId !== undefined && data.device_id !== bound.deviceId) return refused('other-device')
  if (bound.accountId !== undefined && data.account_id !== bound.accountId) return refused('other-account')
  return { kind: 'lease', claims: data }
}

/**
 * The keys of a key set that a trusted key has signed: how a client comes to know the next key without asking anybody.
 *
 * @returns undefined where no trusted key vouches for it. Whether it is a replay is not looked at: key-list.ts.
 */
export function verifyKeySet(text: string, trusted: readonly PublicLeaseKey[]): SignedKeySet | undefined {
  const signed = readSigned('slipway-keys', text, trusted)
  return typeof signed === 'string' ? undefined : SignedKeySet.safeParse(signed.claims).data
}

const refused = (why: keyof typeof WHY): LeaseCheck => ({ kind: 'refused', why, message: WHY[why] })
