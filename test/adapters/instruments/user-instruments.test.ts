import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readUserInstruments } from '../../../src/adapters/instruments/user-instruments.ts'
import { resolveInstrument } from '../../../src/domain/instrument/catalogue.ts'
import type { Instrument } from '../../../src/domain/instrument/instrument.ts'

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

  it('may look like the example in the documentation', () => {
    const page = readFileSync(new URL('../../../docs/instruments.md', import.meta.url), 'utf8')
    const example = /```json\n([\s\S]*?)```/.exec(page)![1]!
    expect(read(example)).toMatchObject([{ symbol: 'FDAX', tickValue: 2500, currency: { code: 'EUR' } }])
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
