import type { ClientOrderId } from '../order/order.ts'

export type BrokerFailure =
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number }
  | { readonly kind: 'disconnected' }
  /** `nothingToReduce`: it could only reduce a position, and the venue sees none to reduce. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly nothingToReduce?: boolean }
  | { readonly kind: 'unauthorized' }
  /** The venue does not know the order we asked about or wanted to change. */
  | { readonly kind: 'order-unknown'; readonly clientOrderId: ClientOrderId }
  /** Sent, but no reply came: the order may be live. */
  | { readonly kind: 'unknown-outcome'; readonly clientOrderId: ClientOrderId }
