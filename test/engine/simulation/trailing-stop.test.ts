import { describe, expect, it } from 'vitest'
import { barOf, market, orderOf, pairedOf, limit, trailing, trailingPercent } from '../../support/simulation.ts'
import { simulatedMarket } from '../../support/simulated-market.ts'

const protective = { purpose: 'stop' } as const

/** A long or short position opened at 100. */
function positionAt100(side: 'buy' | 'sell', terms: Parameters<typeof simulatedMarket>[0] = {}) {
  const sim = simulatedMarket(terms)
  sim.bar(barOf(0, [100, 100, 100, 100]))
  sim.place(orderOf('e', side, 2, market))
  sim.bar(barOf(1, [100, 100, 100, 100]))
  return sim
}

describe('a trailing stop', () => {
  it('stands below the last price from the moment it is taken', () => {
    const sim = positionAt100('buy')
    expect(sim.place(orderOf('t', 'sell', 2, trailing(5), protective))).toBe('works')
    expect(sim.stopOf('t')).toBe(95)
    expect(sim.bar(barOf(2, [99, 99, 95, 97]))).toEqual(['t fills 2 at 95'])
  })

  it('follows the best price and never goes back', () => {
    const sim = positionAt100('buy')
    sim.place(orderOf('t', 'sell', 2, trailing(5), protective))
    sim.bar(barOf(2, [101, 104, 100, 103]))
    expect(sim.stopOf('t')).toBe(99)
    sim.bar(barOf(3, [102, 103, 100, 101]))
    expect(sim.stopOf('t')).toBe(99)
    expect(sim.bar(barOf(4, [101, 101, 98, 100]))).toEqual(['t fills 2 at 99'])
  })

  it('follows down above a short position', () => {
    const sim = positionAt100('sell')
    sim.place(orderOf('t', 'buy', 2, trailing(5), protective))
    expect(sim.stopOf('t')).toBe(105)
    sim.bar(barOf(2, [99, 99, 92, 94]))
    expect(sim.stopOf('t')).toBe(97)
    expect(sim.bar(barOf(3, [95, 97, 95, 96]))).toEqual(['t fills 2 at 97'])
  })

  it('is tried where it stood before the bar’s high raises it: the low may have come first', () => {
    const sim = positionAt100('buy')
    sim.place(orderOf('t', 'sell', 2, trailing(5), protective))
    expect(sim.bar(barOf(2, [100, 110, 94, 108]))).toEqual(['t fills 2 at 95'])
  })

  it('does not fill at the level a high raised it to unless the close proves that the price came back', () => {
    const sim = positionAt100('buy')
    sim.place(orderOf('t', 'sell', 2, trailing(5), protective))
    expect(sim.bar(barOf(2, [100, 110, 97, 106]))).toEqual([])
    expect(sim.stopOf('t')).toBe(105)
    expect(sim.bar(barOf(3, [106, 120, 106, 115]))).toEqual(['t fills 2 at 115'])
    const short = positionAt100('sell')
    short.place(orderOf('t', 'buy', 2, trailing(5), protective))
    expect(short.bar(barOf(2, [100, 103, 90, 95]))).toEqual(['t fills 2 at 95'])
  })

  it('follows the open, which came before all else', () => {
    const sim = positionAt100('buy')
    sim.place(orderOf('t', 'sell', 2, trailing(5), protective))
    expect(sim.bar(barOf(2, [110, 111, 105, 108]))).toEqual(['t fills 2 at 105'])
  })

  it('fills at the open when the market gaps through it', () => {
    const sim = positionAt100('buy', { slippageTicks: 1 })
    sim.place(orderOf('t', 'sell', 2, trailing(5), protective))
    expect(sim.bar(barOf(2, [80, 101, 80, 100]))).toEqual(['t fills 2 at 79'])
  })

  it('keeps a distance in percent, rounded away from the price', () => {
    const sim = positionAt100('buy')
    sim.place(orderOf('t', 'sell', 2, trailingPercent(250), protective))
    expect(sim.stopOf('t')).toBe(97)
    sim.bar(barOf(2, [120, 121, 118, 121]))
    expect(sim.stopOf('t')).toBe(117)
    const short = positionAt100('sell')
    short.place(orderOf('t', 'buy', 2, trailingPercent(250), protective))
    expect(short.stopOf('t')).toBe(103)
  })

  it('begins with the first price it sees where there was none before', () => {
    const sim = simulatedMarket()
    sim.place(orderOf('t', 'buy', 1, trailing(5)))
    sim.bar(barOf(0, [100, 101, 98, 100]))
    expect(sim.stopOf('t')).toBe(103)
    expect(sim.bar(barOf(1, [100, 103, 100, 103]))).toEqual(['t fills 1 at 103'])
  })

  it('cancels its other, and is canceled by it', () => {
    const sim = positionAt100('buy')
    sim.place(pairedOf('t', 'x', 'sell', 2, trailing(5)))
    sim.place(pairedOf('x', 't', 'sell', 2, limit(120)))
    expect(sim.bar(barOf(2, [100, 121, 100, 121]))).toEqual(['x fills 2 at 120', 't canceled'])
    const again = positionAt100('buy')
    again.place(pairedOf('t', 'x', 'sell', 2, trailing(5)))
    again.place(pairedOf('x', 't', 'sell', 2, limit(120)))
    expect(again.bar(barOf(2, [100, 121, 94, 121]))).toEqual(['x canceled', 't fills 2 at 95'])
  })

  it.each([
    [trailing(0), 'a stop cannot trail by 0 ticks'],
    [trailing(-3), 'a stop cannot trail by -3 ticks'],
    [trailingPercent(0), 'a stop cannot trail by 0 basis points'],
    [trailingPercent(10_000), 'a stop cannot trail by 10000 basis points'],
    [trailingPercent(Number.NaN), 'a stop cannot trail by NaN basis points'],
  ])('is refused where it could not trail: %o', (type, reason) => {
    const sim = positionAt100('buy')
    expect(sim.place(orderOf('t', 'sell', 2, type, protective))).toBe(reason)
  })
})
