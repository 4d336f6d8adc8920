import { describe, expect, it } from 'vitest'
import { epochMs, minorUnits } from '../../../src/domain/units/units.ts'
import { openOptionMarket } from '../../../src/engine/simulation/option-listing.ts'
import { limit, market, orderOf, pairedOf, stop, trailing, trailingPercent } from '../../support/simulation.ts'
import {
  ALL,
  before,
  CALL,
  exit,
  FAR_CALL,
  FAR_PUT,
  fillsOf,
  flat,
  inCall,
  opened,
  PUT,
} from '../../support/option-venue.ts'
import { comboOf, EXPIRY_CLOSE, EXPIRY_DAY, INDEX, simulatedVenue } from '../../support/simulated-venue.ts'

describe('an option on the simulated venue', () => {
  it('fills on the bars of what it is written on', () => {
    const sim = opened()
    sim.place(orderOf('a', 'buy', 2, market, inCall))
    sim.bar('INDEX', flat(before(299), 20_050), EXPIRY_DAY)
    const [fill] = fillsOf(sim)
    const quote = openOptionMarket(() => sim.venue).quote(CALL.symbol)!
    expect(fill).toMatchObject({ symbol: CALL.symbol, price: quote.markPx, at: before(299) })
    expect(sim.cash()).toBe(50_000_000 - 2 * quote.markPx * CALL.tickValue)
    expect(sim.bar('STOCK', flat(before(299), 500), EXPIRY_DAY)).toEqual([])
  })

  it('costs half the spread besides the slippage, and a limit neither', () => {
    const fair = opened()
    fair.place(orderOf('a', 'buy', 1, market, inCall))
    fair.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    const mid = fillsOf(fair)[0]!.price
    const sim = opened({ slippageTicks: 1, options: { volatility: 0.2, rate: 0, spreadTicks: 5 } })
    sim.place(orderOf('a', 'buy', 1, market, inCall))
    sim.place(orderOf('l', 'buy', 1, limit(mid + 1), inCall))
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    sim.place(orderOf('x', 'sell', 1, market, { ...inCall, ...exit }))
    sim.bar('INDEX', flat(before(298), 20_000), EXPIRY_DAY)
    const prices = fillsOf(sim).map(({ price }) => price)
    expect(prices.slice(0, 2)).toEqual([mid + 1 + 3, mid])
    expect(mid - prices[2]!).toBeGreaterThanOrEqual(1 + 2)
  })

  it('protects itself with stops, targets and trails like anything else', () => {
    const sim = opened()
    sim.place(orderOf('a', 'buy', 2, market, inCall))
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    const paid = fillsOf(sim)[0]!.price
    sim.place(pairedOf('s', 't', 'sell', 1, stop(paid - 200), inCall))
    sim.place(pairedOf('t', 's', 'sell', 1, limit(paid + 400), inCall))
    sim.place(orderOf('r', 'sell', 1, trailing(300), { ...inCall, purpose: 'stop' }))
    sim.bar('INDEX', flat(before(298), 20_000), EXPIRY_DAY)
    expect(sim.bar('INDEX', flat(before(297), 20_060), EXPIRY_DAY)).toEqual([
      expect.stringMatching(/^t fills 1/),
      's canceled',
    ])
    expect(sim.bar('INDEX', flat(before(296), 20_000), EXPIRY_DAY)).toEqual([expect.stringMatching(/^r fills 1/)])
  })

  it('is trailed from its present price on, and not sold for being worth nothing', () => {
    const sim = opened()
    sim.place(orderOf('a', 'buy', 2, market, inCall))
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    const paid = fillsOf(sim)[0]!.price
    sim.place(orderOf('r', 'sell', 1, trailing(300), { ...inCall, purpose: 'stop' }))
    expect(sim.bar('INDEX', flat(before(298), 19_950), EXPIRY_DAY)).toEqual([expect.stringMatching(/^r fills 1 at/)])
    expect(fillsOf(sim)[1]!.price).toBeLessThan(paid - 300)
    sim.bar('INDEX', flat(before(297), 15_000), EXPIRY_DAY)
    sim.place(orderOf('p', 'sell', 1, trailingPercent(1_000), { ...inCall, purpose: 'stop' }))
    expect(sim.bar('INDEX', flat(before(296), 15_000), EXPIRY_DAY)).toEqual([])
  })

  it('is refused before its underlying has a price, and where no prices are made', () => {
    const unseen = simulatedVenue(ALL)
    expect(unseen.place(orderOf('a', 'buy', 1, market, inCall))).toBe(
      `INDEX has not traded yet, so ${CALL.symbol} has no price`,
    )
    const { options: _, ...plain } = opened().venue.terms
    const sim = simulatedVenue([INDEX, CALL])
    Object.assign(sim.venue, { terms: plain })
    sim.bar('INDEX', flat(before(300), 20_000), EXPIRY_DAY)
    expect(sim.place(orderOf('a', 'buy', 1, market, inCall))).toBe(
      `${CALL.symbol} is an option that this venue has no prices for`,
    )
  })
})

describe('the money for options', () => {
  const poor = (cash: number) => opened({ startingCash: minorUnits(cash) })
  const sell = (id: string, option: typeof CALL, quantity = 1) =>
    orderOf(id, 'sell', quantity, market, { symbol: option.symbol })
  const buy = (id: string, option: typeof CALL, quantity = 1) =>
    orderOf(id, 'buy', quantity, market, { symbol: option.symbol })

  it('must pay what is bought, whole', () => {
    const sim = poor(100_000)
    expect(sim.place(orderOf('a', 'buy', 1, limit(2_000), inCall))).toBe('works')
    expect(sim.place(orderOf('b', 'buy', 1, limit(1), inCall))).toBe('it costs 0.50 more than the account has')
  })

  it('must cover a naked short: its premium and 15 % of what it is written on', () => {
    // 15 % of 20,000 on a lot of 10 is 30,000.00; the premium comes in and is needed too.
    expect(poor(3_000_000).place(sell('a', CALL))).toBe('works')
    expect(poor(2_999_999).place(sell('a', CALL))).toMatch(
      /^it needs 30\d{3}\.\d\d of margin, and the account would have 30\d{3}\.\d\d$/,
    )
  })

  it('asks less of what is out of the money, and never less than 7.5 %', () => {
    // 30,000.00 less 200 points of ten units.
    expect(poor(2_800_000).place(sell('a', FAR_CALL))).toBe('works')
    expect(poor(2_799_999).place(sell('a', FAR_CALL))).toMatch(/^it needs 28/)
  })

  it('asks of a combo with a bounded loss no more than that loss', () => {
    const spread = (cash: number) => poor(cash).combo(comboOf('c', [sell('a', CALL), buy('b', FAR_CALL)]))
    // 200 points of ten units, less what it brings in.
    expect(spread(200_000)).toBe('works')
    expect(spread(60_000)).toMatch(/^it needs 2000\.00 of margin/)
    const condor = comboOf('c', [sell('a', CALL), buy('b', FAR_CALL), sell('d', PUT), buy('e', FAR_PUT)])
    expect(poor(200_000).combo(condor)).toBe('works')
  })

  it('counts what is short already, and what may become short', () => {
    const sim = poor(5_000_000)
    expect(sim.place(sell('a', CALL))).toBe('works')
    expect(sim.place(sell('b', CALL))).toMatch(/^it needs 60/)
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    expect(sim.place(sell('c', CALL))).toMatch(/^it needs 60/)
  })

  it('lets a bought option cover a sold one once it is held, not while it is only ordered', () => {
    const sim = poor(1_000_000)
    sim.place(buy('b', FAR_CALL))
    expect(sim.place(sell('a', CALL))).toMatch(/^it needs 30/)
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    expect(sim.place(sell('c', CALL))).toBe('works')
  })

  it('is never asked of what closes a position', () => {
    const sim = poor(3_000_000)
    sim.place(sell('a', CALL))
    sim.bar('INDEX', flat(before(299), 20_000), EXPIRY_DAY)
    sim.bar('INDEX', flat(before(298), 25_000), EXPIRY_DAY)
    expect(sim.place({ ...buy('x', CALL), ...exit })).toBe('works')
  })
})

describe('the option market of the simulated venue', () => {
  it('lists what can be traded around the price', () => {
    const sim = opened()
    const chain = openOptionMarket(() => sim.venue).chain('INDEX', before(299))
    expect(new Set(chain.map(({ option }) => option.expiry)).has(EXPIRY_DAY)).toBe(true)
    expect(chain.map(({ symbol }) => symbol)).toContain(CALL.symbol)
    expect(chain.find(({ symbol }) => symbol === CALL.symbol)).toEqual(CALL)
  })

  it('lists nothing that has expired', () => {
    const sim = opened()
    const chain = openOptionMarket(() => sim.venue).chain('INDEX', EXPIRY_CLOSE)
    expect(chain.length).toBeGreaterThan(0)
    expect(chain.some(({ option }) => option.expiry === EXPIRY_DAY)).toBe(false)
  })

  it('lists nothing where there is no price, or no underlying', () => {
    const { chain } = openOptionMarket(() => simulatedVenue(ALL).venue)
    expect(chain('INDEX', before(299))).toEqual([])
    expect(chain('NOSUCH', before(299))).toEqual([])
    expect(openOptionMarket(() => opened().venue).chain(CALL.symbol, before(299))).toEqual([])
  })

  it('quotes what a market order would get', () => {
    const sim = opened({ options: { volatility: 0.2, rate: 0, spreadTicks: 3 } })
    const quote = openOptionMarket(() => sim.venue).quote(CALL.symbol)!
    expect(quote.markPx - quote.bid!).toBe(1)
    expect(quote.ask! - quote.markPx).toBe(2)
    sim.place(orderOf('a', 'buy', 1, market, inCall))
    sim.bar('INDEX', flat(epochMs(before(300) + 1), 20_000), EXPIRY_DAY)
    expect(fillsOf(sim)[0]?.price).toBe(quote.ask)
  })

  it('has no bid for what is worth nothing, and no quote of what has expired or is no option', () => {
    const sim = opened({ options: { volatility: 0.01, rate: 0, spreadTicks: 2 } })
    const { quote } = openOptionMarket(() => sim.venue)
    sim.bar('INDEX', flat(before(299), 18_000), EXPIRY_DAY)
    expect(quote(CALL.symbol)).toEqual({ ask: 1, markPx: 0 })
    sim.bar('INDEX', flat(before(1), 18_000), EXPIRY_DAY)
    expect(quote(CALL.symbol)).toBeUndefined()
    expect(quote('INDEX')).toBeUndefined()
  })
})
