import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KEY_FILE } from '../../../src/adapters/lease-keys/key-file.ts'
import { listLeaseKeys, openLeaseSigner, rotateLeaseKeys } from '../../../src/adapters/lease-keys/lease-signer.ts'
import { newerKeyList, type KeyList } from '../../../src/adapters/lease-keys/key-list.ts'
import { verifyKeySet, verifyLease } from '../../../src/adapters/lease-keys/verify-lease.ts'
import { epochMs } from '../../../src/domain/units/units.ts'
import { tempHome } from '../../support/temp-home.ts'
import { claimsOf } from './leases.ts'

const DAY = 86_400_000
const NOW = epochMs(1_800_000_000_000)
const after = (days: number) => epochMs(NOW + days * DAY)
const kidOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid

describe('the signing keys of a server', () => {
  it('are made once, for this user alone, and found again', () => {
    const folder = join(tempHome(), 'keys')
    const token = openLeaseSigner(folder, NOW).sign(claimsOf())
    expect(openLeaseSigner(folder, after(1)).verify(token)).toEqual(claimsOf())
    expect(listLeaseKeys(folder).map(({ role }) => role)).toEqual(['current', 'next'])
    if (process.platform !== 'win32') expect(statSync(join(folder, KEY_FILE)).mode & 0o777).toBe(0o600)
  })

  it('are rotated under a running server: the next one signs, the last one still verifies', async () => {
    const folder = tempHome()
    const signer = openLeaseSigner(folder, NOW)
    const [old, told] = [signer.sign(claimsOf()), signer.publicKeys()]
    await rotateLeaseKeys(folder, after(2))
    const fresh = signer.sign(claimsOf())
    expect(kidOf(fresh)).toBe(told[1]!.kid)
    expect(signer.verify(old)).toEqual(claimsOf())
    // Who has been told the next key needs nothing else to believe the new lease, and the new key set.
    expect(verifyLease(fresh, told, {}).kind).toBe('lease')
    expect(verifyKeySet(signer.signedKeys(after(2)), told)?.keys).toHaveLength(3)
  })

  it('are not rotated where there are none yet, which is said', async () => {
    const refused = {
      refusal: { code: 'file-unreadable', message: expect.stringContaining('there is no such file') as string },
    }
    await expect(rotateLeaseKeys(join(tempHome(), 'keys'), NOW)).rejects.toMatchObject(refused)
    await expect(rotateLeaseKeys(join(tempHome(), 'keys'), NOW, true)).rejects.toMatchObject(refused)
  })

  it('lose their private half when they have had their turn, and are forgotten when no lease of theirs is left', async () => {
    const folder = tempHome()
    const signer = openLeaseSigner(folder, NOW)
    const first = listLeaseKeys(folder)[0]!.kid
    await rotateLeaseKeys(folder, after(2))
    const { keys } = JSON.parse(readFileSync(join(folder, KEY_FILE), 'utf8')) as {
      keys: { kid: string; private_key: string | null }[]
    }
    expect(keys.find(({ kid }) => kid === first)?.private_key).toBeNull()
    await rotateLeaseKeys(folder, after(11))
    expect(signer.publicKeys().map(({ kid }) => kid)).not.toContain(first)
    expect(listLeaseKeys(folder).map(({ role }) => role)).toEqual(['current', 'next', 'last'])
  })

  it('are not rotated twice in a day, since clients would not know the key; but are where one has leaked', async () => {
    const folder = tempHome()
    const signer = openLeaseSigner(folder, NOW)
    const old = signer.sign(claimsOf())
    // Known as genuine from then on, and no longer.
    expect(signer.verify(old)).toEqual(claimsOf())
    await expect(rotateLeaseKeys(folder, after(0.5))).rejects.toMatchObject({ refusal: { code: 'bad-usage' } })
    await rotateLeaseKeys(folder, after(0.5), true)
    expect(signer.verify(old)).toBeUndefined()
  })

  it('have a list whose version rises with every rotation, also where the clock went back meanwhile', async () => {
    const folder = tempHome()
    const signer = openLeaseSigner(folder, after(400))
    const told: KeyList[] = [{ keys: signer.publicKeys() }]
    for (const days of [400, 0, 1, 1.5]) {
      if (days < 400) await rotateLeaseKeys(folder, after(days), true)
      told.unshift(newerKeyList(signer.signedKeys(after(days)), told[0]!)!)
      expect(told[0]).toMatchObject({ keysToldAt: after(days) / 1_000, keys: signer.publicKeys() })
    }
    expect(new Set(told.map(({ keysVersion }) => keysVersion)).size).toBe(told.length)
  })

  it('can be rotated again where the clock was far ahead at the last time, a day after that was seen', async () => {
    const folder = tempHome()
    const signer = openLeaseSigner(folder, NOW)
    const told: KeyList[] = [{ keys: signer.publicKeys() }]
    const hear = (days: number) => told.unshift(newerKeyList(signer.signedKeys(after(days)), told[0]!) ?? told[0]!)
    await rotateLeaseKeys(folder, after(4_000))
    hear(4_000)
    const rotate = (days: number) => rotateLeaseKeys(folder, after(days))
    await expect(rotate(2)).rejects.toMatchObject({
      refusal: { message: expect.stringMatching(/ahead of this clock/) },
    })
    expect(listLeaseKeys(folder).every(({ madeAt }) => madeAt <= after(2))).toBe(true)
    // Since then it is seen to age, whatever was told of it.
    await expect(rotate(2.9)).rejects.toMatchObject({
      refusal: { message: expect.stringMatching(/less than a day old/) },
    })
    for (const days of [3, 4, 5]) {
      await rotate(days)
      const fresh = signer.sign(claimsOf())
      // By what they were told before it, and by what they are told now.
      expect(verifyLease(fresh, told[0]!.keys, {}).kind).toBe('lease')
      hear(days)
      expect(told[0]!.keys).toEqual(signer.publicKeys())
    }
    expect(listLeaseKeys(folder).find(({ role }) => role === 'next')!.madeAt).toBe(after(5))
  })

  it('serve on when their file is damaged or taken away under a running server', () => {
    const folder = tempHome()
    const signer = openLeaseSigner(folder, NOW)
    const token = signer.sign(claimsOf())
    for (const harm of [() => writeFileSync(join(folder, KEY_FILE), '{'), () => rmSync(join(folder, KEY_FILE))]) {
      harm()
      expect(signer.verify(token)).toEqual(claimsOf())
      expect(kidOf(signer.sign(claimsOf()))).toBe(kidOf(token))
    }
  })

  it('are refused when others can read them, and when they are damaged, without telling what is in them', () => {
    const folder = tempHome()
    openLeaseSigner(folder, NOW)
    const file = join(folder, KEY_FILE)
    const whole = readFileSync(file, 'utf8')
    const secret = (JSON.parse(whole) as { keys: { private_key: string }[] }).keys[0]!.private_key
    if (process.platform !== 'win32') {
      chmodSync(file, 0o644)
      expect(() => openLeaseSigner(folder, NOW)).toThrow(/can be read by others/)
      chmodSync(file, 0o600)
    }
    for (const text of [
      '',
      '{}',
      whole.slice(0, 200),
      whole.replace('"current"', '"next"'),
      whole.replace(secret, 'A'.repeat(43)),
    ]) {
      writeFileSync(file, text)
      expect(() => openLeaseSigner(folder, NOW)).toThrow(/damaged/)
      expect(() => openLeaseSigner(folder, NOW)).not.toThrow(new RegExp(secret))
    }
  })
})
