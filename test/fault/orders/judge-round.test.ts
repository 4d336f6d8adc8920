import { describe, expect, it } from 'vitest'
import type { VenueBooks } from '../../support/venue/start-venue.ts'
import { judgeRound, type OwnBooks } from './judge-round.ts'

const TRUTH: VenueBooks = {
  orders: [
    { venueOrderId: 'V1', clientOrderId: 'a', status: 'filled', purpose: 'entry', cumQty: 2 },
    { venueOrderId: 'V2', clientOrderId: 'b', status: 'canceled', purpose: 'stop', cumQty: 0 },
  ],
  copies: { a: 1, b: 1 },
  fills: [{ fillId: 'F1', quantity: 2 }],
  positions: [{ symbol: 'MES', quantity: 2, averagePrice: '5000.00' }],
  cash: '99995.80',
  ...{ refused: [], now: 10_000, reports: 2, faultsLeft: 0, held: 0, listening: 1, timeLine: [] },
}
const OWN: OwnBooks = {
  orders: [
    { clientOrderId: 'a', signalId: 's', purpose: 'entry', status: 'filled', cumQty: 2 },
    { clientOrderId: 'b', signalId: 's', purpose: 'stop', status: 'canceled', cumQty: 0 },
  ],
  fills: [{ fillId: 'F1', quantity: 2 }],
  positions: { MES: 2 },
  cash: '99995.80',
}
const ROUND = {
  sent: [{ signalId: 's', entryLots: 2, outcome: 'accepted' }],
  shifts: [{ from: 0, to: 10_000 }],
  ...{ guardedUntil: 10_000, windowMs: 5_000 },
}
const exposure = (at: number, position: number, stopLots: number) => ({
  ...{ n: at, at, what: 'exposure', symbol: 'MES', position, stopLots },
})

describe('the judgement of a round', () => {
  it('finds nothing where both books say the same', () =>
    expect(judgeRound(TRUTH, OWN, ROUND)).toEqual({ duplicates: [], lost: [], naked: [] }))

  it('counts an id that became two orders, and a command that filled more than it asked for', () => {
    expect(judgeRound({ ...TRUTH, copies: { a: 2 } }, OWN, ROUND).duplicates).toHaveLength(1)
    const sent = [{ ...ROUND.sent[0]!, entryLots: 1 }]
    expect(judgeRound(TRUTH, OWN, { ...ROUND, sent }).duplicates).toEqual(['s wanted 1 lots and got 2'])
  })

  it('counts a fill, a position or money that one side has and the other has not', () => {
    expect(judgeRound(TRUTH, { ...OWN, fills: [] }, ROUND).lost).toHaveLength(1)
    expect(judgeRound({ ...TRUTH, fills: [] }, OWN, ROUND).lost).toHaveLength(1)
    expect(judgeRound(TRUTH, { ...OWN, positions: {} }, ROUND).lost).toHaveLength(1)
    expect(judgeRound(TRUTH, { ...OWN, cash: '100000.00' }, ROUND).lost).toHaveLength(1)
  })

  it('counts an order that nobody knows, one that works on, and one that was accepted and left no trace', () => {
    const [first, second] = TRUTH.orders
    expect(
      judgeRound({ ...TRUTH, orders: [first!, { ...second!, clientOrderId: 'c' }] }, OWN, ROUND).lost,
    ).toHaveLength(1)
    expect(
      judgeRound({ ...TRUTH, orders: [first!, { ...second!, status: 'acknowledged' }] }, OWN, ROUND).lost,
    ).toHaveLength(1)
    const sent = [...ROUND.sent, { signalId: 't', entryLots: 1, outcome: 'accepted' }]
    expect(judgeRound(TRUTH, OWN, { ...ROUND, sent }).lost).toEqual(['t was accepted and left no order'])
  })

  it('counts a position without its stop only while a bot was at work and a stop was wanted', () => {
    const timeLine = [exposure(1_000, 2, 0), exposure(9_000, 2, 2)]
    expect(judgeRound({ ...TRUTH, timeLine }, OWN, ROUND).naked).toHaveLength(1)
    const dead = {
      ...ROUND,
      shifts: [
        { from: 0, to: 2_000 },
        { from: 8_000, to: 10_000 },
      ],
    }
    expect(judgeRound({ ...TRUTH, timeLine }, OWN, dead).naked).toEqual([])
    expect(judgeRound({ ...TRUTH, timeLine }, OWN, { ...ROUND, guardedUntil: 3_000 }).naked).toEqual([])
  })
})
