import { describe, expect, it } from 'vitest'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { minorUnits, ticks } from '../../../src/domain/units/units.ts'
import { settledOf } from '../../../src/engine/simulation/venue.ts'
import { barOf, bracketOf, limit, market, orderOf, stop } from '../../support/simulation.ts'
import { simulatedMarket } from '../../support/simulated-market.ts'

const legs = { stop: 90, target: 110 }

describe('a simulated venue refuses', () => {
  it.each([
    [orderOf('', 'buy', 1, market), 'a client order id has 1 to 48 characters'],
    [orderOf('x'.repeat(49), 'buy', 1, market), 'a client order id has 1 to 48 characters'],
    [orderOf('a', 'buy', 1, market, { symbol: 'NQZ5' }), 'NQZ5 is not traded here, only ESZ5 is'],
    [{ ...orderOf('a', 'buy', 1, market), quantity: 0.5 as never }, "0.5 lots can't be traded"],
    [{ ...orderOf('a', 'buy', 1, market), quantity: Number.NaN as never }, "NaN lots can't be traded"],
    [orderOf('a', 'buy', 1, limit(0)), '0 ticks is no price'],
    [orderOf('a', 'buy', 1, stop(-5)), '-5 ticks is no price'],
    [bracketOf('a', 'buy', 1, market, { stop: 110, target: 90 }), 'stop 110 and target 90 are the wrong way round'],
    [bracketOf('a', 'sell', 1, market, legs), 'stop 90 and target 110 are the wrong way round'],
    [bracketOf('a', 'buy', 1, limit(85), legs), 'stop 90 is on the wrong side of the entry at 85'],
    [bracketOf('a', 'buy', 1, stop(115), legs), 'target 110 is on the wrong side of the entry at 115'],
    [orderOf('a', 'sell', 1, market, { purpose: 'exit' }), 'there is no position that a sell could reduce'],
    [bracketOf('a', 'sell', 1, market, legs, { purpose: 'exit' }), 'only an entry has a bracket'],
  ])('%o', (order, reason) => {
    const sim = simulatedMarket()
    expect(sim.place(order)).toBe(reason)
    expect(sim.working()).toEqual([])
  })

  it('a bracket whose ids are not three new ones', () => {
    const sim = simulatedMarket()
    sim.place(bracketOf('a', 'buy', 1, limit(100), legs))
    const taken = bracketOf('b', 'buy', 1, limit(100), legs)
    const stolen = {
      stop: { clientOrderId: clientOrderId('a-stop'), stopPx: ticks(90) },
      target: taken.bracket!.target,
    }
    expect(sim.place({ ...taken, bracket: stolen })).toBe('the id a-stop of a leg is already in use')
    const twin = { ...stolen, stop: { ...stolen.stop, clientOrderId: clientOrderId('c') } }
    const twins = { ...bracketOf('c', 'buy', 1, limit(100), legs), bracket: twin }
    expect(sim.place(twins)).toBe('the orders of a bracket need three different ids')
  })

  it('entries when nothing is left of the account, and never exits', () => {
    const sim = simulatedMarket({ startingCash: minorUnits(10_000) })
    sim.bar(barOf(0, [100, 100, 100, 100]))
    sim.place(orderOf('a', 'buy', 2, market))
    sim.bar(barOf(1, [100, 100, 100, 100]))
    sim.place(orderOf('half', 'sell', 1, market, { purpose: 'exit' }))
    sim.bar(barOf(2, [90, 90, 90, 90]))
    expect(settledOf(sim.venue)).toBeLessThan(0)
    expect(sim.place(orderOf('b', 'buy', 1, market))).toBe('the account has no money left')
    expect(sim.place(orderOf('rest', 'sell', 1, market, { purpose: 'exit' }))).toBe('works')
  })
})

describe('a simulated venue lends', () => {
  it('whatever an account with money left wants: risk limits are the bot’s', () => {
    const sim = simulatedMarket({ startingCash: minorUnits(1) })
    expect(sim.place(orderOf('a', 'buy', 1_000, market))).toBe('works')
  })
})
