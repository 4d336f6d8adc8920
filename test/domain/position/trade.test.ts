import { describe, expect, it } from 'vitest'
import { applyFill, flatPosition } from '../../../src/domain/position/position.ts'
import { formatAveragePx, tradeOf } from '../../../src/domain/position/trade.ts'
import { fillOf } from '../../support/fills.ts'
import { EQUITY, FUTURE } from '../../support/simulation.ts'

function tradeFrom(fills: readonly Parameters<typeof applyFill>[1][]) {
  let position = flatPosition(FUTURE.symbol)
  for (const fill of fills) {
    const step = applyFill(position, fill)
    if (step.completed) return tradeOf(step.completed, FUTURE, 'target')
    position = step.position
  }
  throw new Error('these fills complete no trade')
}

describe('a trade', () => {
  it('runs from flat to flat, with money in minor units', () => {
    expect(tradeFrom([fillOf(1, 'buy', 2, 16_000, 400), fillOf(2, 'sell', 2, 16_004, 400)])).toEqual({
      tradeId: 'T-F1',
      symbol: 'ESZ5',
      side: 'long',
      quantity: 2,
      entryTime: 60_000,
      entryPrice: '4000.00',
      exitTime: 120_000,
      exitPrice: '4001.00',
      gross: 10_000,
      fees: 800,
      net: 9_200,
      exitReason: 'target',
    })
  })

  it('of a short gains when it is bought back lower', () => {
    expect(tradeFrom([fillOf(1, 'sell', 1, 16_004), fillOf(2, 'buy', 1, 16_000)])).toMatchObject({
      side: 'short',
      gross: 5_000,
    })
  })

  it('takes entries and exits in parts at their averages', () => {
    const fills = [fillOf(1, 'buy', 1, 16_000), fillOf(2, 'sell', 1, 16_004)]
    const parts = [
      fillOf(1, 'buy', 2, 16_000),
      fillOf(2, 'buy', 1, 16_001),
      fillOf(3, 'sell', 1, 16_005),
      fillOf(4, 'sell', 2, 16_006),
    ]
    expect(tradeFrom(fills)).toMatchObject({ quantity: 1, entryPrice: '4000.00', exitPrice: '4001.00' })
    expect(tradeFrom(parts)).toMatchObject({
      quantity: 3,
      entryPrice: '4000.0833',
      exitTime: 240_000,
      exitPrice: '4001.4167',
      gross: 16 * 1_250,
    })
  })
})

describe('an average price as text', () => {
  it.each([
    [FUTURE, 16_001, 1, '4000.25'],
    [FUTURE, 16_001, 2, '2000.125'],
    [FUTURE, 1, 3, '0.0833'],
    [FUTURE, -1, 3, '-0.0833'],
    [FUTURE, -48_001, -3, '4000.0833'],
    [EQUITY, 1, 32, '0.0003'],
    [EQUITY, 1, 800, '0.00'],
    [EQUITY, 3, 20_000, '0.00'],
    [{ ...EQUITY, priceDigits: 0 }, 301, 3, '100.33'],
    [{ ...EQUITY, priceDigits: 0 }, 300, 3, '100'],
  ])('%# keeps a price’s places, two more when it must, rounded half to even', (instrument, sum, quantity, text) => {
    expect(formatAveragePx(instrument, sum, quantity)).toBe(text)
  })
})
