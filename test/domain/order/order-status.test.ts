import { describe, expect, it } from 'vitest'
import { isOpen, mayFollow, NEXT_STATUS, type OrderStatus } from '../../../src/domain/order/order-status.ts'

const ALL = Object.keys(NEXT_STATUS) as OrderStatus[]

describe('the life of an order', () => {
  it('begins as an intent that can only be sent or abandoned', () => {
    expect(ALL.filter((to) => mayFollow('intent', to))).toEqual(['sent', 'abandoned'])
    expect(ALL.filter((from) => mayFollow(from, 'intent'))).toEqual([])
  })

  it('leaves a full fill for good, and a rejection for a fill only', () => {
    expect(NEXT_STATUS.filled).toEqual([])
    expect(NEXT_STATUS.rejected).toEqual(['partially-filled', 'filled'])
  })

  it('takes a fill that the venue matched while our cancel was on the wire', () => {
    expect(mayFollow('canceled', 'filled')).toBe(true)
    expect(mayFollow('expired', 'partially-filled')).toBe(true)
  })

  it('never forgets an unknown order: everything the venue may say can follow', () => {
    for (const told of ['acknowledged', 'partially-filled', 'filled', 'canceled', 'rejected', 'expired'] as const)
      expect(mayFollow('unknown', told)).toBe(true)
  })

  it('counts as open exactly while it may still fill', () => {
    expect(ALL.filter(isOpen).sort()).toEqual(['acknowledged', 'intent', 'partially-filled', 'sent', 'unknown'])
  })
})
