import type { BrokerCapabilities } from '../../domain/broker/broker.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { signOf } from '../../domain/order/order.ts'
import type { EpochMs, Lots } from '../../domain/units/units.ts'

export type UnsentVerdict =
  | Readonly<{ kind: 'send'; why: string }>
  | Readonly<{ kind: 'abandon'; why: string }>
  /** Nothing is proven yet: ask again later, and make no entries meanwhile. */
  | Readonly<{ kind: 'wait'; why: string }>

/** Shortest time an order must have been looked for before its absence means anything. */
const LEAST_SETTLE_MS = 10_000

/**
 * What to do with an open order of ours that the broker does not know.
 *
 * One that was acknowledged is never sent again, whatever the venue does about duplicates: part of it may have filled.
 * An `intent` was certainly never sent, so it may be sent if it still makes sense. Anything later may be at the venue
 * and invisible: once it has been looked for longer than the venue may hide it, it is sent again under the same id where
 * the venue refuses duplicates for good, and written off elsewhere, for there a second one could not be told from the
 * first.
 *
 * @param seen.position     signed lots held now
 * @param seen.staleAfterMs age at which an entry no longer belongs to its signal
 */
export function judgeUnsent(
  record: OrderRecord,
  seen: Readonly<{ capabilities: BrokerCapabilities; now: EpochMs; position: Lots; staleAfterMs: number }>,
): UnsentVerdict {
  const age = seen.now - record.createdAt
  const { dedupesClientOrderId: dedupes } = seen.capabilities
  if (record.status === 'acknowledged' || record.status === 'partially-filled')
    return { kind: 'wait', why: `the broker acknowledged it and does not know it any more` }
  if (record.status !== 'intent') {
    // Counted from the last time it was sent: an earlier absence proves nothing about that.
    const looked = seen.now - record.updatedAt
    const settle = dedupes
      ? settleWindowMs(seen.capabilities)
      : Math.max(settleWindowMs(seen.capabilities), LEAST_SETTLE_MS)
    if (looked < settle)
      return { kind: 'wait', why: `the broker may not show it yet (${looked} of ${settle} ms, ${record.status})` }
    if (!dedupes) return { kind: 'abandon', why: `the broker has not shown it for ${looked} ms; it is not sent again` }
  }
  const useless = outlived(record, seen.position, age, seen.staleAfterMs)
  if (useless) return { kind: 'abandon', why: useless }
  return { kind: 'send', why: record.status === 'intent' ? 'written down but never sent' : 'the broker never got it' }
}

/** How long an order must have been looked for before its absence means anything, ms. */
export function settleWindowMs({ visibilityLagMs }: Pick<BrokerCapabilities, 'visibilityLagMs'>): number {
  return visibilityLagMs === 0 ? 0 : Math.max(3 * visibilityLagMs, LEAST_SETTLE_MS)
}

function outlived(record: OrderRecord, position: Lots, age: number, staleAfterMs: number): string | undefined {
  const { purpose, side, quantity } = record.order
  if (purpose === 'entry') return age >= staleAfterMs ? `its signal is ${age} ms old` : undefined
  if (position === 0) return 'the position it protects or closes is gone'
  if (signOf(side) === Math.sign(position)) return 'it would enlarge the position'
  if (purpose === 'exit' && quantity > Math.abs(position)) return 'it is larger than the position'
  return undefined
}
