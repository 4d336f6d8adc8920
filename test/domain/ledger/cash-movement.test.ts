import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bringsNearer, CASH_MOVEMENT_KINDS, postMovement } from '../../../src/domain/ledger/cash-movement.ts'
import { assertBalanced, balanceOf, capitalOf, resultOf, type Posting } from '../../../src/domain/ledger/ledger.ts'
import { postOpening } from '../../../src/domain/ledger/post-fill.ts'
import { minorUnits } from '../../../src/domain/units/units.ts'

const amounts = fc.integer({ min: -1e9, max: 1e9 }).filter((amount) => amount !== 0)
const movements = fc.array(fc.record({ kind: fc.constantFrom(...CASH_MOVEMENT_KINDS), changeMinor: amounts }))

describe('money that moves without a fill', () => {
  it('is booked twice, and what was put in and what was made add up to the cash', () => {
    fc.assert(
      fc.property(movements, (made) => {
        const postings: Posting[] = [...postOpening('USD', minorUnits(5_000))]
        for (const { kind, changeMinor } of made)
          postings.push(...postMovement('USD', { kind, changeMinor: minorUnits(changeMinor) }))
        assertBalanced(postings)
        const balance = (account: Parameters<typeof balanceOf>[1]) => balanceOf(postings, account, 'USD')
        const sum = (kinds: readonly string[]) =>
          made.reduce((all, { kind, changeMinor }) => all + (kinds.includes(kind) ? changeMinor : 0), 0)
        expect(capitalOf(balance)).toBe(5_000 + sum(['deposit', 'withdrawal']))
        expect(resultOf(balance) + 0).toBe(sum(['fee', 'interest']) + 0)
        expect(balance('cash')).toBe(capitalOf(balance) + resultOf(balance))
      }),
    )
  })

  it('brings books nearer to the broker only in its direction and no further than it', () => {
    expect([bringsNearer(-950, -950), bringsNearer(-950, -1), bringsNearer(950, 900)]).toEqual([true, true, true])
    expect([bringsNearer(-950, 950), bringsNearer(-950, -951), bringsNearer(0, -1), bringsNearer(5, 0)]).toEqual(
      Array(4).fill(false),
    )
    fc.assert(
      fc.property(amounts, amounts, (difference, change) => {
        const left = difference - change
        const shrinks = Math.abs(left) < Math.abs(difference) && left * difference >= 0
        expect(bringsNearer(difference, change)).toBe(shrinks)
      }),
    )
  })
})
