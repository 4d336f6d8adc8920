import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { clientOrderId, fillId, type Side } from '../../../src/domain/order/order.ts'
import { countFill, type ToldFill } from '../../../src/domain/order/told-fill.ts'
import { epochMs, lots, minorUnits } from '../../../src/domain/units/units.ts'
import { FUTURE } from '../../support/simulation.ts'

/** One tick of 0.25 is worth 12.50. */
const ES: Instrument = { ...FUTURE, tickUnits: 25, priceDigits: 2, tickValue: minorUnits(1_250) }
/** One tick of 0.00005 is worth 6.25. */
const EURO: Instrument = { ...FUTURE, tickUnits: 5, priceDigits: 5, tickValue: minorUnits(625) }

const told = (side: Side, quantity: number, price: string, commission = '0'): ToldFill => ({
  ...{ fillId: fillId('F1'), clientOrderId: clientOrderId('a'), symbol: FUTURE.symbol, side },
  ...{ quantity: lots(quantity), price, commission, at: epochMs(1) },
})
const counted = (instrument: Instrument, ...fill: Parameters<typeof told>) => {
  const { price, credit, commission } = countFill(told(...fill), instrument) ?? {}
  return [price, credit, commission]
}

describe('a fill that a venue tells', () => {
  it('is at its price where that is a tick', () => {
    expect(counted(ES, 'buy', 2, '5012.25', '4.20')).toEqual([20_049, undefined, 420])
    expect(counted(ES, 'sell', 2, '5012.250000')).toEqual([20_049, undefined, 0])
  })

  it('is booked at the worse tick, and the rest is money, where it lies between two', () => {
    expect(counted(ES, 'buy', 3, '5012.13')).toEqual([20_049, 3 * 600, 0])
    expect(counted(ES, 'sell', 3, '5012.13')).toEqual([20_048, 3 * 650, 0])
    expect(counted(ES, 'buy', 1, '-37.63')).toEqual([-150, 650, 0])
  })

  it('rounds a fraction of a minor unit to the nearest, to the even one in the middle', () => {
    expect(counted(EURO, 'buy', 1, '1.085033', '0.125')).toEqual([21_701, 212, 12])
    expect(counted(EURO, 'sell', 1, '1.0850001', '0.126')).toEqual([21_700, 1, 13])
  })

  it('is worth what the venue says, to half a minor unit, whatever the price and the side', () => {
    const price = fc.tuple(fc.integer({ min: -9_999, max: 99_999 }), fc.integer({ min: 0, max: 999_999 }))
    fc.assert(
      fc.property(
        price,
        fc.constantFrom('buy' as const, 'sell' as const),
        fc.integer({ min: 1, max: 500 }),
        (p, side, n) => {
          const text = `${p[0]}.${String(p[1]).padStart(6, '0')}`
          const { price: px, credit = 0 } = countFill(told(side, n, text), EURO)!
          const theirs = (Number(text.replace('.', '')) / 1_000_000 / 0.00005) * 625 * n
          const ours = px * 625 * n + (side === 'buy' ? -credit : credit)
          expect(Math.abs(ours - theirs)).toBeLessThan(0.51 + Math.abs(theirs) * 1e-12)
          expect(credit).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })

  it('pays a rebate as a commission below nothing, rounded as any other', () => {
    expect(counted(ES, 'buy', 1, '5012.25', '-0.35')).toEqual([20_049, undefined, -35])
    expect(counted(EURO, 'sell', 1, '1.0850001', '-0.125')).toEqual([21_700, 1, -12])
    expect(counted(EURO, 'sell', 1, '1.0850001', '-0.126')).toEqual([21_700, 1, -13])
    expect(counted(ES, 'buy', 1, '5012.25', '-0.001')).toEqual([20_049, undefined, 0])
  })

  it('costs what the venue says, to half a minor unit, whether it takes money or gives some', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (millis) => {
        const text = `${millis < 0 ? '-' : ''}${Math.trunc(Math.abs(millis) / 1_000)}.${String(Math.abs(millis) % 1_000).padStart(3, '0')}`
        const { commission } = countFill(told('buy', 1, '5012.25', text), ES)!
        expect(Math.abs(commission * 10 - millis)).toBeLessThanOrEqual(5)
        expect(Object.is(commission, -0)).toBe(false)
      }),
    )
  })

  it('is not counted with a number beyond counting', () => {
    expect(countFill(told('buy', 1, '5012.25', `-5${'0'.repeat(30)}`), ES)).toBeUndefined()
    expect(countFill(told('buy', 1, `5${'0'.repeat(30)}`), ES)).toBeUndefined()
    expect(countFill(told('buy', 1, 'much'), ES)).toBeUndefined()
  })
})
