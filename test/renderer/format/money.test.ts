import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoney, formatNumber, formatPosition } from '../../../renderer/format/money.ts'

describe('money', () => {
  it.each([
    ['1234567.50', 'USD', '+1,234,567.50 USD', 'gain'],
    ['-12345.6', 'INR', '−12,345.6 INR', 'loss'],
    ['0.00', 'USD', '0.00 USD', 'even'],
    ['-0.00', 'USD', '0.00 USD', 'even'],
    ['999', '', '+999', 'gain'],
    ['0.000001', 'USDT', '+0.000001 USDT', 'gain'],
  ])('%s %s reads %s, a %s', (amount, currency, text, sense) => {
    expect(formatMoney(amount, currency)).toEqual({ text, sense })
  })

  it('keeps every digit', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 8 }), (units, digits) => {
        const text = String(units < 0n ? -units : units).padStart(digits + 1, '0')
        const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
        const shown = formatMoney(`${units < 0n ? '-' : ''}${whole}`, 'USD').text
        expect(shown.replace(/[^\d.]/g, '')).toBe(whole)
      }),
    )
  })
})

describe('a position', () => {
  it.each([
    [3, '+3'],
    [-3, '−3'],
    [0, '0'],
  ])('of %i reads %s', (lots, text) => {
    expect(formatPosition(lots)).toBe(text)
  })
})

describe('numbers in the style somebody chose', () => {
  it.each([
    ['comma', '−1,234,567.80'],
    ['point', '−1.234.567,80'],
    ['space', '−1\u202f234\u202f567,80'],
    ['apostrophe', '−1’234’567.80'],
    ['indian', '−12,34,567.80'],
  ] as const)('%s', (style, text) => {
    expect(formatNumber('-1234567.80', style)).toBe(text)
    expect(formatMoney('-1234567.80', 'EUR', style)).toEqual({ text: `${text} EUR`, sense: 'loss' })
  })

  it('leave small numbers and other text alone', () => {
    expect(formatNumber('999', 'indian')).toBe('999')
    expect(formatNumber('1000', 'indian')).toBe('1,000')
    expect(formatNumber('n/a', 'point')).toBe('n/a')
  })
})
