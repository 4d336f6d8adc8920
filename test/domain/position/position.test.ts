import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signOf, type Fill } from '../../../src/domain/order/order.ts'
import { changeHolding, EMPTY_HOLDING } from '../../../src/domain/position/holding.ts'
import {
  applyFill,
  averagePx,
  flatPosition,
  holdingValueMinor,
  unrealizedMinor,
  type Position,
  type RoundTrip,
} from '../../../src/domain/position/position.ts'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import { anyFills, fillOf } from '../../support/fills.ts'
import { EQUITY, FUTURE } from '../../support/simulation.ts'

/** The position after all fills, with what they realised and the round trips they completed. */
function walk(fills: readonly Fill[]) {
  let position: Position = flatPosition(FUTURE.symbol)
  let realized = 0
  const trips: RoundTrip[] = []
  for (const fill of fills) {
    const step = applyFill(position, fill)
    position = step.position
    realized += step.step.realized
    if (step.completed) trips.push(step.completed)
  }
  return { position, realized, trips }
}

describe('a position', () => {
  it('grows at the exact average of what it cost', () => {
    const { position } = walk([fillOf(1, 'buy', 1, 100), fillOf(2, 'buy', 2, 101)])
    expect(position).toMatchObject({ quantity: 3, cost: 302 })
    expect(averagePx(position)).toBeCloseTo(100.6667, 4)
  })

  it('keeps its average while it shrinks', () => {
    const { position, realized } = walk([fillOf(1, 'buy', 4, 100), fillOf(2, 'sell', 1, 103)])
    expect(position).toMatchObject({ quantity: 3, cost: 300 })
    expect(realized).toBe(3)
  })

  it('is a short with signed lots and signed cost', () => {
    const { position } = walk([fillOf(1, 'sell', 2, 100)])
    expect(position).toMatchObject({ quantity: -2, cost: -200 })
    expect(averagePx(position)).toBe(100)
    expect(unrealizedMinor(position, ticks(97), FUTURE)).toBe(3 * 2 * 1_250)
  })

  it('realises the gain of a short when it is bought back', () => {
    expect(walk([fillOf(1, 'sell', 2, 100), fillOf(2, 'buy', 2, 97)])).toMatchObject({
      realized: 6,
      position: { quantity: 0, cost: 0 },
    })
  })

  it('releases cost that does not divide so that nothing is lost on the way to flat', () => {
    const fills = [fillOf(1, 'buy', 3, 33), fillOf(2, 'buy', 4, 34), fillOf(3, 'sell', 2, 40), fillOf(4, 'sell', 5, 40)]
    const { position, realized } = walk(fills)
    expect(position).toEqual(flatPosition(FUTURE.symbol))
    expect(realized).toBe(7 * 40 - (3 * 33 + 4 * 34))
  })

  it('flips: closes one trade and begins the next with one fill, each with its share of the commission', () => {
    const { position, trips } = walk([fillOf(1, 'buy', 2, 100, 400), fillOf(2, 'sell', 5, 110, 1_001)])
    expect(trips).toEqual([
      {
        tradeId: 'T-F1',
        side: 'long',
        entryTime: 60_000,
        entryQty: 2,
        entrySum: 200,
        exitTime: 120_000,
        exitQty: 2,
        exitSum: 220,
        fees: 800,
      },
    ])
    expect(position.trip).toMatchObject({ tradeId: 'T-F2', side: 'short', entryQty: 3, entrySum: 330, fees: 601 })
    expect(position).toMatchObject({ quantity: -3, cost: -330 })
  })

  it('is worth its market value where it was paid in full, and its open gain elsewhere', () => {
    const holding = { quantity: lots(10), cost: 1_000 }
    expect(holdingValueMinor(holding, ticks(103), EQUITY)).toBe(1_030)
    expect(holdingValueMinor(holding, ticks(103), FUTURE)).toBe(30 * 1_250)
  })

  it('survives JSON', () => {
    const { position } = walk([fillOf(1, 'buy', 2, 100, 400)])
    expect(JSON.parse(JSON.stringify(position))).toEqual(position)
  })

  it('does not take a fill of another symbol, or of nothing', () => {
    expect(() => applyFill(flatPosition('NQZ5'), fillOf(1, 'buy', 1, 100))).toThrow(
      'a fill of ESZ5 on a position in NQZ5',
    )
    expect(() => applyFill(flatPosition('ESZ5'), fillOf(1, 'buy', 0, 100))).toThrow('a fill of 0 lots')
  })

  it('refuses to count what no longer fits an exact integer', () => {
    expect(() => changeHolding(EMPTY_HOLDING, 2 ** 40, ticks(2 ** 20))).toThrow(RangeError)
  })

  it('is the sum of its fills, whatever they are', () => {
    fc.assert(
      fc.property(anyFills(), (fills) => {
        const { position } = walk(fills)
        expect(position.quantity).toBe(fills.reduce((sum, fill) => sum + signOf(fill.side) * fill.quantity, 0))
        expect(position.trip === undefined).toBe(position.quantity === 0)
      }),
    )
  })

  it('accounts for every tick: paid and received equal what is realised and what is held', () => {
    fc.assert(
      fc.property(anyFills(), (fills) => {
        const { position, realized } = walk(fills)
        const received = fills.reduce((sum, fill) => sum - signOf(fill.side) * fill.quantity * fill.price, 0)
        expect(received + position.cost).toBe(realized)
      }),
    )
  })

  it('makes round trips whose gains and fees add up to those of the fills', () => {
    fc.assert(
      fc.property(anyFills(), (fills) => {
        const { position, realized, trips } = walk(fills)
        const fees = [...trips, ...(position.trip ? [position.trip] : [])].reduce((sum, trip) => sum + trip.fees, 0)
        expect(fees).toBe(fills.reduce((sum, fill) => sum + fill.commission, 0))
        for (const trip of trips) expect(trip.exitQty).toBe(trip.entryQty)
        if (position.quantity !== 0) return
        const gross = trips.reduce((sum, t) => sum + (t.side === 'long' ? 1 : -1) * (t.exitSum - t.entrySum), 0)
        expect(gross).toBe(realized)
      }),
    )
  })

  it('keeps the average of what is held within half a tick × lot of the exact one while it shrinks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1_000_000 }), fc.integer({ min: 1, max: 10 ** 12 }), (held, cost) => {
        const closed = 1 + (cost % (held - 1))
        const { after } = changeHolding({ quantity: lots(held), cost }, -closed, ticks(0))
        const exact = (BigInt(cost) * BigInt(held - closed) * 2n) / BigInt(held)
        expect(Number(BigInt(after.cost) * 2n - exact)).toBeGreaterThanOrEqual(-1)
        expect(Number(BigInt(after.cost) * 2n - exact)).toBeLessThanOrEqual(1)
      }),
    )
  })
})
