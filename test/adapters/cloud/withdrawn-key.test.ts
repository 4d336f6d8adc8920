import { describe, expect, it } from 'vitest'
import { readLeaseFile } from '../../../src/adapters/cloud/lease-file.ts'
import { HOUR, LeasePlace, trouble } from '../../support/lease-place.ts'
import { keyListOf, testKey, type TestKey } from '../../support/leases.ts'

const list = (place: LeasePlace, keys: readonly TestKey[], by: TestKey, iat: number, version: number) => {
  place.keyList = () => ({ kind: 'answer', value: keyListOf(keys, by, { iat, version }) })
}

/** A bot with a lease of the first of two keys, both of which it trusts. */
async function two() {
  const place = new LeasePlace()
  const next = testKey()
  const given = { trusted: { keys: [place.key.publicKey, next.publicKey], keysVersion: 1 } }
  place.gives()
  const keeper = place.open(given)
  await keeper.check()
  return { place, keeper, next, given, third: testKey() }
}

describe('a signing key that the server has withdrawn', () => {
  it('signs nothing for a running bot from its next renewal on, and what it signed ends', async () => {
    const { place, keeper, next, third } = await two()
    list(place, [next, third], next, 100, 2)
    place.pass(HOUR)
    await keeper.check()
    expect(keeper.view()).toMatchObject({ rung: 'missing', verdict: { entries: 'refused' } })
    expect(keeper.token()).toBeUndefined()
    expect(place.said).toContain('warn lease-withdrawn')
    place.gives({}, third)
    await keeper.check()
    expect(keeper.view().rung).toBe('fresh')
    place.gives()
    await keeper.check()
    expect(readLeaseFile(place.file).trouble).toMatch(/not trusted/)
  })

  it('does not come back with an old list, nor when the bot starts again with what was known before', async () => {
    const { place, keeper, next, third, given } = await two()
    place.gives({}, next)
    list(place, [next, third], next, 100, 2)
    await keeper.check()
    // Signed by a key that is still trusted, when the first was on the list; whatever time it tells.
    list(place, [next, third, place.key], next, 900, 1)
    place.gives()
    await keeper.check()
    const again = place.open(given)
    await again.check()
    for (const bot of [keeper, again]) expect(bot.view().rung).toBe('fresh')
    expect(readLeaseFile(place.file).trouble).toMatch(/not trusted/)
  })

  it('is still trusted while nobody can say that it was withdrawn, and by a list that no trusted key vouches for', async () => {
    const { place, keeper, third } = await two()
    for (const unheard of [
      () => trouble('lost', 'Hm.'),
      () => ({ kind: 'answer', value: keyListOf([third], third, { iat: 100, version: 9 }) }) as const,
    ]) {
      place.keyList = unheard
      await keeper.check()
      expect(keeper.view().rung).toBe('fresh')
    }
  })

  it('is not looked for at a server that can not be reached', async () => {
    const { place, keeper, next, third } = await two()
    list(place, [next, third], next, 100, 2)
    place.cloud = () => trouble('unreachable', 'Gone.')
    await keeper.check()
    expect(keeper.view().rung).toBe('fresh')
  })
})
