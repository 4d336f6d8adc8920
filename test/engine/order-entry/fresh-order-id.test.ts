import { describe, expect, it } from 'vitest'
import { firstFreeAttempt } from '../../../src/engine/order-entry/fresh-order-id.ts'

describe('the first attempt that has no order yet', () => {
  it('is the one after the last, whatever the number of those before', () => {
    for (const first of [1, 2])
      for (let last = first - 1; last < 70; last++)
        expect(firstFreeAttempt(first, (attempt) => attempt >= first && attempt <= last)).toBe(last + 1)
  })

  it('is found among the refused exits of a weekend without looking at each', () => {
    let looks = 0
    const attempt = firstFreeAttempt(1, (known) => {
      looks++
      return known <= 40_000
    })
    expect([attempt, looks < 40]).toEqual([40_001, true])
  })

  it('is never one that has an order, also where others are missing', () => {
    const taken = new Set([1, 2, 3, 5, 6, 9])
    expect(taken.has(firstFreeAttempt(1, (attempt) => taken.has(attempt)))).toBe(false)
  })
})
