import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLeaseFile } from '../../../src/adapters/cloud/lease-file.ts'
import { signText } from '../../../src/adapters/lease-keys/signed-text.ts'
import { answer, DAY, LeasePlace, START, trouble } from '../../support/lease-place.ts'
import { claimsAt, keyListOf, signedLease, testKey } from '../../support/leases.ts'

describe('a forged lease', () => {
  const forgeries: Readonly<Record<string, (place: LeasePlace) => string>> = {
    'signed with a key that is not trusted': ({ wall }) => signedLease(claimsAt(wall), testKey()),
    'named after a trusted key and signed with another': ({ wall, key }) => {
      const other = testKey()
      return signText('slipway-lease', claimsAt(wall), key.publicKey.kid, other.privateKey)
    },
    'without a signature, alg:none': ({ wall, key }) => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const header = { alg: 'none', typ: 'slipway-lease', kid: key.publicKey.kid }
      return `${part(header)}.${part(claimsAt(wall))}.${'A'.repeat(86)}`
    },
    'of another device': ({ wall, key }) => signedLease(claimsAt(wall, { device_id: 'device-other' }), key),
    'of another account': ({ wall, key }) => signedLease(claimsAt(wall, { account_id: 'f'.repeat(32) }), key),
    'a key set in the place of a lease': ({ key }) =>
      signText('slipway-keys', { keys: [key.publicKey], iat: 1 }, key.publicKey.kid, key.privateKey),
  }
  for (const [what, forge] of Object.entries(forgeries)) {
    it(`is worth nothing when the server answers it: ${what}`, async () => {
      const place = new LeasePlace()
      place.cloud = () => answer(forge(place))
      const keeper = place.open()
      await keeper.check()
      expect(keeper.view().verdict.entries).toBe('refused')
    })

    it(`is worth nothing when it lies in the file: ${what}`, () => {
      const place = new LeasePlace()
      mkdirSync(join(place.file, '..'), { recursive: true })
      const kept = { version: 1, token: forge(place), floorMs: 0, refused: null, released: false, trouble: null }
      writeFileSync(place.file, JSON.stringify(kept))
      expect(place.open().view().verdict.entries).toBe('refused')
    })
  }

  it('that is an old one again does not take the place of a newer one', async () => {
    const place = new LeasePlace()
    const keeper = await place.leased()
    const newest = keeper.token()
    place.cloud = () => answer(signedLease(claimsAt(START - 6 * DAY), place.key))
    await keeper.check()
    expect(keeper.token()).toBe(newest)
    expect(keeper.view().rung).toBe('fresh')
  })

  it('that was kept from an earlier answer is worth nothing later: not the newest one, and not over a no', async () => {
    const place = new LeasePlace()
    const keeper = await place.leased()
    const kept = keeper.token()!
    place.cloud = () => trouble('refused', 'No more.', 'license_revoked')
    await keeper.check()
    place.cloud = () => answer(kept)
    await keeper.check()
    expect(keeper.view()).toMatchObject({ code: 'license_revoked', verdict: { entries: 'refused' } })
    // Nor one that was asked for by somebody else, or without a word to say back.
    for (const claims of [{}, { nonce: 'n'.repeat(22) }]) {
      place.cloud = () => answer(signedLease(claimsAt(place.wall, claims), place.key))
      await keeper.check()
      expect(keeper.view().rung).toBe('refused')
    }
    expect(readLeaseFile(place.file).trouble).toMatch(/made for another question/)
  })

  it('is told from one with a new key that a trusted key vouches for', async () => {
    const place = new LeasePlace()
    const next = testKey()
    place.keyList = () => ({ kind: 'answer', value: keyListOf([place.key, next], place.key, { iat: 1 }) })
    place.gives({}, next)
    const keeper = place.open()
    await keeper.check()
    expect(keeper.view().rung).toBe('fresh')
  })
})
