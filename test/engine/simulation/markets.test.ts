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
    sim.place(orderOf('a', 'buy', 1, market))
    sim.bar('SPY', quiet(9, 500))
    expect(sim.bar('ESZ5', quiet(1, 100))).toEqual(['a fills 1 at 100'])
  })

  it('never fills an order in a bar that had ended when it was sent, whichever market’s bar came first', () => {
    const sim = twoMarkets()
    sim.bar('ESZ5', quiet(1, 100))
    sim.place(orderOf('a', 'buy', 2, market, inSpy))
    sim.place(bracketOf('b', 'buy', 1, limit(520), { stop: 480, target: 550 }, inSpy))
    expect(sim.bar('SPY', quiet(1, 500))).toEqual([])
    expect(sim.bar('SPY', quiet(2, 510))).toEqual(['a fills 2 at 510', 'b fills 1 at 510'])
    sim.bar('ESZ5', quiet(3, 90))
    sim.place(orderOf('x', 'sell', 3, market, { purpose: 'exit', ...inSpy }))
    // What worked before works in it: the stop, and not the exit at its open.
    expect(sim.bar('SPY', barOf(3, [510, 510, 470, 490]))).toEqual(['b-target canceled', 'b-stop fills 1 at 480'])
    expect(sim.bar('SPY', quiet(4, 490))).toEqual(['x fills 2 at 490', 'x canceled'])
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
