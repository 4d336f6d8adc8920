import { describe, expect, it } from 'vitest'
import {
  isSameNaming,
  judgeVenueAccount,
  knowBetter,
  whyForeign,
  type AccountVerdict,
  type VenueAccount,
} from '../../../src/domain/broker/venue-account.ts'

const U1: VenueAccount = { accountId: 'U1', mode: 'paper', identity: undefined, address: 'https://a/' }
const NAMED: VenueAccount = { ...U1, identity: 'BROKER U1' }

describe('an account that a venue has opened', () => {
  it.each<[string, AccountVerdict, VenueAccount, Partial<VenueAccount>]>([
    ['the same in every word', 'same', U1, {}],
    ['another id', 'other', U1, { accountId: 'U2' }],
    ['another id, at another address', 'other', U1, { accountId: 'U2', address: 'https://b/' }],
    ['the id of the paper account, with live money', 'other', U1, { mode: 'live' }],
    ['an identity that was not told before', 'same', U1, { identity: 'BROKER U1' }],
    ['the same identity', 'same', NAMED, {}],
    ['the same identity at another address', 'same', NAMED, { address: 'https://b/' }],
    ['the same identity under another id', 'same', NAMED, { accountId: '1', address: 'https://b/' }],
    ['the same identity, with live money', 'other', NAMED, { mode: 'live' }],
    ['the same id with another identity', 'other', NAMED, { identity: 'FIRM U1' }],
    ['the same id, and no identity any more', 'same', NAMED, { identity: undefined }],
    ['another id, and no identity any more', 'other', NAMED, { accountId: 'U2', identity: undefined }],
  ])('is told by its name, whatever is held: %s', (_, verdict, known, change) => {
    for (const holds of [true, false]) expect(judgeVenueAccount(known, { ...known, ...change }, holds)).toBe(verdict)
  })

  it.each<[string, VenueAccount, Partial<VenueAccount>]>([
    ['neither has an identity', U1, {}],
    ['it had none before', U1, { identity: 'BROKER U1' }],
    ['it has none there', NAMED, { identity: undefined }],
  ])('is anybody’s under the same id at another address where something is held: %s', (_, known, change) => {
    const moved = { ...known, ...change, address: 'https://b/' }
    expect(judgeVenueAccount(known, moved, true)).toBe('unproven')
    expect(judgeVenueAccount(known, moved, false)).toBe('same')
  })

  it('loses no identity at its place, and is what it is called at another', () => {
    expect(knowBetter(NAMED, U1)).toEqual(NAMED)
    expect(knowBetter(U1, NAMED)).toEqual(NAMED)
    const moved = { ...U1, address: 'https://b/' }
    expect(knowBetter(NAMED, moved)).toEqual(moved)
    const renamed = { ...NAMED, accountId: '1' }
    expect(knowBetter(NAMED, renamed)).toEqual(renamed)
  })

  it('is named anew by any change of a word', () => {
    expect(isSameNaming(U1, { ...U1 })).toBe(true)
    expect(isSameNaming(undefined, U1)).toBe(false)
    for (const change of [{ accountId: 'U2' }, { mode: 'live' }, { identity: 'x' }, { address: 'https://b/' }] as const)
      expect(isSameNaming(U1, { ...U1, ...change })).toBe(false)
  })

  it('is refused with what tells it apart', () => {
    const other = { ...NAMED, accountId: 'U2', identity: 'BROKER U2' }
    expect(whyForeign('A1', NAMED, NAMED, true)).toBeUndefined()
    expect(whyForeign('A1', NAMED, other, true)?.message).toBe(
      'The gateway https://a/ opened the account U2 (BROKER U2, paper), and the books of A1 are those of U1 (BROKER U1, paper): nothing was sent.',
    )
    const live: VenueAccount = { ...U1, identity: 'U1', mode: 'live' }
    expect(whyForeign('A1', U1, live, false)?.message).toMatch(/account U1 \(live\), .* those of U1 \(paper\)/)
    expect(whyForeign('A1', U1, { ...U1, address: 'https://b/' }, true)).toMatchObject({
      code: 'account-foreign',
      nextStep: expect.stringMatching(/^Set gateway\.url=https:\/\/a\/ again/) as string,
    })
  })
})
