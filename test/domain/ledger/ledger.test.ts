import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { assertBalanced, balanceOf, type Posting } from '../../../src/domain/ledger/ledger.ts'
import { cashChange, postFill, postOpening } from '../../../src/domain/ledger/post-fill.ts'
import type { Fill } from '../../../src/domain/order/order.ts'
import { applyFill, flatPosition, holdingValueMinor, unrealizedMinor } from '../../../src/domain/position/position.ts'
import { tradeOf } from '../../../src/domain/position/trade.ts'
import { minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { anyFills, fillOf } from '../../support/fills.ts'
import { EQUITY, FUTURE } from '../../support/simulation.ts'

const OPENING = minorUnits(5_000_000)

/** The ledger that fills make, with what else they made to compare it with. */
function keep(instrument: Instrument, fills: readonly Fill[]) {
  const postings: Posting[] = [...postOpening('USD', OPENING)]
  let position = flatPosition(instrument.symbol)
  let cash: number = OPENING
  let gross = 0
  let fees = 0
  for (const fill of fills) {
    const { position: after, step, completed } = applyFill(position, fill)
    const entry = postFill(instrument, position, step, fill.commission)
    assertBalanced(entry)
    postings.push(...entry)
    cash += cashChange(instrument, position, step, fill.commission)
    fees += fill.commission
    if (completed) gross += tradeOf(completed, instrument, 'signal').gross
    position = after
  }
  return {
    postings,
    position,
    cash,
    gross,
    fees,
    of: (account: Posting['account']) => balanceOf(postings, account, 'USD'),
  }
}

describe.each([
  ['a future, whose gains and losses change hands', FUTURE],
  ['a share, which is paid in full', EQUITY],
])('the ledger of %s', (_, instrument) => {
  const sequences = anyFills(instrument.symbol)

  it('always balances', () => {
    fc.assert(fc.property(sequences, (fills) => assertBalanced(keep(instrument, fills).postings)))
  })

  it('says exactly: cash + value of the position = opening + realised + unrealised − fees', () => {
    fc.assert(
      fc.property(sequences, fc.integer({ min: 1, max: 2_000_000 }), (fills, px) => {
        const { position, of, fees } = keep(instrument, fills)
        const lastPx = ticks(px)
        const left = of('cash') + holdingValueMinor(position, lastPx, instrument)
        const right = OPENING - of('realized-pnl') + unrealizedMinor(position, lastPx, instrument) - fees
        expect(left).toBe(right)
        expect(of('commission')).toBe(fees)
      }),
    )
  })

  it('realises what the trades earned, once the account is flat', () => {
    fc.assert(
      fc.property(sequences, (fills) => {
        const { position, of, gross } = keep(instrument, fills)
        if (position.quantity === 0) expect(-of('realized-pnl') + 0).toBe(gross + 0)
      }),
    )
  })

  it('moves its cash as the broker does', () => {
    fc.assert(
      fc.property(sequences, (fills) => {
        const { of, cash } = keep(instrument, fills)
        expect(of('cash')).toBe(cash)
      }),
    )
  })

  it('carries a position at its cost where that was paid', () => {
    fc.assert(
      fc.property(sequences, (fills) => {
        const { of, position } = keep(instrument, fills)
        const paid = position.cost * instrument.tickValue - (position.credit ?? 0)
        expect(of('position-cost')).toBe(instrument === EQUITY ? paid : 0)
      }),
    )
  })
})

describe('an entry of the ledger', () => {
  it('opens the account from its equity', () => {
    expect(postOpening('USD', OPENING)).toEqual([
      { account: 'cash', amount: 5_000_000, currency: 'USD' },
      { account: 'opening-equity', amount: -5_000_000, currency: 'USD' },
    ])
  })

  it('of a future opened for a fee moves the fee alone', () => {
    const { step } = applyFill(flatPosition('ESZ5'), fillOf(1, 'buy', 2, 16_000))
    expect(postFill(FUTURE, flatPosition('ESZ5'), step, 400)).toEqual([
      { account: 'cash', amount: -400, currency: 'USD' },
      { account: 'commission', amount: 400, currency: 'USD' },
    ])
  })

  it('of a fill that a venue pays for brings the cash in', () => {
    const { step } = applyFill(flatPosition('ESZ5'), fillOf(1, 'buy', 2, 16_000))
    expect(postFill(FUTURE, flatPosition('ESZ5'), step, -70)).toEqual([
      { account: 'cash', amount: 70, currency: 'USD' },
      { account: 'commission', amount: -70, currency: 'USD' },
    ])
  })

  it('that does not balance is refused', () => {
    const lone: Posting = { account: 'cash', amount: minorUnits(1), currency: 'USD' }
    expect(() => assertBalanced([lone])).toThrow('postings are out of balance by 1 USD')
    expect(() => assertBalanced([lone, { ...lone, amount: minorUnits(-1), currency: 'INR' }])).toThrow(RangeError)
  })
})
