import { describe, expect, it } from 'vitest'
import { cashOf } from '../../../src/engine/simulation/venue.ts'
import { barOf, limit, market, orderOf, stop, stopLimit } from '../../support/simulation.ts'
import { simulatedMarket } from '../../support/simulated-market.ts'

/** A market that has seen one quiet bar at 100. */
function marketAt100(terms: Parameters<typeof simulatedMarket>[0] = {}) {
  const sim = simulatedMarket(terms)
  sim.bar(barOf(0, [100, 100, 100, 100]))
  return sim
}

describe('a simulated venue', () => {
  it('fills a market order at the open of the next bar', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 2, market))
    expect(sim.bar(barOf(1, [103, 109, 95, 104]))).toEqual(['e fills 2 at 103'])
  })

  it('never matches the bar it has seen when the order came', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 2, market))
    expect(sim.bar(barOf(0, [100, 100, 100, 100]))).toEqual([])
    expect(sim.position()).toBe(0)
  })

  it('ignores a bar it has matched before, and any older one', () => {
    const sim = marketAt100()
    sim.bar(barOf(5, [100, 100, 100, 100]))
    sim.place(orderOf('e', 'buy', 1, limit(90)))
    expect(sim.bar(barOf(3, [80, 80, 80, 80]))).toEqual([])
    expect(sim.bar(barOf(5, [80, 80, 80, 80]))).toEqual([])
    expect(sim.bar(barOf(6, [80, 80, 80, 80]))).toEqual(['e fills 1 at 80'])
  })

  it('takes slippage on market and stop fills, and none on limits', () => {
    const sim = marketAt100({ slippageTicks: 2 })
    sim.place(orderOf('m', 'buy', 1, market))
    sim.place(orderOf('s', 'buy', 1, stop(105)))
    sim.place(orderOf('l', 'buy', 1, limit(97)))
    sim.place(orderOf('sl', 'buy', 1, stopLimit(106, 110)))
    expect(sim.bar(barOf(1, [100, 106, 97, 100]))).toEqual([
      'm fills 1 at 102',
      's fills 1 at 107',
      'l fills 1 at 97',
      'sl fills 1 at 106',
    ])
  })

  it('charges commission per lot and side', () => {
    const sim = marketAt100({ commissionMinorPerLot: 250 })
    sim.place(orderOf('e', 'buy', 3, market))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    expect(sim.reports.at(-1)?.fill?.commission).toBe(750)
    expect(cashOf(sim.venue)).toBe(5_000_000 - 750)
  })
})

describe('a limit order', () => {
  it('fills at its price when the bar touches it', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 1, limit(95)))
    expect(sim.bar(barOf(1, [100, 101, 96, 98]))).toEqual([])
    expect(sim.bar(barOf(2, [98, 98, 95, 97]))).toEqual(['e fills 1 at 95'])
  })

  it('fills at the open, which is better, when the market gaps through it', () => {
    const sim = marketAt100()
    sim.place(orderOf('b', 'buy', 1, limit(95)))
    sim.place(orderOf('s', 'sell', 1, limit(95)))
    expect(sim.bar(barOf(1, [90, 92, 88, 91]))).toEqual(['b fills 1 at 90'])
    expect(sim.bar(barOf(2, [99, 99, 99, 99]))).toEqual(['s fills 1 at 99'])
  })
})

describe('a stop order', () => {
  it('fills at its price when the bar reaches it', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'sell', 1, stop(95)))
    expect(sim.bar(barOf(1, [100, 101, 96, 98]))).toEqual([])
    expect(sim.bar(barOf(2, [98, 98, 94, 97]))).toEqual(['e fills 1 at 95'])
  })

  it('fills at the open, which is worse, when the market gaps through it', () => {
    const sim = marketAt100({ slippageTicks: 1 })
    sim.place(orderOf('e', 'sell', 1, stop(95)))
    expect(sim.bar(barOf(1, [90, 99, 88, 91]))).toEqual(['e fills 1 at 89'])
  })

  it('stays elected when the bar had too little volume, and fills the rest at the next open', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(orderOf('e', 'sell', 5, stop(95)))
    expect(sim.bar(barOf(1, [100, 100, 94, 94], 30))).toEqual(['e fills 3 at 95'])
    expect(sim.bar(barOf(2, [120, 120, 120, 120], 30))).toEqual(['e fills 2 at 120'])
  })
})

describe('a stop-limit order', () => {
  it('becomes a limit at its stop and fills there', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 1, stopLimit(105, 107)))
    expect(sim.bar(barOf(1, [100, 108, 99, 107]))).toEqual(['e fills 1 at 105'])
  })

  it('does not fill beyond its limit when the market gaps over both', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 1, stopLimit(105, 107)))
    expect(sim.bar(barOf(1, [110, 112, 108, 111]))).toEqual([])
    expect(sim.bar(barOf(2, [111, 111, 106, 108]))).toEqual(['e fills 1 at 107'])
  })

  it('waits a bar when its limit lies behind its stop, as the path inside the bar is not known', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 1, stopLimit(105, 103)))
    expect(sim.bar(barOf(1, [100, 106, 99, 100]))).toEqual([])
    expect(sim.bar(barOf(2, [104, 105, 103, 105]))).toEqual(['e fills 1 at 103'])
  })

  it('fills at its limit after the open has elected it', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 1, stopLimit(105, 107)))
    expect(sim.bar(barOf(1, [110, 110, 104, 104]))).toEqual(['e fills 1 at 107'])
  })
})

describe('the share of volume', () => {
  it('is shared by all orders of the account in a bar', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(orderOf('a', 'buy', 3, market))
    sim.place(orderOf('b', 'buy', 3, market))
    expect(sim.bar(barOf(1, [100, 100, 100, 100], 40))).toEqual(['a fills 3 at 100', 'b fills 1 at 100'])
    expect(sim.bar(barOf(2, [101, 101, 101, 101], 40))).toEqual(['b fills 2 at 101'])
  })

  it('lets one lot through in the thinnest bar, or exits would starve', () => {
    const sim = marketAt100({ volumeShareBps: 100 })
    sim.place(orderOf('e', 'buy', 2, market))
    expect(sim.bar(barOf(1, [100, 100, 100, 100], 1))).toEqual(['e fills 1 at 100'])
  })

  it('does not limit where the bar has no volume', () => {
    const sim = marketAt100({ volumeShareBps: 1 })
    sim.place(orderOf('e', 'buy', 500, market))
    expect(sim.bar(barOf(1, [100, 100, 100, 100], 0))).toEqual(['e fills 500 at 100'])
  })
})

describe('sessions', () => {
  it('end the day orders of the session, not those good till canceled', () => {
    const sim = marketAt100()
    sim.place(orderOf('d', 'buy', 1, limit(50), { timeInForce: 'day' }))
    sim.place(orderOf('g', 'buy', 1, limit(40)))
    expect(sim.bar(barOf(1, [100, 100, 100, 100], 0), 'tuesday')).toEqual(['d expired'])
    expect(sim.working()).toEqual(['g 1'])
  })

  it('end when the market closes, before the next one opens', () => {
    const sim = marketAt100()
    sim.place(orderOf('d', 'buy', 1, market, { timeInForce: 'day' }))
    expect(sim.closed(barOf(1, [100, 100, 100, 100]))).toEqual(['d expired'])
  })

  it('give a day order placed outside them the next session', () => {
    const sim = marketAt100()
    sim.closed(barOf(1, [100, 100, 100, 100]))
    sim.place(orderOf('d', 'buy', 1, limit(50), { timeInForce: 'day' }))
    expect(sim.bar(barOf(2, [100, 100, 100, 100]), 'tuesday')).toEqual([])
    expect(sim.bar(barOf(3, [100, 100, 100, 100]), 'wednesday')).toEqual(['d expired'])
  })

  it('are the only time in which anything fills', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 1, market))
    expect(sim.closed(barOf(1, [90, 100, 90, 100]))).toEqual([])
    expect(sim.bar(barOf(2, [104, 104, 104, 104]), 'tuesday')).toEqual(['e fills 1 at 104'])
  })
})

describe('an order that is no entry', () => {
  it('is cut to the position it reduces, never flips it, and ends with it', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 3, market))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    sim.place(orderOf('x', 'sell', 10, market, { purpose: 'exit' }))
    expect(sim.bar(barOf(2, [101, 101, 101, 101]))).toEqual(['x fills 3 at 101', 'x canceled'])
    expect(sim.position()).toBe(0)
  })

  it('is canceled by the venue when another order closed the position first', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 3, market))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    sim.place(orderOf('x', 'sell', 3, limit(120), { purpose: 'exit' }))
    sim.place(orderOf('y', 'sell', 3, market, { purpose: 'exit' }))
    expect(sim.bar(barOf(2, [101, 101, 101, 101]))).toEqual(['y fills 3 at 101', 'x canceled'])
  })
})
