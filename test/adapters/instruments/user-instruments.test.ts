import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readUserInstruments } from '../../../src/adapters/instruments/user-instruments.ts'
import { resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'
import { chooseExpiry } from '../../../src/domain/options/option-chain.ts'
import { epochMs } from '../../../src/domain/units/units.ts'

const DAX = {
  symbol: 'fdax',
  kind: 'future',
  exchange: 'EUREX',
  currency: { code: 'EUR', digits: 2 },
  tickSize: '0.5',
  tickValue: '12.50',
  session: { zone: 'Europe/Berlin', open: '01:10', close: '22:00' },
}

describe('a file of own instruments', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-instruments-'))
    file = join(folder, 'instruments.json')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const read = (content: unknown) => {
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    return readUserInstruments(file)
  }

  it('means no instruments where there is none', () => {
    expect(readUserInstruments(file)).toEqual([])
  })

  it('is read into exact ticks and minor units', () => {
    const [dax] = read({ instruments: [DAX] }) as Instrument[]
    expect(dax).toMatchObject({ symbol: 'FDAX', tickUnits: 5, priceDigits: 1, tickValue: 1250, calendar: 'none' })
    expect(dax!.session).toEqual({
      zone: 'Europe/Berlin',
      openMinute: 70,
      closeMinute: 1320,
      opensDayBefore: false,
      weekdays: [1, 2, 3, 4, 5],
    })
    expect(resolveInstrument('FDAXH6', [dax!])).toMatchObject({ symbol: 'FDAXH6', root: 'FDAX' })
  })

  it('say how many full contracts a lot counts as', () => {
    const share = (contracts: string) => read({ instruments: [{ ...DAX, contracts }] })
    expect(share('0.2')).toMatchObject([{ contractMilli: 200 }])
    expect((read({ instruments: [DAX] }) as Instrument[])[0]).not.toHaveProperty('contractMilli')
    for (const wrong of ['0', '0.0001', '1001'])
      expect(share(wrong)).toMatchObject({
        code: 'instrument-file-invalid',
        message: expect.stringContaining('contracts: must be 0.001 to 1000'),
      })
  })

  it('may look like the example in the documentation', () => {
    const page = readFileSync(new URL('../../../docs/instruments.md', import.meta.url), 'utf8')
    const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text!)
    const example = examples.find((text) => text.includes('"instruments"'))!
    expect(read(example)).toMatchObject([{ symbol: 'FDAX', tickValue: 2500, currency: { code: 'EUR' } }])
  })

  const OPTIONS = {
    style: 'european',
    settlement: 'cash',
    tickSize: '0.1',
    lotSize: '5',
    expiries: [
      { cycle: 'weekly', weekdays: ['fri'], week: 'every', withinDays: 35 },
      { cycle: 'monthly', weekdays: ['fri'], week: 3, withinDays: 92 },
    ],
    strikes: [{ below: '10000', step: '25' }, { step: '50' }],
  }

  it('may say how options on an instrument are listed', () => {
    const own = read({ instruments: [{ ...DAX, options: OPTIONS }] }) as Instrument[]
    const found = resolveInstrument('FDAXH6-260116-C-24000', own)
    expect(found).toMatchObject({
      kind: 'option',
      lotSize: '5',
      tickUnits: 1,
      tickValue: 50,
      currency: { code: 'EUR' },
    })
    const choice = chooseExpiry(own[0]!, epochMs(Date.parse('2026-01-12T09:00Z')), { nth: 0 })
    expect(choice).toMatchObject({ date: '2026-01-16', cycle: 'monthly', certain: true })
  })

  it('may change one thing about options that we know, such as the lot', () => {
    const nifty = { ...DAX, symbol: 'NIFTY', kind: 'index', exchange: 'NSE', currency: { code: 'INR', digits: 2 } }
    const session = { zone: 'Asia/Kolkata', open: '09:15', close: '15:30' }
    const entry = {
      ...nifty,
      tickSize: '0.05',
      tickValue: '2.00',
      session,
      calendar: 'nse',
      options: { lotSize: '40' },
    }
    const own = read({ instruments: [entry] }) as Instrument[]
    expect(resolveInstrument('NIFTY24JAN21700CE', own)).toMatchObject({
      lotSize: '40',
      tickValue: 200,
      option: { expiry: '2024-01-25', style: 'european' },
    })
  })

  it.each([
    ['options we do not know, half told', { style: 'european' }, /options\.settlement: must be given.*FDAX/],
    ['a misspelt field of options', { ...OPTIONS, lotsize: '5' }, /options.*lotsize.*did you mean lotSize/],
    ['a lot of nothing', { ...OPTIONS, lotSize: '0' }, /options\.lotSize: must be more than 0/],
    ['a tick worth half a cent', { ...OPTIONS, tickSize: '0.001', lotSize: '5' }, /options\.tickSize: on a lot of 5/],
    ['no strikes', { ...OPTIONS, strikes: [] }, /options\.strikes/],
    ['strikes without an end', { ...OPTIONS, strikes: [{ below: '9', step: '1' }] }, /strikes: must each say "below"/],
    [
      'strikes that fall',
      { ...OPTIONS, strikes: [{ below: '9', step: '1' }, { below: '8', step: '1' }, { step: '1' }] },
      /strikes: must rise/,
    ],
    [
      'two days for a monthly expiry',
      { ...OPTIONS, expiries: [{ cycle: 'monthly', weekdays: ['mon', 'fri'], week: 'last', withinDays: 9 }] },
      /weekdays: must be one day/,
    ],
  ])('is refused with its path and field when it holds %s', (_, options, message) => {
    const refused = read({ instruments: [{ ...DAX, options }] })
    expect(refused).toMatchObject({ code: 'instrument-file-invalid' })
    expect('message' in refused && refused.message).toMatch(message)
  })

  it.each([
    ['no JSON', '{ instruments', /is no JSON/],
    ['an array', [], /the file/],
    [
      'a misspelt field',
      { instruments: [{ ...DAX, ticksize: '1' }] },
      /instruments\.0.*ticksize.*did you mean tickSize/,
    ],
    ['a tick given as a number', { instruments: [{ ...DAX, tickSize: 0.5 }] }, /instruments\.0\.tickSize/],
    ['a tick of zero', { instruments: [{ ...DAX, tickSize: '0.00' }] }, /tickSize: must be more than 0/],
    ['a tick worth half a cent', { instruments: [{ ...DAX, tickValue: '0.005' }] }, /tickValue.*at most 2 decimal/],
    ['a zone that is none', { instruments: [{ ...DAX, session: { ...DAX.session, zone: 'CET+1' } }] }, /zone.*IANA/],
    ['an impossible time', { instruments: [{ ...DAX, session: { ...DAX.session, open: '25:00' } }] }, /open.*25:00/],
    [
      'a session that ends before it begins',
      { instruments: [{ ...DAX, session: { ...DAX.session, close: '01:00' } }] },
      /session\.close: must be later/,
    ],
    ['a symbol with a path in it', { instruments: [{ ...DAX, symbol: '../x' }] }, /instruments\.0\.symbol/],
    ['a symbol twice', { instruments: [DAX, DAX] }, /FDAX twice/],
  ])('is refused with its path and field when it holds %s', (_, content, message) => {
    const refused = read(content)
    expect(refused).toMatchObject({ code: 'instrument-file-invalid' })
    expect('message' in refused && refused.message).toContain(file)
    expect('message' in refused && refused.message).toMatch(message)
  })
})
