import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spanText } from '../../../renderer/format/span.ts'
import { sumMoney } from '../../../renderer/format/sum-money.ts'

describe('a sum of money', () => {
  it.each([
    [['0.10', '0.20'], '0.30'],
    [['-1.005', '1'], '-0.005'],
    [['9007199254740993', '0.01'], '9007199254740993.01'],
    [['1', 'nonsense'], '1'],
    [[], '0'],
  ])('of %j is %s', (amounts, sum) => expect(sumMoney(amounts)).toBe(sum))

  it('is that of its minor units, whatever they are', () =>
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })), (minors) => {
        const text = (minor: bigint) => {
          const digits = String(minor < 0n ? -minor : minor).padStart(3, '0')
          return `${minor < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
        }
        const sum = minors.reduce((all, minor) => all + minor, 0n)
        expect(sumMoney(minors.map(text))).toBe(minors.length === 0 ? '0' : text(sum))
      }),
    ))
})

describe('a span of time', () => {
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 m'],
    [3_599_999, '59 m'],
    [7_500_000, '2 h 5 m'],
    [3 * 86_400_000 + 4 * 3_600_000, '3 d 4 h'],
  ])('of %d ms reads %s', (ms, text) => expect(spanText(ms)).toBe(text))
})
