import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { addDays } from '../../../src/domain/calendar/wall-time.ts'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { listedContracts } from '../../../src/domain/options/option-chain.ts'
import { optionInstrument } from '../../../src/domain/options/option-instrument.ts'
import { epochMs, ticks, type EpochMs } from '../../../src/domain/units/units.ts'
import { instrumentOf } from '../../support/sample-bars.ts'

const FACTS = bundledCalendar()
const at = (text: string): EpochMs => epochMs(Date.parse(text))
const UNDERLYINGS = ['NIFTY', 'NIFTY50', 'BANKNIFTY', 'SENSEX', 'SPY', 'F', 'BRK.B', 'ES', 'ESH4', 'NQH26', 'MES']

function option(symbol: string): Instrument {
  const found = resolveInstrument(symbol)
  if (!isInstrument(found)) throw new Error(found.message)
  return found
}

describe('the symbol of an option', () => {
  it.each([
    ['SPY240119C00475000', 'SPY', 'call', '475', '2024-01-19'],
    ['spy240119p00472500', 'SPY', 'put', '472.5', '2024-01-19'],
    ['BRK.B240119C00350000', 'BRK.B', 'call', '350', '2024-01-19'],
    ['NIFTY24JAN21700CE', 'NIFTY', 'call', '21700', '2024-01-25'],
    ['NIFTY2411121700CE', 'NIFTY', 'call', '21700', '2024-01-11'],
    ['NIFTY24N0721700PE', 'NIFTY', 'put', '21700', '2024-11-07'],
    ['NIFTY5024JAN21700CE', 'NIFTY50', 'call', '21700', '2024-01-25'],
    ['NIFTY502111421700CE', 'NIFTY50', 'call', '21700', '2021-01-14'],
    ['BANKNIFTY24DEC50000PE', 'BANKNIFTY', 'put', '50000', '2024-12-24'],
    ['SENSEX25N1383000CE', 'SENSEX', 'call', '83000', '2025-11-13'],
    ['ES-240315-C-4800', 'ES', 'call', '4800', '2024-03-15'],
    ['ESH24-240119-P-4800', 'ESH24', 'put', '4800', '2024-01-19'],
  ])('%s names an option on %s, a %s at %s that expires on %s', (symbol, underlying, type, strike, expiry) => {
    const found = option(symbol)
    expect(found).toMatchObject({ symbol: symbol.toUpperCase(), kind: 'option' })
    expect(found.option).toMatchObject({ underlying, type, strike, expiry })
  })

  it('is also read as CME writes it, the months between being written on the quarter’s future', () => {
    expect(option('ESH24C4800')).toMatchObject({ symbol: 'ESH24-240315-C-4800', option: { underlying: 'ESH24' } })
    expect(option('ESF24P4800')).toMatchObject({ symbol: 'ESH24-240119-P-4800', option: { underlying: 'ESH24' } })
  })

  it('reads back as the contract it was written for, for every contract of every chain', () => {
    const days = fc.integer({ min: 0, max: 365 * 7 })
    const price = fc.integer({ min: 20, max: 90_000 })
    fc.assert(
      fc.property(fc.constantFrom(...UNDERLYINGS), days, price, fc.nat(), (symbol, day, px, pick) => {
        const underlying = instrumentOf(symbol)
        const when = at(`${addDays('2020-01-01', day)}T03:00:00Z`)
        const reference = ticks(px * Math.round(10 ** underlying.priceDigits / underlying.tickUnits))
        const extent = { strikesEachSide: 3 }
        const contracts = listedContracts(underlying, when, reference, extent, FACTS)
        if ('code' in contracts) throw new Error(contracts.message)
        if (contracts.length === 0) return
        const terms = contracts[pick % contracts.length]!
        const written = optionInstrument(terms, underlying, FACTS)
        if (!isInstrument(written)) throw new Error(written.message)
        expect(written.option).toEqual(terms)
        expect(option(written.symbol)).toEqual(written)
      }),
    )
  })

  it.each([
    'NIFTY24JAN0CE',
    'NIFTY2413221700CE',
    'SPY241319C00475000',
    'GC-240315-C-2000',
    'ABCDEF24JAN100CE',
    'ES-240230-C-1',
  ])('%s is none', (symbol) => expect(resolveInstrument(symbol)).toHaveProperty('code', 'symbol-unknown'))

  it('is the one way of writing its contract, whatever was typed', () => {
    const head = fc.constantFrom('NIFTY', 'NIFTY50', 'SPY', 'ES', 'ESH24', 'ES-', 'BRK.B', 'SENSEX', '')
    const when = fc.constantFrom('24JAN', '24111', '20109', '24N07', '240119', '240315-', '24FEB', '24230', '2')
    const tail = fc.constantFrom(
      '21700CE',
      '21700.50PE',
      'C00475000',
      'P00472500',
      'C-4800',
      'P-4800.0',
      '0CE',
      'C4800',
    )
    const typed = fc.tuple(head, when, tail).map((pieces) => pieces.join(''))
    let named = 0
    fc.assert(
      fc.property(fc.oneof({ weight: 3, arbitrary: typed }, fc.string({ maxLength: 40 })), (text) => {
        const found = resolveInstrument(text)
        if (isInstrument(found)) {
          if (found.option) named++
          expect(resolveInstrument(found.symbol)).toEqual(found)
        } else expect(found.nextStep).not.toBe('')
      }),
      { numRuns: 2000 },
    )
    expect(named).toBeGreaterThan(50)
    for (const text of ['NIFTY24JAN21700.50CE', 'ES-240315-C-4800.00', 'spyx240119c00475000', ' nifty2411121700ce '])
      expect(option(option(text).symbol)).toEqual(option(text))
  })

  it('names no contract of a month that has none', () => {
    expect(resolveInstrument('SENSEX22JAN60000CE')).toMatchObject({ code: 'trade-invalid' })
  })
})
