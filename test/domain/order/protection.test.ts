import { describe, expect, it } from 'vitest'
import { shrinksDue, type ProtectiveUnit } from '../../../src/domain/order/protection.ts'
import { clientOrderId, type OrderPurpose } from '../../../src/domain/order/order.ts'
import type { OrderRecord } from '../../../src/domain/order/order-record.ts'
import { epochMs, lots, ticks } from '../../../src/domain/units/units.ts'

const OURS = { bracket: false, oco: true } as const

function working(id: string, purpose: OrderPurpose, quantity: number): OrderRecord {
  return {
    order: {
      ...{ clientOrderId: clientOrderId(id), symbol: 'MES', side: 'sell', quantity: lots(quantity), purpose },
      ...{ type: { kind: 'limit', limitPx: ticks(100) }, timeInForce: 'gtc' },
    },
    ...{ parent: clientOrderId('entry'), status: 'acknowledged', venueOrderId: undefined, cumQty: lots(0) },
    ...{ signalId: 's', decisionId: 'd', confidence: 0.5, reason: '', createdAt: epochMs(0), updatedAt: epochMs(0) },
  }
}
const unit = (...orders: OrderRecord[]): ProtectiveUnit => ({
  orders,
  cover: Math.max(...orders.map(({ order }) => order.quantity)),
})

describe('protective orders that cover more than is held', () => {
  it('give way target first: a stop that is cut would only be placed again', () => {
    const units = [
      unit(working('stop 3', 'stop', 3), working('target 4', 'target', 4)),
      unit(working('stop 1', 'stop', 1)),
    ]
    expect(shrinksDue(units, 4, OURS)).toEqual([{ id: 'target 4', quantity: 3, why: 'the position is smaller' }])
  })

  it('give way newest first where no target stands out', () => {
    const units = [unit(working('old', 'stop', 3)), unit(working('new', 'stop', 2))]
    expect(shrinksDue(units, 4, OURS)).toEqual([{ id: 'new', quantity: 1, why: 'the position is smaller' }])
    expect(shrinksDue(units, 0, OURS).map(({ id, quantity }) => [id, quantity])).toEqual([
      ['new', 0],
      ['old', 0],
    ])
  })

  it('stay as they are where they fit', () =>
    expect(shrinksDue([unit(working('stop', 'stop', 2), working('target', 'target', 2))], 2, OURS)).toEqual([]))
})
