import type { LeaseClaims } from '../../../src/contracts/cloud/licence.ts'

/** Claims of a lease as the server makes them. */
export function claimsOf(more: Partial<LeaseClaims> = {}): LeaseClaims {
  return {
    v: 1,
    licence_id: 'lic_00112233445566778899',
    user_id: '0123456789ab',
    device_id: 'device-0001',
    account_id: '00112233445566778899aabbccddeeff',
    plan: 'pro',
    accounts: 5,
    devices: 3,
    threshold: 0.5,
    fence: 1,
    jti: 'jti-0123456789abcdef',
    iat: 1_800_000_000,
    exp: 1_800_086_400,
    grace_until: 1_800_604_800,
    ...more,
  }
}
