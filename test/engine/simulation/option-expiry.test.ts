import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/units/units.ts'
import { limit, market, orderOf, stop } from '../../support/simulation.ts'
import {
  before,
  CALL,
  fillsOf,
  flat,
  inCall,
  LATE_CALL,
  opened,
  PUT,
  STOCK_CALL,
  STOCK_PUT,
} from '../../support/option-venue.ts'
import { barAt, EXPIRY_CLOSE, EXPIRY_DAY } from '../../support/simulated-venue.ts'

describe('an option that expires', () => {
  function held(side: 'buy' | 'sell', option: typeof CALL, quantity = 2) {
    const sim = opened()
    const on = option.option!.underlying
    sim.place(orderOf('a', side, quantity, market, { symbol: option.symbol }))
    sim.bar(on, flat(before(299), on === 'INDEX' ? 20_000 : 500), EXPIRY_DAY)
    return sim
  }

  it('is settled in cash at what it is worth when the last bar of its session ends', () => {
    const sim = held('buy', CALL)
    expect(sim.bar('INDEX', flat(before(2), 20_100), EXPIRY_DAY)).toEqual([])
    const cash = sim.cash()
    const told = sim.bar('INDEX', barAt(before(1), [20_100, 20_130, 20_100, 20_123]), EXPIRY_DAY)
    expect(told).toEqual([`expiry-${CALL.symbol} fills 2 at ${123 * 20}`])
    expect(sim.cash() - cash).toBe(2 * 123 * 20 * CALL.tickValue)
    expect(sim.position(CALL.symbol)).toBe(0)
    expect(sim.reports.at(-1)?.order).toMatchObject({ status: 'filled', reason: 'expiry', purpose: 'exit' })
    expect(sim.reports.at(-1)?.fill).toMatchObject({ commission: 0, side: 'sell' })
  })

  it('assigns a short at what it is worth', () => {
    const sim = held('sell', PUT)
    const cash = sim.cash()
    expect(sim.bar('INDEX', flat(before(1), 19_950), EXPIRY_DAY)).toEqual([
      `expiry-${PUT.symbol} fills 2 at ${50 * 20}`,
    ])
    expect(sim.cash() - cash).toBe(-2 * 50 * 20 * PUT.tickValue)
  })

  it('goes at nothing when it is out of the money', () => {
    const sim = held('sell', CALL)
    const cash = sim.cash()
    expect(sim.bar('INDEX', flat(before(1), 19_950), EXPIRY_DAY)).toEqual([`expiry-${CALL.symbol} fills 2 at 0`])
    expect(sim.cash()).toBe(cash)
  })

  it('is settled in cash too where the contract would be delivered', () => {
    const sim = held('buy', STOCK_CALL)
    sim.bar('STOCK', flat(before(1), 520), EXPIRY_DAY)
    expect(fillsOf(sim).at(-1)).toMatchObject({ price: 20 * 20, quantity: 2 })
    expect(sim.position('STOCK')).toBe(0)
  })

  it('takes its orders with it', () => {
    const sim = held('buy', CALL)
    sim.place(orderOf('s', 'sell', 2, limit(90_000), { ...inCall, purpose: 'target' }))
    sim.place(orderOf('e', 'buy', 1, limit(1), inCall))
    expect(sim.bar('INDEX', flat(before(1), 20_100), EXPIRY_DAY)).toEqual([
      's expired',
      'e expired',
      `expiry-${CALL.symbol} fills 2 at 2000`,
    ])
    expect(sim.working()).toEqual([])
    expect(sim.place(orderOf('late', 'buy', 1, market, inCall))).toBe(`${CALL.symbol} has expired`)
  })

  it('is settled at the last price before, when the last bars of its session are missing', () => {
    const sim = held('buy', CALL)
    sim.bar('INDEX', flat(before(60), 20_040), EXPIRY_DAY)
    const next = epochMs(EXPIRY_CLOSE + 18 * 3_600_000)
    expect(sim.bar('INDEX', flat(next, 25_000), '2025-11-05')).toEqual([`expiry-${CALL.symbol} fills 2 at ${40 * 20}`])
  })

  it('is settled where its session ended early, at the last price in it', () => {
    const sim = held('buy', CALL)
    sim.bar('INDEX', flat(before(60), 20_040), EXPIRY_DAY)
    expect(sim.closed('INDEX', flat(before(59), 25_000))).toEqual([])
    expect(sim.closed('INDEX', flat(before(1), 25_000))).toEqual([`expiry-${CALL.symbol} fills 2 at ${40 * 20}`])
  })

  it('leaves contracts of later dates alone', () => {
    const sim = held('buy', LATE_CALL)
    expect(sim.bar('INDEX', flat(before(1), 20_100), EXPIRY_DAY)).toEqual([])
    expect(sim.position(LATE_CALL.symbol)).toBe(2)
  })
})

describe('exercising an option', () => {
  function holding(option = STOCK_CALL) {
    const sim = opened()
    sim.place(orderOf('a', 'buy', 3, market, { symbol: option.symbol }))
    sim.bar('STOCK', flat(before(299), 520), EXPIRY_DAY)
    return sim
  }

  it('settles it at once, in cash, at what it is worth', () => {
    const sim = holding()
    const cash = sim.cash()
    expect(sim.exercise('x', STOCK_CALL.symbol, 2)).toEqual([`x fills 2 at ${20 * 20}`])
    expect(sim.cash() - cash).toBe(2 * 20 * 20 * STOCK_CALL.tickValue)
    expect(sim.position(STOCK_CALL.symbol)).toBe(1)
    expect(sim.reports.at(-1)?.order.reason).toBe('exercise')
  })

  it('ends the orders that protected it', () => {
    const sim = holding()
    sim.place(orderOf('s', 'sell', 3, stop(1), { symbol: STOCK_CALL.symbol, purpose: 'stop' }))
    expect(sim.exercise('x', STOCK_CALL.symbol, 3)).toEqual([expect.stringMatching(/^x fills 3/), 's canceled'])
  })

  it('is refused where it makes no sense', () => {
    const sim = holding()
    expect(sim.exercise('x', 'STOCK', 1)).toBe('STOCK is no option that is traded here')
    expect(sim.exercise('x', STOCK_CALL.symbol, 0)).toBe("0 lots can't be exercised")
    expect(sim.exercise('x', STOCK_CALL.symbol, 4)).toBe(`only 3 lots of ${STOCK_CALL.symbol} are held`)
    expect(sim.exercise('x', CALL.symbol, 1)).toBe(`${CALL.symbol} can only be exercised when it expires`)
    const put = holding(STOCK_PUT)
    expect(put.exercise('x', STOCK_PUT.symbol, 1)).toBe(`${STOCK_PUT.symbol} is out of the money: sell it instead`)
  })
})
