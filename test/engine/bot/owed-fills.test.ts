import { describe, expect, it } from 'vitest'
import { clientOrderId } from '../../../src/domain/order/order.ts'
import { openOwedFills } from '../../../src/engine/bot/owed-fills.ts'

const ID = clientOrderId('a')

describe('fills that are owed', () => {
  it('are those that the broker counted and has not told, from the moment of the count', () => {
    const owed = openOwedFills(new Map())
    expect(owed.some).toBe(false)
    owed.counted(ID, 2, 1_000)
    expect([owed.some, owed.since]).toEqual([true, 1_000])
    owed.booked(ID, 1, 1_500)
    expect([owed.some, owed.since]).toEqual([true, 1_000])
    owed.booked(ID, 1, 2_000)
    expect([owed.some, owed.since]).toEqual([false, undefined])
  })

  it('may be told before they are counted, also by an earlier process', () => {
    const owed = openOwedFills(new Map([[ID, -1]]))
    expect(owed.some).toBe(false)
    owed.counted(ID, 1, 1_000)
    expect(owed.some).toBe(false)
  })

  it('of an earlier process are asked for at once', () =>
    expect(openOwedFills(new Map([[ID, 1]])).since).toBe(Number.NEGATIVE_INFINITY))
})
