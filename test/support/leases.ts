import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { signText, thumbprint, type PublicLeaseKey } from '../../src/adapters/lease-keys/signed-text.ts'
import type { LeaseClaims } from '../../src/contracts/cloud/licence.ts'
import { leaseTimes } from '../../src/domain/licence/grace-ladder.ts'
import { epochMs } from '../../src/domain/units/units.ts'
import { DEVICE, USER } from './cloud-questions.ts'

export const ACCOUNT_REF = '0123456789abcdef0123456789abcdef'
export const LICENCE_KEY = `slw_${'k'.repeat(43)}`

/** A key that leases are signed with. */
export type TestKey = Readonly<{ publicKey: PublicLeaseKey; privateKey: KeyObject }>

export function testKey(): TestKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { x } = privateKey.export({ format: 'jwk' }) as { x: string }
  return { publicKey: { kid: thumbprint(x), public_key: x }, privateKey }
}

let made = 0

/** What a server signs for our device and account, made at a time, epoch milliseconds. */
export function claimsAt(at: number, more: Partial<LeaseClaims> = {}): LeaseClaims {
  made++
  return {
    ...{ v: 1, licence_id: 'lic-1', user_id: USER, device_id: DEVICE, account_id: ACCOUNT_REF, plan: 'pro' },
    ...{ accounts: 5, devices: 2, threshold: 0.5, fence: 1, jti: `lease-of-test-${made}`.padEnd(16, '0') },
    ...leaseTimes(epochMs(at), null),
    ...more,
  }
}

/** A list of keys as a server tells it, signed with one of them. */
export function keyListOf(
  keys: readonly TestKey[],
  by: TestKey,
  told: Readonly<{ iat: number; version?: number }>,
): Readonly<{ keys: PublicLeaseKey[]; signed: string }> {
  const list = keys.map(({ publicKey }) => publicKey)
  return { keys: list, signed: signText('slipway-keys', { keys: list, ...told }, by.publicKey.kid, by.privateKey) }
}

export function signedLease(claims: LeaseClaims, { publicKey, privateKey }: TestKey): string {
  return signText('slipway-lease', claims, publicKey.kid, privateKey)
}
