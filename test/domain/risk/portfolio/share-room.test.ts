import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareRoom, type Claimant } from '../../../../src/domain/risk/portfolio/share-room.ts'

const claimant = (accountId: string, change: Partial<Claimant> = {}): Claimant => ({
  ...{ accountId, exposure: 0, held: 0, unit: 10, wants: undefined },
  ...change,
})
const ceilings = (limit: number, taken: number, claimants: readonly Claimant[]) =>
  Object.fromEntries(shareRoom(limit, taken, claimants))

describe('room under a limit over several accounts', () => {
  it('is dealt out in equal units', () => {
    expect(ceilings(100, 0, [claimant('a'), claimant('b')])).toEqual({ a: 50, b: 50 })
  })

  it('goes whole to one account where it holds one unit only', () => {
    expect(ceilings(15, 0, [claimant('a'), claimant('b')])).toEqual({ a: 10, b: 0 })
  })

  it('goes first to the one that asked for it', () => {
    const asking = claimant('b', { wants: { amount: 90, since: 1 } })
    expect(ceilings(100, 0, [claimant('a'), asking])).toEqual({ a: 10, b: 90 })
  })

  it('is given on only when the one that had it has confirmed that it is gone', () => {
    const asking = claimant('b', { wants: { amount: 100, since: 1 } })
    expect(ceilings(100, 0, [claimant('a', { held: 50 }), asking])).toEqual({ a: 0, b: 50 })
    expect(ceilings(100, 0, [claimant('a', { held: 0 }), asking])).toEqual({ a: 0, b: 100 })
  })

  it('is none where more than the limit is used already, and nobody must close for it', () => {
    expect(ceilings(100, 30, [claimant('a', { exposure: 80 }), claimant('b')])).toEqual({ a: 80, b: 0 })
  })

  it('is never handed out twice: what all may use stays within the limit, or within what they use already', () => {
    const amount = fc.integer({ min: 0, max: 400 })
    const one = fc.record({
      exposure: amount,
      held: amount,
      unit: fc.integer({ min: 0, max: 60 }),
      wants: fc.option(fc.record({ amount, since: fc.integer({ min: 0, max: 9 }) }), { nil: undefined }),
    })
    fc.assert(
      fc.property(amount, amount, fc.array(one, { maxLength: 6 }), (limit, taken, some) => {
        const claimants = some.map((it, i) => ({ ...it, accountId: `a${i}` }))
        const given = shareRoom(limit, taken, claimants)
        let now = taken
        let next = taken
        for (const { accountId, exposure, held } of claimants) {
          now += Math.max(exposure, held)
          next += Math.max(exposure, held, given.get(accountId)!)
          expect(given.get(accountId)).toBeGreaterThanOrEqual(exposure)
        }
        expect(next).toBeLessThanOrEqual(Math.max(limit, now))
      }),
    )
  })
})
