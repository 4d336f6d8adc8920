import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveClientOrderId, type OrderIdentity } from '../../../src/engine/order-entry/derive-client-order-id.ts'

const sha256Hex = (text: string) => createHash('sha256').update(text).digest('hex')
const identity: OrderIdentity = { accountId: 'a', strategyId: 's', signalId: 'x:1', leg: 'entry', attempt: 1 }

const anyIdentity: fc.Arbitrary<OrderIdentity> = fc.record({
  accountId: fc.string(),
  strategyId: fc.string(),
  signalId: fc.string(),
  leg: fc.constantFrom('entry', 'stop', 'target', 'exit'),
  attempt: fc.integer({ min: 1, max: 9 }),
})

describe('a client order id', () => {
  it('is the same for the same signal, whoever derives it and when', () => {
    expect(deriveClientOrderId(sha256Hex, identity)).toBe(deriveClientOrderId(sha256Hex, { ...identity }))
  })

  it('fits every broker: 26 letters and digits', () => {
    fc.assert(fc.property(anyIdentity, (any) => /^[a-z2-7]{26}$/.test(deriveClientOrderId(sha256Hex, any))))
  })

  it('differs as soon as any part differs', () => {
    fc.assert(
      fc.property(anyIdentity, anyIdentity, (one, other) => {
        const same = JSON.stringify(Object.values(one)) === JSON.stringify(Object.values(other))
        return (deriveClientOrderId(sha256Hex, one) === deriveClientOrderId(sha256Hex, other)) === same
      }),
    )
  })
})
