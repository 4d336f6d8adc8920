import type { EpochMs, Lots } from '../units/units.ts'
import type { ClientOrderId, NewOrder, Trail, VenueOrderId } from './order.ts'
import type { OrderStatus } from './order-status.ts'

/** An order as the account's state keeps it: what we wanted, and what we know of it. */
export type OrderRecord = Readonly<{
  order: NewOrder
  /** The entry whose bracket this order is a leg of. */
  parent: ClientOrderId | undefined
  /** The order this one takes the place of: it is sent only when that one can no longer fill. */
  replaces?: ClientOrderId
  /** A stop that we move ourselves, at this distance, because the venue does not trail. */
  trail?: Trail
  /** Why we want it ended; durable before the venue is asked to, so that it is asked again after a crash. */
  cancelReason?: string
  status: OrderStatus
  venueOrderId: VenueOrderId | undefined
  cumQty: Lots
  signalId: string
  decisionId: string
  /** What the pool said of the setup this order enters on, 0..1; 0.5 where nothing was asked. */
  confidence: number
  /** Why it exists (exit reason) or ended (rejection text). */
  reason: string
  createdAt: EpochMs
  updatedAt: EpochMs
}>
