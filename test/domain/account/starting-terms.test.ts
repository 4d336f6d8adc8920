import { describe, expect, it } from 'vitest'
import { startingTerms } from '../../../src/domain/account/starting-terms.ts'
import { isInstrument, listInstruments, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import { parseDecimal } from '../../../src/domain/units/decimal.ts'

describe('what a new account begins with', () => {
  it.each([...listInstruments().map(({ symbol }) => symbol), 'SPY', 'AAPL', '6EH4'])(
    'can be counted exactly in the money of %s',
    (symbol) => {
      const instrument = resolveInstrument(symbol)
      if (!isInstrument(instrument)) throw new Error(symbol)
      const { risk, simulation } = startingTerms(instrument)
      for (const money of [risk.maxDailyLoss, simulation.startingCash, simulation.commissionPerLot])
        expect(parseDecimal(money, instrument.currency.digits)).toBeTypeOf('number')
    },
  )

  it('is rupees for an index of India, and cents of commission for a share', () => {
    const terms = (symbol: string) => {
      const instrument = resolveInstrument(symbol)
      if (!isInstrument(instrument)) throw new Error(symbol)
      return startingTerms(instrument)
    }
    expect(terms('NIFTY').simulation).toEqual({ startingCash: '5000000', commissionPerLot: '20.00' })
    expect(terms('SPY').simulation.commissionPerLot).toBe('0.01')
  })
})
