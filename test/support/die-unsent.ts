import type { ClientOrderId, OrderPurpose } from '../../src/domain/order/order.ts'
import type { OrderRecord } from '../../src/domain/order/order-record.ts'
import type { TradeRig } from './trade-rig.ts'

/**
 * The power goes when the next order of this purpose is about to leave: it stays written down, and no byte of it is sent.
 *
 * An order is marked as sent together with others, in a write of its own, or where it is written down: not the last here.
 */
export function dieUnsent({ store }: TradeRig, purpose: OrderPurpose): void {
  const before: Record<string, unknown> = { ...store }
  const last = (name: string, ...parameters: unknown[]) =>
    (before[name] as (...all: unknown[]) => unknown)(...parameters)
  const dieBefore = (record: OrderRecord | undefined) => {
    if (record?.order.purpose === purpose) throw new Error('power lost')
  }
  Object.assign(store, {
    updateOrder: (record: OrderRecord, note: string) => {
      if (record.status === 'sent') dieBefore(record)
      last('updateOrder', record, note)
    },
    // What is marked in the statement that writes it was never only written.
    insertOrderedCall: () => false,
    markSent: (id: ClientOrderId, at: unknown) => {
      dieBefore(store.order(id))
      last('markSent', id, at)
    },
  })
}
