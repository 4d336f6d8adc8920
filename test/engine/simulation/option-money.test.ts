import { describe, expect, it } from 'vitest'
import { minorUnits } from '../../../src/domain/units/units.ts'
import { limit, market, orderOf } from '../../support/simulation.ts'
import { before, CALL, FAR_CALL, flat, opened, PUT } from '../../support/option-venue.ts'
import { comboOf, EXPIRY_DAY } from '../../support/simulated-venue.ts'

const poor = (cash: number) => opened({ startingCash: minorUnits(cash) })
const inOption = (option: typeof CALL) => ({ symbol: option.symbol })

describe('what working orders in options do to the money of an account', () => {
  it('lends nothing on the price of a sale that nobody may ever pay', () => {
    const sim = poor(4_000_000)
    expect(sim.place(orderOf('dream', 'sell', 1, limit(1_000_000), inOption(CALL)))).toBe('works')
    // Some 40 points of ten units each, and the account has 40,000.00.
    expect(sim.place(orderOf('a', 'buy', 500, market, inOption(PUT)))).toMatch(/more than the account has$/)
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    expect(sim.cash()).toBeGreaterThanOrEqual(0)
  })

  it('lends nothing on a sale that a bought option will cover, before it is made', () => {
    const sim = poor(200_000)
    sim.place(orderOf('a', 'buy', 1, market, inOption(CALL)))
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    const cash = sim.cash()
    expect(sim.place(orderOf('dream', 'sell', 1, limit(100_000), inOption(FAR_CALL)))).toBe('works')
    expect(sim.place(orderOf('b', 'buy', 1, limit(cash / 50 + 1), inOption(PUT)))).toBe(
      'it costs 0.50 more than the account has',
    )
    expect(sim.place(orderOf('c', 'buy', 1, limit(cash / 50), inOption(PUT)))).toBe('works')
  })

  it('counts the legs of a working combo together, as they will fill', () => {
    const sim = poor(200_000)
    const spread = [orderOf('a', 'sell', 1, market, inOption(CALL)), orderOf('b', 'buy', 1, market, inOption(FAR_CALL))]
    // Nobody pays that much for it: it goes on working.
    expect(sim.combo(comboOf('c', spread, -10_000_000))).toBe('works')
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    expect(sim.place(orderOf('d', 'buy', 1, limit(1), inOption(PUT)))).toBe('works')
  })

  it('refuses nothing that makes an account need less, however little it has left', () => {
    const sim = poor(11_000_000)
    expect(sim.place(orderOf('a', 'sell', 3, market, inOption(CALL)))).toBe('works')
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    // The calls are worth what the index has gained: the account has far less than they need.
    sim.bar('INDEX', flat(before(298), 22_000), EXPIRY_DAY)
    expect(sim.place(orderOf('b', 'sell', 1, market, inOption(FAR_CALL)))).toMatch(/of margin/)
    expect(sim.place(orderOf('c', 'buy', 1, market, inOption(PUT)))).toMatch(/of margin/)
    expect(sim.place(orderOf('d', 'buy', 1, market, inOption(FAR_CALL)))).toBe('works')
    // But what is bought is paid, whatever it covers.
    expect(sim.place(orderOf('e', 'buy', 50, market, inOption(FAR_CALL)))).toMatch(/more than the account has$/)
  })
})
