import { describe, expect, it } from 'vitest'
import { isInstrument, listInstruments, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import {
  formatMoney,
  formatPrice,
  moveValue,
  priceToTicks,
  type Instrument,
} from '../../../src/domain/instrument/instrument.ts'
import { ticks } from '../../../src/domain/units/units.ts'

function instrument(symbol: string, extra?: readonly Instrument[]): Instrument {
  const found = resolveInstrument(symbol, extra)
  if (!isInstrument(found)) throw new Error(found.message)
  return found
}

describe('the catalogue of instruments', () => {
  it.each([
    ['ES', '0.25', '12.50', 'USD'],
    ['MES', '0.25', '1.25', 'USD'],
    ['NQ', '0.25', '5.00', 'USD'],
    ['MNQ', '0.25', '0.50', 'USD'],
    ['RTY', '0.1', '5.00', 'USD'],
    ['YM', '1', '5.00', 'USD'],
    ['CL', '0.01', '10.00', 'USD'],
    ['GC', '0.1', '10.00', 'USD'],
    ['6E', '0.00005', '6.25', 'USD'],
    ['SPY', '0.01', '0.01', 'USD'],
    ['NIFTY', '0.05', '3.25', 'INR'],
    ['BANKNIFTY', '0.05', '1.50', 'INR'],
    ['SENSEX', '0.01', '0.20', 'INR'],
    ['BTC-PERP', '0.1', '0.000100', 'USDT'],
    ['ETH-PERP', '0.01', '0.000010', 'USDT'],
  ])('counts %s in ticks of %s worth %s %s', (symbol, tick, worth, currency) => {
    const known = instrument(symbol)
    expect(formatPrice(known, ticks(1))).toBe(tick)
    expect(formatMoney(known.currency, moveValue(known, 1, 1))).toBe(worth)
    expect(known.currency.code).toBe(currency)
  })

  it.each([
    ['6EH4', '6E'],
    ['6EH24', '6E'],
    ['ESZ5', 'ES'],
    ['ESZ25', 'ES'],
    ['MESM6', 'MES'],
    ['clf26', 'CL'],
    ['NIFTY50', 'NIFTY'],
  ])('keeps the symbol %s and names its root %s', (symbol, root) => {
    expect(instrument(symbol)).toMatchObject({ symbol: symbol.toUpperCase(), root })
  })

  it('takes one to five letters, with a class letter, for a US stock or ETF', () => {
    for (const symbol of ['F', 'SPY', 'GOOGL', 'BRK.B']) {
      expect(instrument(symbol)).toMatchObject({ symbol, kind: 'equity', calendar: 'nyse', lotSize: '1' })
    }
  })

  it('means the future where a future and a stock share a name', () => {
    for (const symbol of ['ES', 'CL', 'GC']) expect(instrument(symbol).kind).toBe('future')
  })

  it.each([
    ['BTCPERP', 'BTC-PERP'],
    ['BANKNIFTI', 'BANKNIFTY'],
    ['6EZ', '6E'],
    ['SENSEXX', 'SENSEX'],
  ])('refuses %s and suggests %s', (symbol, suggestion) => {
    const found = resolveInstrument(symbol)
    expect(found).toMatchObject({ code: 'symbol-unknown' })
    expect('nextStep' in found && found.nextStep).toContain(suggestion)
  })

  it.each(['', '   ', '../ES', 'SPY!', 'XXH4', 'SPYH4', 'TOOLONG', 'A.BC', '1234', 'constructor5'])(
    'refuses %j without guessing',
    (symbol) => expect(resolveInstrument(symbol)).toMatchObject({ code: 'symbol-unknown' }),
  )

  it('lets the user replace an instrument and add a future with its months', () => {
    const mine: Instrument = { ...instrument('6E'), symbol: 'FDAX', root: 'FDAX', exchange: 'EUREX' }
    const bigger: Instrument = { ...instrument('ES'), lotSize: '500' }
    expect(instrument('FDAXH6', [mine])).toMatchObject({ symbol: 'FDAXH6', root: 'FDAX', exchange: 'EUREX' })
    expect(instrument('ESZ5', [bigger]).lotSize).toBe('500')
    expect(listInstruments([bigger]).filter(({ symbol }) => symbol === 'ES')).toEqual([bigger])
  })

  it('turns prices given as floats into the nearest tick, exactly', () => {
    expect(priceToTicks(instrument('6EH4'), 1.10785)).toBe(22157)
    expect(formatPrice(instrument('6EH4'), ticks(22157))).toBe('1.10785')
    expect(priceToTicks(instrument('NIFTY50'), 10879.95)).toBe(217_599)
  })
})
