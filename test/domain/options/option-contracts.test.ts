import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundledCalendar } from '../../../src/adapters/calendar/bundled-calendar.ts'
import { dayVerdict } from '../../../src/domain/calendar/facts.ts'
import { addDays, weekdayOf } from '../../../src/domain/calendar/wall-time.ts'
import { isInstrument, resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { chooseExpiry, chooseStrike, openExpiries } from '../../../src/domain/options/option-chain.ts'
import { expiresAt, intrinsicTicks } from '../../../src/domain/options/option-instrument.ts'
import { optionRulesOf, premiumStep } from '../../../src/domain/options/option-rules-of.ts'
import type { OptionRules } from '../../../src/domain/options/option-rules.ts'
import { tradingDay } from '../../../src/domain/options/trading-days.ts'
import { epochMs, ticks, type EpochMs } from '../../../src/domain/units/units.ts'
import { instrumentOf } from '../../support/sample-bars.ts'

const FACTS = bundledCalendar()
const at = (text: string): EpochMs => epochMs(Date.parse(text))
const UNDERLYINGS = ['NIFTY', 'NIFTY50', 'BANKNIFTY', 'SENSEX', 'SPY', 'F', 'BRK.B', 'ES', 'ESH4', 'NQH26', 'MES']

function datesOf(symbol: string, when: string, calendar = FACTS): string[] {
  const expiries = openExpiries(instrumentOf(symbol), at(when), calendar)
  if ('code' in expiries) throw new Error(expiries.message)
  return expiries.map(({ date }) => date)
}

function option(symbol: string): Instrument {
  const found = resolveInstrument(symbol)
  if (!isInstrument(found)) throw new Error(found.message)
  return found
}

describe('the expiries of an underlying', () => {
  it.each([
    // Weekly options on NIFTY began in February 2019.
    ['NIFTY', '2019-01-10T04:00Z', '2019-01-31 2019-02-14'],
    ['NIFTY', '2024-01-10T04:00Z', '2024-01-11 2024-01-18 2024-01-25 2024-02-01'],
    // Thursdays to the end of August 2025, Tuesdays since.
    ['NIFTY', '2025-08-20T04:00Z', '2025-08-21 2025-08-28 2025-09-02 2025-09-09'],
    // Diwali, 2025-10-21, has only its ceremonial session.
    ['NIFTY', '2025-10-15T04:00Z', '2025-10-20 2025-10-28'],
    ['BANKNIFTY', '2023-08-20T04:00Z', '2023-08-24 2023-08-31 2023-09-06 2023-09-13'],
    // No weekly in the week of the monthly one; after 2024-11-13 none at all.
    ['BANKNIFTY', '2023-09-19T04:00Z', '2023-09-20 2023-09-28 2023-10-04'],
    ['BANKNIFTY', '2024-02-26T04:00Z', '2024-02-29 2024-03-06'],
    ['BANKNIFTY', '2024-11-10T04:00Z', '2024-11-13 2024-11-27 2024-12-24 2025-01-30'],
    ['SENSEX', '2024-12-20T04:00Z', '2024-12-20 2024-12-27 2025-01-03 2025-01-07 2025-01-14'],
    ['SENSEX', '2025-08-20T04:00Z', '2025-08-26 2025-09-04 2025-09-11'],
    ['SPY', '2024-03-26T12:00Z', '2024-03-26 2024-03-27 2024-03-28 2024-04-01'],
    // Juneteenth of 2026 is a third Friday.
    ['F', '2026-06-10T12:00Z', '2026-06-18 2026-07-17'],
    ['ES', '2026-06-10T12:00Z', '2026-06-18 2026-07-17'],
  ])('of %s, as seen on %s, begin with %s', (symbol, when, expected) => {
    const wanted = expected.split(' ')
    expect(datesOf(symbol, when).slice(0, wanted.length)).toEqual(wanted)
  })

  it('count today until the moment it ends', () => {
    expect(datesOf('NIFTY', '2024-01-11T09:59:59Z')[0]).toBe('2024-01-11')
    expect(datesOf('NIFTY', '2024-01-11T10:00:00Z')[0]).toBe('2024-01-18')
    // The quarter's options on ES end with its opening settlement.
    expect(datesOf('ES', '2024-03-15T13:29:59Z')[0]).toBe('2024-03-15')
    expect(datesOf('ES', '2024-03-15T13:30:00Z')[0]).toBe('2024-04-19')
  })

  it('never lie on a closed day, nor twice, and rise', () => {
    const days = fc.integer({ min: 0, max: 365 * 7 + 300 })
    fc.assert(
      fc.property(fc.constantFrom(...UNDERLYINGS), days, (symbol, day) => {
        const underlying = instrumentOf(symbol)
        const today = addDays('2019-03-01', day)
        const dates = datesOf(symbol, `${today}T00:30:00Z`)
        expect(dates).toEqual([...new Set(dates)].sort())
        for (const date of dates) {
          expect(date >= addDays(today, -1)).toBe(true)
          expect(tradingDay(underlying.calendar, date, FACTS)).not.toBe('closed')
        }
      }),
    )
  })

  it('are said to be uncertain beyond the known holidays', () => {
    const found = openExpiries(instrumentOf('NIFTY'), at('2026-11-20T04:00Z'), FACTS)
    if ('code' in found) throw new Error(found.message)
    for (const { date, certain } of found) expect(certain).toBe(date < '2027')
    expect(found.at(-1)!.certain).toBe(false)
  })

  it('can be asked for by their place and by their date', () => {
    const nifty = instrumentOf('NIFTY')
    const when = at('2024-01-10T05:00:00Z')
    expect(chooseExpiry(nifty, when, { nth: 1 }, FACTS)).toEqual({ date: '2024-01-18', cycle: 'weekly', certain: true })
    expect(chooseExpiry(nifty, when, { date: '2024-01-25' }, FACTS)).toMatchObject({ cycle: 'monthly' })
    // Beyond those that are listed already.
    expect(chooseExpiry(nifty, when, { date: '2024-03-07' }, FACTS)).toMatchObject({ date: '2024-03-07' })
    for (const choice of [
      { date: '2024-01-12' },
      { date: 'soon' },
      { date: '9999-12-28' },
      { date: '2024-01-04' },
      { nth: 99 },
      { nth: -1 },
      { nth: 0.5 },
    ])
      expect(chooseExpiry(nifty, when, choice, FACTS)).toMatchObject({
        code: 'trade-invalid',
        nextStep: 'The next expiries are 2024-01-11, 2024-01-18, 2024-01-25, 2024-02-01.',
      })
    const ended = chooseExpiry(nifty, at('2024-01-11T10:00:00Z'), { date: '2024-01-11' }, FACTS)
    expect(ended).toMatchObject({ code: 'trade-invalid' })
  })

  it('do not exist before the first we know of, nor where we know of no options', () => {
    expect(chooseExpiry(instrumentOf('SENSEX'), at('2022-01-03T05:00Z'), { nth: 0 }, FACTS)).toMatchObject({
      code: 'trade-invalid',
      message: expect.stringContaining('SENSEX'),
    })
    expect(openExpiries(instrumentOf('BTC-PERP'), at('2024-01-10T05:00Z'))).toMatchObject({ code: 'trade-invalid' })
  })

  it('end early where the last session does', () => {
    const spy = instrumentOf('SPY')
    const terms = option('SPY251128C00600000').option!
    expect(expiresAt(terms, spy, FACTS)).toBe(at('2025-11-28T18:00:00Z'))
    expect(expiresAt(terms, spy)).toBe(at('2025-11-28T21:00:00Z'))
  })
})

describe('the closed days known by heart', () => {
  it('are the bundled calendar’s, wherever both know', () => {
    for (const calendar of ['nse', 'nyse'] as const)
      for (let date = '2025-01-01'; date <= '2027-12-31'; date = addDays(date, 1)) {
        const { kind } = dayVerdict(FACTS, calendar, date)
        const isWeekend = weekdayOf(date) === 0 || weekdayOf(date) === 6
        if (kind === 'unknown' || isWeekend) continue
        const verdict = [date, kind === 'closed' || kind === 'special' ? 'closed' : 'open']
        expect([date, tradingDay(calendar, date)]).toEqual(verdict)
      }
  })
})

describe('the strike of an option', () => {
  const nifty = instrumentOf('NIFTY')
  const spot = (price: number) => ticks(price * 20)

  it('is chosen by its distance in the money from the one nearest to the price', () => {
    const strike = (type: 'call' | 'put', itmOffset: number, price: number) =>
      chooseStrike(nifty, type, { itmOffset }, spot(price))
    expect(strike('call', 0, 21_724)).toBe('21700')
    expect(strike('call', 0, 21_725)).toBe('21700')
    expect(strike('call', 0, 21_725.05)).toBe('21750')
    expect(strike('call', 2, 21_724)).toBe('21600')
    expect(strike('put', 2, 21_724)).toBe('21800')
    expect(strike('call', -1, 21_724)).toBe('21750')
    expect(strike('put', -1, 21_724)).toBe('21650')
  })

  it('crosses from one distance of strikes to the next', () => {
    const ford = instrumentOf('F')
    const strikes = [-3, -2, -1, 0, 1, 2].map((offset) =>
      chooseStrike(ford, 'call', { itmOffset: -offset }, ticks(2490)),
    )
    expect(strikes).toEqual(['17.5', '20', '22.5', '25', '30', '35'])
  })

  it('is refused, with the nearest, where none is listed', () => {
    expect(chooseStrike(nifty, 'call', { price: '21700' }, spot(1))).toBe('21700')
    expect(chooseStrike(nifty, 'call', { price: '21700.00' }, spot(1))).toBe('21700')
    expect(chooseStrike(nifty, 'call', { price: '21720' }, spot(1))).toMatchObject({
      code: 'trade-invalid',
      nextStep: 'The nearest are 21700 and 21750.',
    })
    for (const price of ['', 'x', '-50', '0', '1e3'])
      expect(chooseStrike(nifty, 'call', { price }, spot(1))).toMatchObject({ code: 'trade-invalid' })
    expect(chooseStrike(nifty, 'call', { itmOffset: 3 }, spot(120))).toMatchObject({ code: 'trade-invalid' })
    expect(chooseStrike(nifty, 'call', { itmOffset: 0.5 }, spot(120))).toMatchObject({ code: 'trade-invalid' })
  })
})

describe('an option as an instrument', () => {
  it.each([
    ['NIFTY21JUN15000CE', '75'],
    ['NIFTY21JUL15000CE', '50'],
    ['NIFTY24APR22000CE', '50'],
    ['NIFTY2450222000CE', '25'],
    ['NIFTY24DEC24000CE', '25'],
    ['NIFTY2510224000CE', '75'],
    ['NIFTY25JAN24000CE', '25'],
    ['NIFTY25FEB24000CE', '75'],
    ['NIFTY25DEC26000CE', '75'],
    ['NIFTY2610626000CE', '65'],
    ['BANKNIFTY23JUN44000CE', '25'],
    ['BANKNIFTY23JUL44000CE', '15'],
    ['BANKNIFTY25JAN48000CE', '15'],
    ['BANKNIFTY25FEB48000CE', '30'],
    ['BANKNIFTY25JUL56000CE', '35'],
    ['BANKNIFTY26JAN58000CE', '30'],
    ['SENSEX24DEC80000CE', '10'],
    ['SENSEX2510780000CE', '20'],
  ])('%s counts %s units in a lot, as its expiry did', (symbol, lotSize) => {
    const found = option(symbol)
    expect(found.lotSize).toBe(lotSize)
    // One step of 0.05 rupees, in paise.
    expect(found.tickValue).toBe(5 * Number(lotSize))
  })

  it('has the tick, style and settlement of its market', () => {
    expect(option('SPY240119C00475000')).toMatchObject({
      tickUnits: 1,
      priceDigits: 2,
      tickValue: 100,
      lotSize: '100',
      currency: { code: 'USD' },
      option: { style: 'american', settlement: 'physical' },
    })
    expect(option('ES-240315-C-4800')).toMatchObject({ tickUnits: 5, tickValue: 250, lotSize: '50' })
    expect(option('NIFTY24JAN21700CE').option).toMatchObject({ style: 'european', settlement: 'cash' })
  })

  it('is worth at expiry what exercising brings, in its own ticks', () => {
    const nifty = instrumentOf('NIFTY')
    const call = option('NIFTY24JAN21700CE')
    expect(intrinsicTicks(call, nifty, ticks(21_712.35 * 20))).toBe(247)
    expect(intrinsicTicks(option('NIFTY24JAN21700PE'), nifty, ticks(21_712.35 * 20))).toBe(0)
    expect(intrinsicTicks(option('ES-240315-P-4800'), instrumentOf('ES'), ticks(4799 * 4))).toBe(20)
    // SENSEX moves in steps of 0.01, its options in steps of 0.05.
    expect(intrinsicTicks(option('SENSEX25N1383000CE'), instrumentOf('SENSEX'), ticks(8_300_012))).toBe(2)
  })

  it('moves in the larger steps that a larger premium has', () => {
    const es = instrumentOf('ES')
    expect(premiumStep(es, ticks(99))).toBe(1)
    expect(premiumStep(es, ticks(100))).toBe(5)
    expect(premiumStep(instrumentOf('SPY'), ticks(900))).toBe(1)
    expect(premiumStep(instrumentOf('F'), ticks(300))).toBe(5)
  })

  it('follows the user’s description, where there is one', () => {
    const options: OptionRules = {
      style: 'european',
      settlement: 'cash',
      symbols: 'dated',
      tickSize: '0.1',
      lots: [{ from: '2000-01-01', lotSize: '5', source: 'user' }],
      cycles: [{ cycle: 'monthly', weekdays: [5], week: 3, withinDays: 100, source: 'user' }],
      strikes: [{ step: '50' }],
    }
    const fdax: Instrument = { ...instrumentOf('ES'), symbol: 'FDAX', root: 'FDAX', calendar: 'none', options }
    expect(optionRulesOf(fdax)).toBe(options)
    expect(resolveInstrument('FDAX-240315-C-18000', [fdax])).toMatchObject({
      lotSize: '5',
      tickUnits: 1,
      tickValue: 50,
    })
    expect(chooseExpiry(fdax, at('2024-03-01T00:00Z'), { nth: 0 })).toMatchObject({ date: '2024-03-15', certain: true })
  })
})
