import { describe, expect, it } from 'vitest'
import { lots, ticks } from '../../../src/domain/units/units.ts'
import {
  barOf,
  bracketOf,
  limit,
  market,
  orderOf,
  pairedOf,
  stop,
  stopLimit,
  trailing,
} from '../../support/simulation.ts'
import { simulatedMarket } from '../../support/simulated-market.ts'

function marketAt100(terms: Parameters<typeof simulatedMarket>[0] = {}) {
  const sim = simulatedMarket(terms)
  sim.bar(barOf(0, [100, 100, 100, 100]))
  return sim
}

describe('an order that is changed in place', () => {
  it('works with its new price from the next bar on', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 2, limit(80)))
    expect(sim.replace('e', { limitPx: ticks(95) })).toBe('changed')
    expect(sim.bar(barOf(1, [100, 100, 95, 96]))).toEqual(['e fills 2 at 95'])
  })

  it('works with its new quantity, fills counted in', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(orderOf('e', 'buy', 5, limit(100)))
    sim.bar(barOf(1, [100, 100, 100, 100], 20))
    expect(sim.replace('e', { quantity: lots(1) })).toBe('2 lots have filled already')
    expect(sim.replace('e', { quantity: lots(3) })).toBe('changed')
    expect(sim.bar(barOf(2, [100, 100, 100, 100], 90))).toEqual(['e fills 1 at 100'])
  })

  it('is filled when it becomes what has filled already', () => {
    const sim = marketAt100({ volumeShareBps: 1_000 })
    sim.place(orderOf('e', 'buy', 5, limit(100)))
    sim.bar(barOf(1, [100, 100, 100, 100], 20))
    expect(sim.replace('e', { quantity: lots(2) })).toBe('changed')
    expect(sim.reports.at(-1)?.order).toMatchObject({ status: 'filled', quantity: 2, cumQty: 2, leavesQty: 0 })
    expect(sim.working()).toEqual([])
  })

  it('may be the stop of a bracket, before and after its entry filled', () => {
    const sim = marketAt100()
    sim.place(bracketOf('e', 'buy', 2, limit(100), { stop: 90, target: 110 }))
    expect(sim.replace('e-stop', { stopPx: ticks(92) })).toBe('changed')
    sim.bar(barOf(1, [100, 100, 99, 100]))
    expect(sim.replace('e-stop', { stopPx: ticks(97) })).toBe('changed')
    expect(sim.bar(barOf(2, [98, 98, 96, 96]))).toEqual(['e-target canceled', 'e-stop fills 2 at 97'])
  })

  it('may be moved beyond its entry’s price once the entry has filled: a stop that locks a gain in', () => {
    const sim = marketAt100()
    sim.place(bracketOf('e', 'buy', 2, limit(100), { stop: 90, target: 120 }))
    expect(sim.replace('e-stop', { stopPx: ticks(105) })).toBe('stop 105 is on the wrong side of the entry at 100')
    sim.bar(barOf(1, [100, 110, 99, 110]))
    expect(sim.replace('e-stop', { stopPx: ticks(105) })).toBe('changed')
  })

  it('trails by its new distance', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 2, market))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    sim.place(orderOf('t', 'sell', 2, trailing(10), { purpose: 'stop' }))
    expect(sim.replace('t', { trail: { by: 'amount', ticks: ticks(4) } })).toBe('changed')
    expect(sim.stopOf('t')).toBe(96)
  })

  it.each([
    [{}, 'nothing to change'],
    [{ limitPx: ticks(0) }, '0 ticks is no price'],
    [{ limitPx: ticks(105) }, 'a stop order has no limit price'],
    [{ quantity: 1.5 as never }, "1.5 lots can't be traded"],
    [{ trail: { by: 'amount' as const, ticks: ticks(3) } }, 'a stop order does not trail'],
    [{ stopPx: ticks(115) }, 'stop 115 and target 110 are the wrong way round'],
  ])('keeps what it was when the change makes no sense: %o', (change, reason) => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 2, market))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    sim.place(pairedOf('s', 't', 'sell', 2, stop(90)))
    sim.place(pairedOf('t', 's', 'sell', 2, limit(110)))
    expect(sim.replace('s', change)).toBe(reason)
    expect(sim.stopOf('s')).toBe(90)
  })

  it('keeps the size of a bracket’s leg, which is what its entry filled', () => {
    const sim = marketAt100()
    sim.place(bracketOf('e', 'buy', 2, market, { stop: 90, target: 110 }))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    expect(sim.replace('e-stop', { quantity: lots(1) })).toBe(
      'a leg of a bracket has the size of what its entry filled',
    )
  })

  it('keeps a stop price that has been reached', () => {
    const sim = marketAt100()
    sim.place(orderOf('e', 'buy', 2, stopLimit(105, 103)))
    sim.bar(barOf(1, [100, 106, 100, 106]))
    expect(sim.replace('e', { stopPx: ticks(110) })).toBe('its stop has been reached')
    expect(sim.replace('e', { limitPx: ticks(106) })).toBe('changed')
  })
})
