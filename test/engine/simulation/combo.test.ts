import { describe, expect, it } from 'vitest'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { epochMs, minorUnits } from '../../../src/domain/units/units.ts'
import { limit, market, orderOf, stop } from '../../support/simulation.ts'
import {
  barAt,
  comboOf,
  EXPIRY_OPEN,
  INDEX,
  MINUTE_MS,
  optionOf,
  simulatedVenue,
  STOCK,
} from '../../support/simulated-venue.ts'

const CALL = optionOf('call', 20_000)
const FAR_CALL = optionOf('call', 20_200)
const OTHER = optionOf('call', 500, { on: STOCK })

const at = (minute: number) => epochMs(EXPIRY_OPEN - 3 * 86_400_000 + minute * MINUTE_MS)
const flat = (minute: number, px: number) => barAt(at(minute), [px, px, px, px])

function opened(terms: Parameters<typeof simulatedVenue>[1] = {}) {
  const sim = simulatedVenue([INDEX, STOCK, CALL, FAR_CALL, OTHER], terms)
  sim.bar('INDEX', flat(0, 20_000))
  sim.bar('STOCK', flat(0, 500))
  return sim
}

const buy = (id: string, quantity: number, symbol = CALL.symbol) => orderOf(id, 'buy', quantity, market, { symbol })
const sell = (id: string, quantity: number, symbol = FAR_CALL.symbol) =>
  orderOf(id, 'sell', quantity, market, { symbol })

describe('a combo', () => {
  it('fills all its legs at one open', () => {
    const sim = opened()
    expect(sim.combo(comboOf('c', [buy('a', 2), sell('b', 2)]))).toBe('works')
    expect(sim.working()).toEqual(['a 2', 'b 2'])
    const told = sim.bar('INDEX', flat(1, 20_000))
    expect(told).toEqual([expect.stringMatching(/^a fills 2 at/), expect.stringMatching(/^b fills 2 at/)])
    expect([sim.position(CALL.symbol), sim.position(FAR_CALL.symbol)]).toEqual([2, -2])
  })

  it('waits for an open at which a unit costs no more than its limit', () => {
    const sim = opened()
    sim.combo(comboOf('c', [buy('a', 4), sell('b', 4)], 60_000))
    expect(sim.bar('INDEX', flat(1, 20_000))).toEqual([])
    const told = sim.bar('INDEX', flat(2, 19_900))
    expect(told).toHaveLength(2)
    const [bought, sold] = sim.reports.flatMap(({ fill }) => fill ?? [])
    const unit = (bought!.price - sold!.price) * CALL.tickValue
    expect(unit).toBeLessThanOrEqual(60_000)
    expect(unit).toBeGreaterThan(0)
  })

  it('brings in at least what its limit asks for', () => {
    const sim = opened()
    sim.combo(comboOf('c', [sell('a', 1, CALL.symbol), buy('b', 1, FAR_CALL.symbol)], -100_000))
    expect(sim.bar('INDEX', flat(1, 20_000))).toEqual([])
    expect(sim.bar('INDEX', flat(2, 20_200))).toHaveLength(2)
  })

  it('counts a unit as the smallest whole part of it', () => {
    const sim = opened()
    // Two bought for one sold, thrice: a unit is two and one.
    sim.combo(comboOf('c', [buy('a', 6), sell('b', 3)], 400_000))
    const cash = sim.cash()
    expect(sim.bar('INDEX', flat(1, 20_000))).toHaveLength(2)
    expect((cash - sim.cash()) / 3).toBeLessThanOrEqual(400_000)
  })

  it('keeps to the limit of a leg too', () => {
    const sim = opened()
    const dear = orderOf('a', 'buy', 1, limit(1), { symbol: CALL.symbol })
    sim.combo(comboOf('c', [dear, sell('b', 1)]))
    expect(sim.bar('INDEX', flat(1, 20_000))).toEqual([])
    expect(sim.working()).toEqual(['a 1', 'b 1'])
  })

  it('is refused under the name of one that works', () => {
    const sim = opened()
    sim.combo(comboOf('c', [buy('a', 1), sell('b', 1)], -1_000_000))
    expect(sim.combo(comboOf('c', [buy('d', 1), sell('e', 1)]))).toBe('a combo c is working already')
  })

  it('goes whole when one leg is canceled', () => {
    const sim = opened()
    sim.combo(comboOf('c', [buy('a', 1), sell('b', 1)], -1_000_000))
    expect(sim.cancel('b')).toEqual(['b canceled', 'a canceled'])
    expect(sim.working()).toEqual([])
  })

  it('expires whole with its day', () => {
    const sim = opened()
    const today = { timeInForce: 'day' } as const
    sim.combo(comboOf('c', [{ ...buy('a', 1), ...today }, sell('b', 1)], -1_000_000))
    expect(sim.bar('INDEX', flat(1, 20_000), 'tuesday')).toEqual(['a expired', 'b expired'])
  })

  it('may close what another opened, and is canceled when there is too little left to close', () => {
    const sim = opened()
    sim.combo(comboOf('c', [buy('a', 2), sell('b', 2)]))
    sim.bar('INDEX', flat(1, 20_000))
    const exit = { purpose: 'exit' } as const
    const close = [
      { ...sell('x', 2, CALL.symbol), ...exit },
      { ...buy('y', 2, FAR_CALL.symbol), ...exit },
    ]
    sim.combo(comboOf('d', close, -10_000_000))
    expect(sim.working()).toEqual(['x 2', 'y 2'])
    sim.place({ ...sell('z', 1, CALL.symbol), ...exit })
    expect(sim.bar('INDEX', flat(2, 20_000))).toEqual([expect.stringMatching(/^z fills 1 at/)])
    expect(sim.bar('INDEX', flat(3, 20_000))).toEqual(['x canceled', 'y canceled'])
  })

  it('may hold its underlying', () => {
    const sim = simulatedVenue([STOCK, OTHER], { startingCash: minorUnits(50_000_000) })
    sim.bar('STOCK', flat(0, 500))
    const shares = orderOf('a', 'buy', 10, market, { symbol: 'STOCK' })
    expect(sim.combo(comboOf('c', [shares, sell('b', 1, OTHER.symbol)]))).toBe('works')
    expect(sim.bar('STOCK', flat(1, 501))[0]).toBe('a fills 10 at 501')
    expect(sim.position(OTHER.symbol)).toBe(-1)
  })

  it.each([
    [[buy('a', 1)], undefined, 'a combo has 2 to 8 legs'],
    [[buy('a', 1), sell('a', 1)], undefined, 'the legs of a combo need different ids'],
    [[buy('a', 1), sell('b', 1, CALL.symbol)], undefined, 'the legs of a combo need different instruments'],
    [[buy('a', 1), sell('b', 1, OTHER.symbol)], undefined, 'the legs of a combo are all on one underlying'],
    [[buy('a', 1), sell('b', 1)], 0.5, '0.5 is no amount of money'],
    [[buy('a', 1), sell('b', 1, 'NOSUCH')], undefined, 'NOSUCH is not traded here'],
    [[buy('a', 1), { ...sell('b', 1), type: stop(5) }], undefined, 'a leg of a combo is a market or a limit order'],
    [
      [buy('a', 1), { ...sell('b', 1), oco: clientOrderId('z') }],
      undefined,
      'a leg of a combo has no bracket and no other',
    ],
    [
      [buy('a', 1), { ...sell('b', 1), purpose: 'exit' as const }],
      undefined,
      `there is too little of ${FAR_CALL.symbol} to reduce`,
    ],
  ])('is refused whole: %o', (legs, netLimit, reason) => {
    const sim = opened()
    const combo = { ...comboOf('c', legs), ...(netLimit === undefined ? {} : { netLimitMinor: netLimit as never }) }
    expect(sim.combo(combo)).toBe(reason)
    expect(sim.working()).toEqual([])
    expect(sim.bar('INDEX', flat(1, 20_000))).toEqual([])
  })
})
