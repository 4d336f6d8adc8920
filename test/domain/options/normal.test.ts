import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalCdf, normalPdf, scaledTail } from '../../../src/domain/options/normal.ts'

describe('the cumulative normal distribution', () => {
  // Computed with 60 digits from the series of the error function.
  it.each([
    [0, 0.5],
    [-0.5, 0.3085375387259869],
    [-0.67, 0.2514288950953101],
    [-0.68, 0.24825223045357048],
    [-1, 0.15865525393145705],
    [1, 0.8413447460685429],
    [-3, 0.0013498980316300946],
    [-5.6, 1.071759025831093e-8],
    [-5.7, 5.990371401063528e-9],
    [5, 0.9999997133484281],
    [-10, 7.619853024160525e-24],
    [-20, 2.7536241186062337e-89],
    [-37, 5.725571222524577e-300],
  ])('is right to the last digits at %d', (x, exact) => {
    expect(Math.abs(normalCdf(x) / exact - 1)).toBeLessThan(1e-15 * Math.max(1, Math.abs(x)))
  })

  it('reaches 0 and 1, at infinity at the latest', () => {
    expect([normalCdf(-40), normalCdf(40), normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1, 0, 1])
  })

  it('is symmetric, and grows', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (x) => {
        expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 15)
        expect(normalCdf(x + 0.01)).toBeGreaterThanOrEqual(normalCdf(x))
      }),
    )
  })

  it('has the density as its slope', () => {
    for (let x = -6; x <= 6; x += 0.25) {
      const slope = (normalCdf(x + 1e-5) - normalCdf(x - 1e-5)) / 2e-5
      expect(slope).toBeCloseTo(normalPdf(x), 9)
    }
  })

  it('tells thin tails apart when their steep factor is left out', () => {
    for (const y of [-3, 0, 0.5, 3, 10, 30]) {
      const exact = normalCdf(-y) * Math.exp((y * y) / 2)
      expect(scaledTail(y) / exact).toBeCloseTo(1, 12)
    }
    expect(scaledTail(1_000)).toBeCloseTo(1 / (1_000 * Math.sqrt(2 * Math.PI)), 8)
  })
})
