import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveAccountRef } from '../../../src/adapters/lease-keys/derive-account-ref.ts'
import { openLeaseSigner } from '../../../src/adapters/lease-keys/lease-signer.ts'
import { signText, thumbprint } from '../../../src/adapters/lease-keys/signed-text.ts'
import { verifyKeySet, verifyLease } from '../../../src/adapters/lease-keys/verify-lease.ts'
import { LeaseToken } from '../../../src/contracts/cloud/licence.ts'
import { AccountRef } from '../../../src/contracts/cloud/words.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'
import { claimsOf } from './leases.ts'

const NOW = epochMs(1_800_000_000_000)
const CLAIMS = claimsOf()
const OURS = { deviceId: CLAIMS.device_id, accountId: CLAIMS.account_id }
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

function signerWithToken() {
  const signer = openLeaseSigner(tempHome(), NOW)
  return { keys: signer.publicKeys(), token: signer.sign(CLAIMS), signer }
}

describe('a lease', () => {
  it('is accepted by the device and account it was made for, as the server wrote it', () => {
    const { keys, token } = signerWithToken()
    expect(LeaseToken.parse(token)).toBe(token)
    expect(verifyLease(token, keys, OURS)).toEqual({ kind: 'lease', claims: CLAIMS })
  })

  it('is refused on another device and for another account', () => {
    const { keys, token } = signerWithToken()
    const other = { ...OURS, deviceId: 'device-0002' }
    expect(verifyLease(token, keys, other)).toMatchObject({ why: 'other-device' })
    expect(verifyLease(token, keys, { ...OURS, accountId: 'f'.repeat(32) })).toMatchObject({ why: 'other-account' })
  })

  it('is refused when any one of its bits is turned', () => {
    const { keys, token } = signerWithToken()
    const bit = fc.record({ at: fc.nat(token.length - 1), bit: fc.nat(6) })
    fc.assert(
      fc.property(bit, ({ at, bit: which }) => {
        const turned = Buffer.from(token)
        turned[at] = turned[at]! ^ (1 << which)
        expect(verifyLease(turned.toString('latin1'), keys, OURS).kind).toBe('refused')
      }),
      { numRuns: 2_000 },
    )
  })

  it('has one spelling: the last letter of each part has no other', () => {
    const { keys, token } = signerWithToken()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const letter of alphabet) {
      const other = token.slice(0, -1) + letter
      if (other !== token) expect(verifyLease(other, keys, OURS).kind).toBe('refused')
    }
    expect(verifyLease(`${token}=`, keys, OURS)).toMatchObject({ why: 'malformed' })
  })

  it.each([
    ['none', { alg: 'none', typ: 'slipway-lease' }],
    ['nOnE', { alg: 'nOnE', typ: 'slipway-lease' }],
    ['HS256', { alg: 'HS256', typ: 'slipway-lease' }],
  ])('is refused with the algorithm %s, whatever stands for its signature', (alg, header) => {
    const { keys } = signerWithToken()
    const { kid, public_key } = keys[0]!
    const signed = `${encode({ ...header, kid })}.${encode(CLAIMS)}`
    // The classic trick: the public key as the secret of an HMAC.
    const mac = createHmac('sha256', Buffer.from(public_key, 'base64url')).update(signed).digest('base64url')
    for (const signature of ['', mac, 'A'.repeat(86)])
      expect(verifyLease(`${signed}.${signature}`, keys, OURS)).toMatchObject({ why: 'malformed' })
    expect(alg).not.toBe('EdDSA')
  })

  it('is refused when its header says anything that we do not write, even rightly signed', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const x = publicKey.export({ format: 'jwk' }).x!
    const keys = [{ kid: thumbprint(x), public_key: x }]
    for (const header of [
      { alg: 'EdDSA', typ: 'slipway-lease', kid: keys[0]!.kid, jwk: { kty: 'OKP', crv: 'Ed25519', x } },
      { alg: 'EdDSA', kid: keys[0]!.kid },
      { kid: keys[0]!.kid, typ: 'slipway-lease', alg: 'EdDSA' },
    ]) {
      const signed = `${encode(header)}.${encode(CLAIMS)}`
      const token = `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
      expect(verifyLease(token, keys, OURS)).toMatchObject({ why: 'malformed' })
    }
  })

  it('is refused from a key that is not trusted, and from another key under a trusted name', () => {
    const { keys } = signerWithToken()
    const stranger = generateKeyPairSync('ed25519')
    const x = stranger.publicKey.export({ format: 'jwk' }).x!
    const theirs = signText('slipway-lease', CLAIMS, thumbprint(x), stranger.privateKey)
    expect(verifyLease(theirs, keys, OURS)).toMatchObject({ why: 'unknown-key' })
    const disguised = signText('slipway-lease', CLAIMS, keys[0]!.kid, stranger.privateKey)
    expect(verifyLease(disguised, keys, OURS)).toMatchObject({ why: 'bad-signature' })
    // A key set in which somebody has put another key under the name.
    const swapped = [{ kid: keys[0]!.kid, public_key: x }]
    expect(verifyLease(disguised, swapped, OURS)).toMatchObject({ why: 'unknown-key' })
    expect(verifyLease(disguised, [{ kid: keys[0]!.kid, public_key: 'short' }], OURS).kind).toBe('refused')
  })

  it('is not made of a signed text of another kind, nor of another version', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const x = publicKey.export({ format: 'jwk' }).x!
    const keys = [{ kid: thumbprint(x), public_key: x }]
    expect(verifyLease(signText('slipway-keys', CLAIMS, thumbprint(x), privateKey), keys, OURS)).toMatchObject({
      why: 'malformed',
    })
    const later = signText('slipway-lease', { ...CLAIMS, v: 2 }, thumbprint(x), privateKey)
    expect(verifyLease(later, keys, OURS)).toMatchObject({ why: 'malformed' })
  })

  it('survives any text that is no lease', () => {
    const { keys, token } = signerWithToken()
    const parts = fc.oneof(fc.string(), fc.constantFrom(...token.split('.')), fc.base64String())
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 4 }), (texts) => {
        const text = texts.join('.')
        if (text !== token) expect(verifyLease(text, keys, OURS).kind).toBe('refused')
      }),
    )
  })
})

describe('a signed key set', () => {
  it('tells the next key to who trusts the one in use, and nobody else', () => {
    const { signer, keys } = signerWithToken()
    const text = signer.signedKeys(NOW)
    expect(verifyKeySet(text, [keys[0]!])).toEqual({ keys, iat: 1_800_000_000, version: NOW })
    expect(verifyKeySet(text, signerWithToken().keys)).toBeUndefined()
    expect(verifyKeySet(signer.sign(CLAIMS), keys)).toBeUndefined()
  })
})

describe("an account's reference", () => {
  it('is the same on every device, however the number is written, and tells accounts apart', async () => {
    const account = { broker: 'gateway', venue: 'firm.example', accountNumber: 'U123456' }
    const ref = await deriveAccountRef(account)
    expect(AccountRef.parse(ref)).toBe(ref)
    expect(await deriveAccountRef({ ...account, broker: ' Gateway', accountNumber: 'u123456 ' })).toBe(ref)
    expect(await deriveAccountRef({ ...account, accountNumber: 'U123457' })).not.toBe(ref)
    expect(await deriveAccountRef({ broker: 'gateway', venue: '', accountNumber: 'firm.exampleU123456' })).not.toBe(ref)
    expect(ref).not.toContain('123456')
  })
})
