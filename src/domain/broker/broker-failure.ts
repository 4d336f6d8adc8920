import type { ClientOrderId } from '../order/order.ts'

export type BrokerFailure =
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'unauthorized' }
  /** The venue does not know the order we asked about or wanted to change. */
  | { readonly kind: 'order-unknown'; readonly clientOrderId: ClientOrderId }
  /** Sent, but no reply came: the order may be live. */
  | { readonly kind: 'unknown-outcome'; readonly clientOrderId: ClientOrderId }

/** What the bot does about each failure. A new kind does not compile until it has an answer here. */
export const RECOVERY = {
  'rate-limited': 'retry',
  disconnected: 'retry',
  rejected: 'report',
  unauthorized: 'stop-bot',
  'order-unknown': 'reconcile',
  'unknown-outcome': 'reconcile', // never resend: that is how one order becomes two
} as const satisfies Record<BrokerFailure['kind'], 'retry' | 'report' | 'reconcile' | 'stop-bot'>
