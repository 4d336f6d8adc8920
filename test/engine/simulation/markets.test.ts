import { describe, expect, it } from 'vitest'
import { barOf, bracketOf, EQUITY, FUTURE, limit, market, orderOf } from '../../support/simulation.ts'
import { simulatedVenue } from '../../support/simulated-venue.ts'

const inSpy = { symbol: EQUITY.symbol }
const quiet = (index: number, at: number) => barOf(index, [at, at, at, at])

function twoMarkets() {
  const sim = simulatedVenue([FUTURE, EQUITY])
  sim.bar('ESZ5', quiet(0, 100))
  sim.bar('SPY', quiet(0, 500))
  return sim
}

describe('a venue with several markets', () => {
  it('matches each order on the bars of its own', () => {
    const sim = twoMarkets()
    sim.place(orderOf('a', 'buy', 1, limit(95)))
    sim.place(orderOf('b', 'buy', 1, limit(480), inSpy))
    expect(sim.bar('SPY', quiet(1, 90))).toEqual(['b fills 1 at 90'])
    expect(sim.bar('ESZ5', quiet(1, 95))).toEqual(['a fills 1 at 95'])
  })

  it('keeps a clock for each: a bar of one is no bar of the other', () => {
    const sim = twoMarkets()
    sim.bar('SPY', quiet(9, 500))
    sim.place(orderOf('a', 'buy', 1, market))
    expect(sim.bar('ESZ5', quiet(1, 100))).toEqual(['a fills 1 at 100'])
  })

  it('keeps a session for each', () => {
    const sim = twoMarkets()
    sim.place(orderOf('a', 'buy', 1, limit(50), { timeInForce: 'day' }))
    expect(sim.bar('SPY', quiet(1, 500), 'tuesday')).toEqual([])
    expect(sim.bar('ESZ5', quiet(1, 100), 'tuesday')).toEqual(['a expired'])
  })

  it('lets an order reduce only the position of its own market', () => {
    const sim = twoMarkets()
    sim.place(orderOf('a', 'buy', 1, market))
    sim.bar('ESZ5', quiet(1, 100))
    expect(sim.place(orderOf('x', 'sell', 1, market, { purpose: 'exit', ...inSpy }))).toBe(
      'there is no position that a sell could reduce',
    )
  })

  it('has one cash and one numbering of orders and fills', () => {
    const sim = twoMarkets()
    sim.place(bracketOf('a', 'buy', 2, market, { stop: 90, target: 110 }))
    sim.place(orderOf('b', 'buy', 3, market, inSpy))
    sim.bar('SPY', quiet(1, 500))
    sim.bar('ESZ5', barOf(1, [100, 110, 100, 110]))
    expect(sim.cash()).toBe(5_000_000 - 3 * 500 + 2 * 10 * 1_250)
    expect(sim.reports.map(({ order }) => order.venueOrderId)).toEqual(['V2', 'V3', 'V4', 'V1', 'V3', 'V2'])
    expect(sim.reports.flatMap(({ fill }) => fill?.fillId ?? [])).toEqual(['F1', 'F2', 'F3'])
  })

  it('refuses what nobody knows, and what trades in another currency', () => {
    const rupees = { ...EQUITY, symbol: 'INDIA', currency: { code: 'INR', digits: 2 } }
    const sim = simulatedVenue([FUTURE, rupees])
    expect(sim.place(orderOf('a', 'buy', 1, market, { symbol: 'NOSUCH' }))).toBe('NOSUCH is not traded here')
    expect(sim.place(orderOf('b', 'buy', 1, market, { symbol: 'INDIA' }))).toBe(
      'INDIA trades in INR, and the account is kept in USD',
    )
  })
})
