/** Where an order is in its life (FIX 39, plus what we know before the venue does). */
export type OrderStatus =
  /** Written down, not sent. */
  | 'intent'
  /** Sending began; no answer yet. */
  | 'sent'
  | 'acknowledged'
  | 'partially-filled'
  | 'filled'
  | 'canceled'
  | 'rejected'
  | 'expired'
  /** Sent, the answer was lost: it may be live. Only the broker can tell. */
  | 'unknown'
  /** Proven not to be at the venue, or written off by a person. */
  | 'abandoned'

/** Every status an order may move to from each status. A move that is not here is a bug or a lie. */
export const NEXT_STATUS = {
  intent: ['sent', 'abandoned'],
  // A crash may hide everything between send and now, so the first thing we learn can be any venue state.
  sent: ['acknowledged', 'partially-filled', 'filled', 'canceled', 'rejected', 'expired', 'unknown', 'abandoned'],
  unknown: ['sent', 'acknowledged', 'partially-filled', 'filled', 'canceled', 'rejected', 'expired', 'abandoned'],
  // Abandoned by a person only: a venue that once had it does not forget it by itself.
  acknowledged: ['partially-filled', 'filled', 'canceled', 'rejected', 'expired', 'unknown', 'abandoned'],
  // Some venues call the rest rejected of an order that they can't fill on with.
  'partially-filled': ['partially-filled', 'filled', 'canceled', 'rejected', 'expired', 'unknown', 'abandoned'],
  filled: [],
  // The venue may match an order while our cancel is on the wire, and report the fill last.
  canceled: ['partially-filled', 'filled'],
  // What was called rejected for want of a better answer may have been taken all the same: a fill is the truth.
  rejected: ['partially-filled', 'filled'],
  expired: ['partially-filled', 'filled'],
  abandoned: ['acknowledged', 'partially-filled', 'filled', 'canceled', 'rejected', 'expired'],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>

export function mayFollow(from: OrderStatus, to: OrderStatus): boolean {
  return (NEXT_STATUS[from] as readonly OrderStatus[]).includes(to)
}

/** Statuses in which the order may still be filled at the venue. */
export const OPEN_STATUSES = [
  'intent',
  'sent',
  'unknown',
  'acknowledged',
  'partially-filled',
] as const satisfies readonly OrderStatus[]

export function isOpen(status: OrderStatus): boolean {
  return (OPEN_STATUSES as readonly OrderStatus[]).includes(status)
}
