import type { BrokerCapabilities } from '../../domain/broker/broker.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { signOf } from '../../domain/order/order.ts'
import { ASKED_FOR } from '../../domain/order/protection.ts'
import type { EpochMs, Lots } from '../../domain/units/units.ts'

export type UnsentVerdict =
  | Readonly<{ kind: 'send'; why: string }>
  | Readonly<{ kind: 'abandon'; why: string }>
  /** Nothing is proven, and time alone proves nothing more: a person must say that it is not there. */
  | Readonly<{ kind: 'ask' }>
  /**
   * Nothing is proven yet: ask again later, and make no entries meanwhile. `isForgotten`: the broker had
   * it; whether it has ended is judged by what else the broker shows.
   */
  | Readonly<{ kind: 'wait'; why: string; isForgotten?: true }>

/** Shortest time an order must have been looked for before its absence means anything. */
const LEAST_SETTLE_MS = 10_000

/**
 * What to do with an open order of ours that the broker does not know.
 *
 * One that was acknowledged is never sent again, whatever the venue does about duplicates: part of it may have filled.
 * What has become of it is judged by what else the broker shows (judge-forgotten.ts).
 * An `intent` was certainly never sent, nor was what this process has seen not to leave, so it may be sent if it still
 * makes sense. Anything later may be at the venue and invisible: once it has been looked for longer than the venue may
 * hide it, it is sent again under the same id where the venue refuses duplicates for good. Elsewhere a second one could
 * not be told from the first: an entry then counts as live until a person says otherwise, and what closes or protects is
 * written off, so that another can take its place, for a position left open or without its stop would be worse.
 *
 * @param seen.now          market time, as the order's own times are
 * @param seen.missedMs     wall time since this process first found it missing: how fast bars come says nothing of that
 * @param seen.position     signed lots held now
 * @param seen.staleAfterMs age at which an entry no longer belongs to its signal
 * @param seen.neverLeft    no attempt to send it has reached the broker
 */
export function judgeUnsent(
  record: OrderRecord,
  seen: Readonly<{
    capabilities: BrokerCapabilities
    now: EpochMs
    missedMs: number
    position: Lots
    staleAfterMs: number
    neverLeft?: boolean
  }>,
): UnsentVerdict {
  const age = seen.now - record.createdAt
  const { dedupesClientOrderId: dedupes } = seen.capabilities
  if (wasTaken(record)) return { kind: 'wait', why: FORGOTTEN, ...tooEarly(record, seen), isForgotten: true }
  if (record.status !== 'intent' && !seen.neverLeft) {
    const early = tooEarly(record, seen)
    if (early) return early
    if (!dedupes) return record.order.purpose === 'entry' ? { kind: 'ask' } : { kind: 'abandon', why: NOT_SHOWN }
  }
  const useless = outlived(record, seen.position, age, seen.staleAfterMs)
  if (useless) return { kind: 'abandon', why: useless }
  const isNew = record.status === 'intent' || seen.neverLeft
  return { kind: 'send', why: isNew ? 'written down but never sent' : 'the broker never got it' }
}

/** The same of an order that was to be canceled: it is never sent again. */
export function judgeUnwanted(
  record: OrderRecord,
  seen: Readonly<{ capabilities: BrokerCapabilities; missedMs: number; neverLeft?: boolean }>,
): UnsentVerdict {
  if (record.status === 'intent' || seen.neverLeft)
    return { kind: 'abandon', why: 'it was canceled before it was sent' }
  const early = tooEarly(record, { ...seen, capabilities: { ...seen.capabilities, dedupesClientOrderId: false } })
  if (early) return wasTaken(record) ? { ...early, isForgotten: true } : early
  // The word of whoever asked ends it; a cancel of our own does not prove that it was never there.
  if (record.cancelReason === ASKED_FOR) return { kind: 'abandon', why: NOT_SHOWN }
  if (wasTaken(record)) return { kind: 'wait', why: FORGOTTEN, isForgotten: true }
  if (record.order.purpose === 'entry' && !seen.capabilities.dedupesClientOrderId) return { kind: 'ask' }
  return { kind: 'abandon', why: NOT_SHOWN }
}

const FORGOTTEN = 'the broker acknowledged it and does not know it any more'

/** The broker had it. */
export function wasTaken({ status }: OrderRecord): boolean {
  return status === 'acknowledged' || status === 'partially-filled'
}

const NOT_SHOWN = 'the broker has not shown it for longer than it may take; it is not sent again'

function tooEarly(
  { status }: OrderRecord,
  { capabilities, missedMs }: Readonly<{ capabilities: BrokerCapabilities; missedMs: number }>,
): Extract<UnsentVerdict, { kind: 'wait' }> | undefined {
  const settle = settleWindowMs(capabilities)
  if (missedMs >= settle) return undefined
  return { kind: 'wait', why: `the broker may not show it yet (${missedMs} of ${settle} ms, ${status})` }
}

/** How long an order must have been looked for before its absence means anything, ms. */
export function settleWindowMs({
  visibilityLagMs,
  dedupesClientOrderId,
}: Pick<BrokerCapabilities, 'visibilityLagMs' | 'dedupesClientOrderId'>): number {
  return visibilityLagMs === 0 && dedupesClientOrderId ? 0 : Math.max(3 * visibilityLagMs, LEAST_SETTLE_MS)
}

function outlived(record: OrderRecord, position: Lots, age: number, staleAfterMs: number): string | undefined {
  const { purpose, side, quantity } = record.order
  if (purpose === 'entry') return age >= staleAfterMs ? `its signal is ${age} ms old` : undefined
  if (position === 0) return 'the position it protects or closes is gone'
  if (signOf(side) === Math.sign(position)) return 'it would enlarge the position'
  if (purpose === 'exit' && quantity > Math.abs(position)) return 'it is larger than the position'
  return undefined
}
