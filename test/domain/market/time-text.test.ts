import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOrderIn, readTime, type DateOrder } from '../../../src/domain/market/time-text.ts'

function read(text: string, order: DateOrder = 'unknown') {
  const into = { ms: 0, absolute: false, dateOnly: false }
  return readTime(text, order, into) ? into : undefined
}
const at = (iso: string) => Date.parse(`${iso}Z`)

describe('a time in a file', () => {
  it.each([
    '2024-01-02 09:30:00',
    '2024-01-02T09:30:00',
    '2024-01-02 09:30',
    '2024-01-02 09:30:00.000',
    '2024-01-02  9:30',
    '2024/01/02 09:30',
    '2024.01.02 09:30',
    '2024.01.02,09:30:00',
    '2024-1-2 9:30',
    '20240102 093000',
    '20240102 0930',
    '20240102 09:30',
    '20240102 09:30:00',
    '20240102T093000',
    '20240102093000',
    '202401020930',
    '2024-01-02 093000',
    '2024-01-02 09:30 AM',
    '2024-01-02 9:30:00 am',
    '02-Jan-2024 09:30',
    '2 January 2024 09:30',
    'Jan 2, 2024 09:30',
  ])('is wall time without a zone: %s', (text) => {
    expect(read(text)).toEqual({ ms: at('2024-01-02T09:30:00'), absolute: false, dateOnly: false })
  })

  it.each([
    '2024-01-02T09:30:00Z',
    '2024-01-02 09:30Z',
    '2024-01-02T09:30:00.000Z',
    '2024-01-02 09:30:00 UTC',
    '2024-01-02 04:30:00-05:00',
    '2024-01-02T15:00:00+0530',
    '2024-01-02T15:00:00+05:30',
    '2024.01.02 10:30:00.000 GMT+0100',
    '20240102T093000Z',
    '1704187800',
    '1704187800.0',
    '1704187800000',
    '1704187800000000',
    '1704187800000000000',
  ])('says itself which instant it is: %s', (text) => {
    expect(read(text)).toEqual({ ms: at('2024-01-02T09:30:00'), absolute: true, dateOnly: false })
  })

  it.each(['2024-01-02', '20240102', '2024/1/2', '02-Jan-2024'])('may be a date alone: %s', (text) => {
    expect(read(text)).toEqual({ ms: at('2024-01-02T00:00:00'), absolute: false, dateOnly: true })
  })

  it('tells noon from midnight', () => {
    expect(read('2024-01-02 12:00 AM')?.ms).toBe(at('2024-01-02T00:00:00'))
    expect(read('2024-01-02 12:30 PM')?.ms).toBe(at('2024-01-02T12:30:00'))
    expect(read('2024-01-02 13:00 PM')).toBeUndefined()
  })

  it.each([
    '',
    'yesterday',
    '2024-13-01 09:30',
    '2023-02-29 09:30',
    '2024-01-02 24:00',
    '2024-01-02 09:60',
    '2024-01-02 09:30:60',
    '1850-01-02 09:30',
    '02-01-24 09:30',
    '2024-01-02 09:30:00 EST',
    '2024-01-02 09:30:00 nonsense',
    '2024-01-02 09',
    '45293.395833',
    '12345',
    '34200000',
    '20241301 093000',
    '1.7041878e+09',
    '-1704187800',
    '2024-01-02T09:30:0O',
    '2O24-01-02 09:30:00',
  ])('is not %j', (text) => {
    expect(read(text)).toBeUndefined()
  })

  it('with an epoch finer than a millisecond starts no bar', () => {
    expect(read('1704187800000000001')).toBeUndefined()
    expect(read('1704187800.0005')).toBeUndefined()
  })

  it('reads day and month only in a known order, or where one of them can be no month', () => {
    expect(read('01/02/2024 09:30')).toBeUndefined()
    expect(read('01/02/2024 09:30', 'mdy')?.ms).toBe(at('2024-01-02T09:30:00'))
    expect(read('01/02/2024 09:30', 'dmy')?.ms).toBe(at('2024-02-01T09:30:00'))
    expect(read('01/31/2024 09:30')?.ms).toBe(at('2024-01-31T09:30:00'))
    expect(read('31/01/2024 09:30')?.ms).toBe(at('2024-01-31T09:30:00'))
    expect(read('31/01/2024 09:30', 'mdy')).toBeUndefined()
    expect(read('03/03/2024 09:30')?.ms).toBe(at('2024-03-03T09:30:00'))
    expect(read('02.01.2024 00:00:00.000 GMT+0100', 'dmy')?.ms).toBe(at('2024-01-01T23:00:00'))
  })

  it('says what a date tells of the order', () => {
    expect(dateOrderIn('13/04/2024')).toBe('dmy')
    expect(dateOrderIn('04/13/2024 09:30')).toBe('mdy')
    expect(dateOrderIn('04-05-2024')).toBe('either')
    expect(dateOrderIn('04/04/2024')).toBeUndefined()
    expect(dateOrderIn('2024-04-05')).toBeUndefined()
  })

  it('keeps what is finer than a millisecond, so that it is seen to be off every grid', () => {
    expect((read('2024-01-02 09:30:00.0005')?.ms ?? 0) % 1).not.toBe(0)
  })

  it('is the same in every spelling', () => {
    // Before September 2001 milliseconds have twelve digits, which read as a date and a time of day.
    const seconds = fc.integer({ min: 1_000_000_000, max: 7_258_118_399 })
    fc.assert(
      fc.property(seconds, (second) => {
        const iso = new Date(second * 1000).toISOString()
        const [date = '', clock = ''] = iso.slice(0, 19).split('T')
        const compact = date.replaceAll('-', '')
        const spellings = [
          `${date} ${clock}`,
          `${date}T${clock}`,
          iso,
          `${date} ${clock}+00:00`,
          `${compact} ${clock.replaceAll(':', '')}`,
          `${compact}${clock.replaceAll(':', '')}`,
          `${compact} ${clock}`,
          `${date.replaceAll('-', '.')} ${clock}`,
          String(second),
          `${second}000`,
          `${second}000000`,
          `${second}000000000`,
        ]
        for (const text of spellings) expect(read(text)?.ms, text).toBe(second * 1000)
      }),
    )
  })

  it('never throws and never reads what Date would not', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const found = read(text, 'dmy')
        if (found) expect(Number.isNaN(new Date(found.ms).getTime())).toBe(false)
      }),
    )
  })
})
