import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatStoredPrice,
  NOT_A_NUMBER,
  NOT_POSITIVE,
  readPrice,
  readVolume,
  TOO_LARGE,
  TOO_MANY_DECIMALS,
} from '../../../src/domain/market/price-text.ts'

const price = (text: string) => readPrice(text, 0, text.length)
const volume = (text: string) => readVolume(text, 0, text.length)

describe('a price in a file', () => {
  it.each([
    ['1.1076', 110_760_000],
    ['167.65', 16_765_000_000],
    ['10881.7', 1_088_170_000_000],
    ['0.00000001', 1],
    ['5', 500_000_000],
    ['5.', 500_000_000],
    ['.5', 50_000_000],
    ['+5.25', 525_000_000],
    ['0001.50', 150_000_000],
    ['1.02e2', 10_200_000_000],
    ['1.2E-3', 120_000],
    ['89999999.99999999', 8_999_999_999_999_999],
  ])('reads %s exactly', (text, units) => {
    expect(price(text)).toBe(units)
  })

  it('takes the noise of binary floats for what it is', () => {
    expect(price('1.1076000000000001')).toBe(110_760_000)
    expect(price('171.60999999999999')).toBe(17_161_000_000)
    expect(price(String(0.1 + 0.2))).toBe(30_000_000)
  })

  it('refuses real decimals it could not keep', () => {
    expect(price('1.123456789')).toBe(TOO_MANY_DECIMALS)
    expect(price('0.000000001')).toBe(TOO_MANY_DECIMALS)
    expect(price('1.10760000001')).toBe(TOO_MANY_DECIMALS)
  })

  it.each(['', ' ', '.', '-', 'NaN', 'null', 'Infinity', '1,234.5', '1,5', '$5', '1.2.3', '0x10', '1e', '5 6', '١٢'])(
    'finds no number in %j',
    (text) => {
      expect(price(text)).toBe(NOT_A_NUMBER)
    },
  )

  it('refuses zero, negative and endless prices', () => {
    expect(price('0')).toBe(NOT_POSITIVE)
    expect(price('0.00')).toBe(NOT_POSITIVE)
    expect(price('-0')).toBe(NOT_POSITIVE)
    expect(price('-37.63')).toBe(NOT_POSITIVE)
    expect(price('90071993')).toBe(TOO_LARGE)
    expect(price('1e30')).toBe(TOO_LARGE)
    expect(price('1e999')).toBe(TOO_LARGE)
    expect(price('9'.repeat(60))).toBe(TOO_LARGE)
    expect(price('9'.repeat(100_000))).toBe(NOT_A_NUMBER)
  })

  it('reads back whatever it wrote, to the last digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (units) => {
        expect(price(formatStoredPrice(units))).toBe(units)
      }),
    )
  })

  it('agrees with decimal arithmetic for every form a number can take', () => {
    const parts = fc.record({
      whole: fc.integer({ min: 1, max: 80_000_000 }),
      fraction: fc.integer({ min: 0, max: 99_999_999 }),
      zeros: fc.integer({ min: 0, max: 6 }),
    })
    fc.assert(
      fc.property(parts, ({ whole, fraction, zeros }) => {
        const digits = String(fraction).padStart(8, '0')
        const units = Number(BigInt(whole) * 100_000_000n + BigInt(fraction))
        expect(price(`${whole}.${digits}${'0'.repeat(zeros)}`)).toBe(units)
        expect(price(`${'0'.repeat(zeros)}${whole}${digits}e-8`)).toBe(units)
      }),
    )
  })

  it('reads a float that was printed from a price on a grid as that price', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.constantFrom(2, 4, 5), (units, digits) => {
        const printed = String((units / 10 ** digits) * 3 - (units / 10 ** digits) * 2)
        expect(price(printed)).toBe(units * 10 ** (8 - digits))
      }),
    )
  })

  it('looks only at its own part of the line', () => {
    expect(readPrice('7,1.5,9', 2, 5)).toBe(150_000_000)
    expect(readPrice('7,,9', 2, 2)).toBe(NOT_A_NUMBER)
  })
})

describe('a volume in a file', () => {
  it('is whole, fractional or in exponents', () => {
    expect(volume('205')).toBe(205)
    expect(volume('0')).toBe(0)
    expect(volume('0.0')).toBe(0)
    expect(volume('12.5')).toBe(12.5)
    expect(volume('1.02636e+06')).toBe(1_026_360)
  })

  it.each(['', '-1', 'NaN', 'abc', '1e99', '.', '9'.repeat(20)])('is not %j', (text) => {
    expect(volume(text)).toBe(NOT_A_NUMBER)
  })

  it('has no negative zero', () => {
    expect(Object.is(volume('-0'), 0)).toBe(true)
  })
})
