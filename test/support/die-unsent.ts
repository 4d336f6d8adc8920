import type { OrderPurpose } from '../../src/domain/order/order.ts'
import type { OrderRecord } from '../../src/domain/order/order-record.ts'
import type { TradeRig } from './trade-rig.ts'

/** The power goes when the next order of this purpose is about to leave: it stays written down, and no byte of it is sent. */
export function dieUnsent({ store }: TradeRig, purpose: OrderPurpose): void {
  const updateOrder = store.updateOrder.bind(store)
  Object.assign(store, {
    updateOrder: (record: OrderRecord, note: string) => {
      if (record.status === 'sent' && record.order.purpose === purpose) throw new Error('power lost')
      updateOrder(record, note)
    },
  })
}
