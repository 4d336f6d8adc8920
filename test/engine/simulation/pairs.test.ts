import { describe, expect, it } from 'vitest'
import { barOf, limit, market, orderOf, pairedOf, stop, stopLimit } from '../../support/simulation.ts'
import { simulatedMarket } from '../../support/simulated-market.ts'

/** Five lots long at 100. */
function longAt100(terms: Parameters<typeof simulatedMarket>[0] = {}) {
  const sim = simulatedMarket()
  sim.bar(barOf(0, [100, 100, 100, 100]))
  sim.place(orderOf('e', 'buy', 5, market))
  sim.bar(barOf(1, [100, 100, 100, 100]))
  Object.assign(sim.venue, { terms: { ...sim.venue.terms, ...terms } })
  return sim
}

describe('protective orders of their own', () => {
  it('close an open position at their price', () => {
    const sim = longAt100()
    sim.place(orderOf('s', 'sell', 5, stop(95), { purpose: 'stop' }))
    expect(sim.bar(barOf(2, [100, 100, 94, 94]))).toEqual(['s fills 5 at 95'])
    const second = longAt100()
    second.place(orderOf('s', 'sell', 5, stopLimit(95, 93), { purpose: 'stop' }))
    expect(second.bar(barOf(2, [92, 94, 90, 93]))).toEqual(['s fills 5 at 93'])
    const third = longAt100()
    third.place(orderOf('t', 'sell', 5, limit(110), { purpose: 'target' }))
    expect(third.bar(barOf(2, [100, 111, 100, 111]))).toEqual(['t fills 5 at 110'])
  })

  it('may be for a part of the position only', () => {
    const sim = longAt100()
    sim.place(orderOf('s', 'sell', 2, stop(95), { purpose: 'stop' }))
    expect(sim.bar(barOf(2, [100, 100, 94, 94]))).toEqual(['s fills 2 at 95'])
    expect(sim.position()).toBe(3)
  })
})

describe('a pair of which one cancels the other', () => {
  it('ends with the first that fills', () => {
    const sim = longAt100()
    expect(sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))).toBe('works')
    expect(sim.place(pairedOf('t', 's', 'sell', 5, limit(110)))).toBe('works')
    expect(sim.bar(barOf(2, [100, 111, 99, 105]))).toEqual(['t fills 5 at 110', 's canceled'])
    expect(sim.working()).toEqual([])
  })

  it('may be named by one of the two', () => {
    const sim = longAt100()
    sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))
    sim.place(orderOf('t', 'sell', 5, limit(110), { purpose: 'target' }))
    expect(sim.bar(barOf(2, [100, 111, 99, 105]))).toEqual(['t fills 5 at 110', 's canceled'])
  })

  it('counts a bar that reaches both as the stop', () => {
    const sim = longAt100()
    sim.place(pairedOf('t', 's', 'sell', 5, limit(110)))
    sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))
    expect(sim.bar(barOf(2, [100, 111, 94, 105]))).toEqual(['t canceled', 's fills 5 at 95'])
  })

  it('takes off one what the other has filled', () => {
    const sim = longAt100({ volumeShareBps: 1_000 })
    sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))
    sim.place(pairedOf('t', 's', 'sell', 5, limit(110)))
    expect(sim.bar(barOf(2, [100, 111, 99, 105], 20))).toEqual(['t fills 2 at 110'])
    expect(sim.working()).toEqual(['s 3', 't 3'])
    expect(sim.bar(barOf(3, [100, 100, 94, 94], 90))).toEqual(['t canceled', 's fills 3 at 95'])
    expect(sim.position()).toBe(0)
  })

  it('takes an order for what its other has left', () => {
    const sim = longAt100({ volumeShareBps: 1_000 })
    sim.place(pairedOf('t', 's', 'sell', 5, limit(110)))
    sim.bar(barOf(2, [100, 111, 99, 105], 20))
    sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))
    expect(sim.working()).toEqual(['t 3', 's 3'])
  })

  it('leaves one when the other is canceled', () => {
    const sim = longAt100()
    sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))
    sim.place(pairedOf('t', 's', 'sell', 5, limit(110)))
    expect(sim.cancel('t')).toEqual(['t canceled'])
    expect(sim.bar(barOf(2, [94, 94, 94, 94]))).toEqual(['s fills 5 at 94'])
  })

  it('goes when the position is closed by something else', () => {
    const sim = longAt100()
    sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))
    sim.place(pairedOf('t', 's', 'sell', 5, limit(110)))
    sim.place(orderOf('x', 'sell', 5, market, { purpose: 'exit' }))
    expect(sim.bar(barOf(2, [101, 101, 101, 101]))).toEqual(['x fills 5 at 101', 's canceled', 't canceled'])
  })

  it('may be of two entries: the one that is filled ends the other', () => {
    const sim = simulatedMarket()
    sim.bar(barOf(0, [100, 100, 100, 100]))
    sim.place(pairedOf('up', 'down', 'buy', 2, stop(105), { purpose: 'entry' }))
    sim.place(pairedOf('down', 'up', 'sell', 2, stop(95), { purpose: 'entry' }))
    expect(sim.bar(barOf(1, [100, 106, 94, 100]))).toEqual(['up fills 2 at 105', 'down canceled'])
    expect(sim.position()).toBe(2)
  })

  it.each([
    [pairedOf('t', 't', 'sell', 5, limit(110)), 'an order is not its own other'],
    [pairedOf('t', 's', 'sell', 5, limit(90)), 'stop 95 and target 90 are the wrong way round'],
    [pairedOf('t', 's', 'sell', 5, limit(110), { purpose: 'entry' }), 'its other order s is for something else'],
    [pairedOf('t', 'x'.repeat(49), 'sell', 5, limit(110)), 'a client order id has 1 to 48 characters'],
  ])('is refused when the two do not fit: %o', (order, reason) => {
    const sim = longAt100()
    sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))
    expect(sim.place(order)).toContain(reason)
  })

  it('is what both say it is', () => {
    const sim = longAt100()
    sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))
    expect(sim.place(pairedOf('t', 'u', 'sell', 5, limit(110)))).toBe('s has named it as its other already')
  })

  it('is not joined by a third', () => {
    const sim = longAt100()
    sim.place(pairedOf('s', 't', 'sell', 5, stop(95)))
    sim.place(pairedOf('t', 's', 'sell', 5, limit(110)))
    expect(sim.place(pairedOf('u', 's', 'sell', 5, limit(120)))).toBe('its other order s has another already')
  })

  it('is refused when its other has filled, even if only that one names it', () => {
    const sim = simulatedMarket()
    sim.bar(barOf(0, [100, 100, 100, 100]))
    sim.place(pairedOf('up', 'down', 'buy', 2, market, { purpose: 'entry' }))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    expect(sim.place(orderOf('down', 'sell', 2, stop(95)))).toBe('its other order up has filled')
  })

  it('is refused when its other has filled', () => {
    const sim = longAt100()
    sim.place(orderOf('t', 'sell', 2, limit(110), { purpose: 'target' }))
    sim.bar(barOf(2, [111, 111, 111, 111]))
    expect(sim.place(pairedOf('s', 't', 'sell', 2, stop(95)))).toBe('its other order t has filled')
  })
})
