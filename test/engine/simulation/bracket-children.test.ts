import { describe, expect, it } from 'vitest'
import { barOf, bracketOf, limit, market, orderOf, stop } from '../../support/simulation.ts'
import { simulatedMarket } from '../../support/simulated-market.ts'

/** A market that has seen one quiet bar at 100. */
function marketAt100(terms: Parameters<typeof simulatedMarket>[0] = {}) {
  const sim = simulatedMarket(terms)
  sim.bar(barOf(0, [100, 100, 100, 100]))
  return sim
}

describe('bracket children', () => {
  const legs = { stop: 90, target: 110 }

  it('work for exactly what the entry has filled', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(bracketOf('e', 'buy', 5, limit(100), legs))
    expect(sim.working()).toEqual(['e 5', 'e-stop 0', 'e-target 0'])
    sim.bar(barOf(1, [101, 101, 100, 100], 20))
    expect(sim.working()).toEqual(['e 3', 'e-stop 2', 'e-target 2'])
    sim.bar(barOf(2, [100, 100, 100, 100], 20))
    expect(sim.working()).toEqual(['e 1', 'e-stop 4', 'e-target 4'])
  })

  it('cancel each other', () => {
    const sim = marketAt100()
    sim.place(bracketOf('e', 'buy', 2, market, legs))
    sim.bar(barOf(1, [100, 101, 99, 100]))
    expect(sim.bar(barOf(2, [100, 111, 99, 100]))).toEqual(['e-target fills 2 at 110', 'e-stop canceled'])
    expect(sim.working()).toEqual([])
  })

  it('count a bar that reaches both as the stop', () => {
    const sim = marketAt100()
    sim.place(bracketOf('long', 'buy', 2, market, legs))
    sim.bar(barOf(1, [100, 101, 99, 100]))
    expect(sim.bar(barOf(2, [100, 115, 85, 112]))).toEqual(['long-target canceled', 'long-stop fills 2 at 90'])
    sim.place(bracketOf('short', 'sell', 2, market, { stop: 110, target: 90 }))
    sim.bar(barOf(3, [100, 101, 99, 100]))
    expect(sim.bar(barOf(4, [100, 115, 85, 88]))).toEqual(['short-target canceled', 'short-stop fills 2 at 110'])
  })

  it('fill at the open when the market gaps through one of them, whatever the bar does later', () => {
    const sim = marketAt100()
    sim.place(bracketOf('a', 'buy', 1, market, legs))
    sim.bar(barOf(1, [100, 101, 99, 100]))
    expect(sim.bar(barOf(2, [80, 115, 80, 112]))).toEqual(['a-target canceled', 'a-stop fills 1 at 80'])
    sim.place(bracketOf('b', 'buy', 1, market, legs))
    sim.bar(barOf(3, [100, 101, 99, 100]))
    expect(sim.bar(barOf(4, [120, 125, 85, 88]))).toEqual(['b-target fills 1 at 120', 'b-stop canceled'])
  })

  it('may end the trade in the bar that opened it', () => {
    const sim = marketAt100()
    sim.place(bracketOf('a', 'buy', 1, market, legs))
    expect(sim.bar(barOf(1, [100, 100, 88, 95]))).toEqual([
      'a fills 1 at 100',
      'a-target canceled',
      'a-stop fills 1 at 90',
    ])
    sim.place(bracketOf('b', 'buy', 1, market, legs))
    expect(sim.bar(barOf(2, [100, 112, 95, 96]))).toEqual([
      'b fills 1 at 100',
      'b-target fills 1 at 110',
      'b-stop canceled',
    ])
    sim.place(bracketOf('c', 'buy', 1, market, legs))
    expect(sim.bar(barOf(3, [100, 112, 88, 111]))).toEqual([
      'c fills 1 at 100',
      'c-target canceled',
      'c-stop fills 1 at 90',
    ])
  })

  it('assume the worst after a limit entry inside a bar: the high came before it unless the close proves otherwise', () => {
    const bracket = { stop: 80, target: 105 }
    const sim = marketAt100()
    sim.place(bracketOf('a', 'buy', 1, limit(95), bracket))
    expect(sim.bar(barOf(1, [100, 106, 94, 100]))).toEqual(['a fills 1 at 95'])
    expect(sim.bar(barOf(2, [100, 106, 99, 100]))).toEqual(['a-target fills 1 at 105', 'a-stop canceled'])
    sim.place(bracketOf('b', 'buy', 1, limit(95), bracket))
    expect(sim.bar(barOf(3, [100, 106, 94, 106]))).toEqual([
      'b fills 1 at 95',
      'b-target fills 1 at 105',
      'b-stop canceled',
    ])
    sim.place(bracketOf('c', 'sell', 1, limit(105), { stop: 120, target: 95 }))
    expect(sim.bar(barOf(4, [100, 106, 94, 100]))).toEqual(['c fills 1 at 105'])
    expect(sim.bar(barOf(5, [100, 100, 94, 100]))).toEqual(['c-target fills 1 at 95', 'c-stop canceled'])
  })

  it('assume the worst after a stop entry inside a bar: the low came after it', () => {
    const sim = marketAt100()
    sim.place(bracketOf('a', 'buy', 1, stop(105), { stop: 99, target: 110 }))
    expect(sim.bar(barOf(1, [100, 111, 98, 110]))).toEqual([
      'a fills 1 at 105',
      'a-target canceled',
      'a-stop fills 1 at 99',
    ])
    sim.place(bracketOf('b', 'buy', 1, stop(105), { stop: 95, target: 110 }))
    expect(sim.bar(barOf(2, [100, 111, 98, 100]))).toEqual([
      'b fills 1 at 105',
      'b-target fills 1 at 110',
      'b-stop canceled',
    ])
  })

  it('never take the open of a bar in whose middle they were born', () => {
    const sim = marketAt100()
    // The open is below the stop of the entry that fills at 105 only later.
    sim.place(bracketOf('a', 'buy', 1, stop(105), { stop: 102, target: 120 }))
    expect(sim.bar(barOf(1, [100, 106, 100, 106]))).toEqual([
      'a fills 1 at 105',
      'a-target canceled',
      'a-stop fills 1 at 102',
    ])
  })

  it('stop at once, at the open, when the entry opened beyond the stop', () => {
    const sim = marketAt100({ slippageTicks: 1 })
    sim.place(bracketOf('a', 'buy', 1, market, legs))
    expect(sim.bar(barOf(1, [85, 95, 84, 95]))).toEqual([
      'a fills 1 at 86',
      'a-target canceled',
      'a-stop fills 1 at 84',
    ])
  })

  it('end the rest of an entry that is still filling', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(bracketOf('e', 'buy', 5, limit(100), legs))
    sim.bar(barOf(1, [101, 101, 100, 101], 20))
    expect(sim.bar(barOf(2, [111, 111, 111, 111], 20))).toEqual([
      'e-target fills 2 at 111',
      'e-stop canceled',
      'e canceled',
    ])
    expect(sim.position()).toBe(0)
  })

  it('share what is left when the target fills in parts', () => {
    const sim = marketAt100()
    sim.place(bracketOf('e', 'buy', 5, market, legs))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    const thin = { ...sim.venue.terms, volumeShareBps: 1_000 }
    Object.assign(sim.venue, { terms: thin })
    expect(sim.bar(barOf(2, [100, 110, 100, 105], 20))).toEqual(['e-target fills 2 at 110'])
    expect(sim.working()).toEqual(['e-stop 3', 'e-target 3'])
    expect(sim.bar(barOf(3, [100, 100, 90, 95], 90))).toEqual(['e-target canceled', 'e-stop fills 3 at 90'])
    expect(sim.position()).toBe(0)
  })

  it('outlive a day entry: a stop that died with the day would leave the position naked', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(bracketOf('e', 'buy', 5, limit(100), legs, { timeInForce: 'day' }))
    sim.bar(barOf(1, [100, 100, 100, 100], 20))
    expect(sim.bar(barOf(2, [101, 101, 101, 101], 20), 'tuesday')).toEqual(['e expired'])
    expect(sim.working()).toEqual(['e-stop 2', 'e-target 2'])
  })

  it('go with an entry that ends unfilled', () => {
    const sim = marketAt100()
    sim.place(bracketOf('e', 'buy', 5, limit(50), { stop: 40, target: 60 }))
    expect(sim.cancel('e')).toEqual(['e canceled', 'e-stop canceled', 'e-target canceled'])
    expect(sim.working()).toEqual([])
  })

  it('stay with an entry that is canceled half filled', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(bracketOf('e', 'buy', 5, limit(100), legs))
    sim.bar(barOf(1, [100, 100, 100, 100], 20))
    expect(sim.cancel('e')).toEqual(['e canceled'])
    expect(sim.working()).toEqual(['e-stop 2', 'e-target 2'])
  })

  it('are canceled by the venue when another order closes the position, and with them the rest of the entry', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(bracketOf('e', 'buy', 5, limit(100), legs))
    sim.bar(barOf(1, [100, 100, 100, 100], 20))
    sim.place(orderOf('x', 'sell', 2, market, { purpose: 'exit' }))
    expect(sim.bar(barOf(2, [101, 101, 101, 101], 20))).toEqual([
      'x fills 2 at 101',
      'e canceled',
      'e-stop canceled',
      'e-target canceled',
    ])
  })

  it('sleep while their entry still closes an older position, and protect what it opens then', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(orderOf('old', 'sell', 1, market))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    sim.place(bracketOf('e', 'buy', 2, market, { stop: 105, target: 120 }))
    expect(sim.bar(barOf(2, [100, 100, 100, 100], 10))).toEqual(['e fills 1 at 100'])
    expect(sim.bar(barOf(3, [100, 100, 100, 100], 20))).toEqual([
      'e fills 1 at 100',
      'e-target canceled',
      'e-stop fills 1 at 100',
      'e-stop canceled',
    ])
  })

  it('protect what an opposite entry opens after it has closed the old position', () => {
    const sim = marketAt100()
    sim.place(bracketOf('a', 'buy', 2, market, legs))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    sim.place(bracketOf('b', 'sell', 5, market, { stop: 110, target: 90 }))
    expect(sim.bar(barOf(2, [100, 100, 100, 100]))).toEqual([
      'b fills 5 at 100',
      'a-stop canceled',
      'a-target canceled',
    ])
    expect(sim.position()).toBe(-3)
    expect(sim.bar(barOf(3, [112, 112, 112, 112]))).toEqual([
      'b-target canceled',
      'b-stop fills 3 at 112',
      'b-stop canceled',
    ])
    expect(sim.position()).toBe(0)
  })
})
