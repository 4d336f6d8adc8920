import type { BrokerCapabilities, OrderReport } from '../../domain/broker/broker.ts'
import type { ClientOrderId } from '../../domain/order/order.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import { settleWindowMs } from './judge-unsent.ts'

/** What the broker shows, and the books have, while an order that it acknowledged is unknown to it. */
export type Surroundings = Readonly<{
  /** Every order that the broker works. */
  working: readonly OrderReport[]
  isOurs: (id: ClientOrderId) => boolean
  /** Signed lots of the symbol here and at the broker; what it does not list counts as 0 there. */
  held: number
  theirs: number
  /** Lots of the symbol that it has counted as filled and not told. */
  owedLots: number
  /** Orders of the same purpose that it has forgotten since the position was opened. */
  forgottenBefore: number
}>

export type ForgottenVerdict =
  /** Nothing speaks for it: it ended without a fill, if that stays so. */
  | Readonly<{ kind: 'gone' }>
  /** It may live on, or have filled: a person must say. */
  | Readonly<{ kind: 'doubt'; why: string }>

/**
 * Whether what else the broker shows bears out that an order which it acknowledged, and does not know any more, has ended
 * without a fill.
 *
 * The answer "no such order" alone proves nothing: a bridge that has lost its names works the order on under another. An
 * entry is never given up so: what it fills later nobody would expect.
 */
export function judgeForgotten({ order, venueOrderId }: OrderRecord, seen: Surroundings): ForgottenVerdict {
  const { symbol, side, purpose } = order
  if (purpose === 'entry') return doubt('an entry that fills after it was given up opens what nobody wants any more')
  const other = seen.working.find(
    (one) =>
      one.clientOrderId === order.clientOrderId ||
      one.venueOrderId === venueOrderId ||
      (one.symbol === symbol && one.side === side && !seen.isOurs(one.clientOrderId)),
  )
  if (other) return doubt(`the broker works an order to ${side} ${symbol} (${other.venueOrderId}) that may be this one`)
  if (seen.owedLots > 0) return doubt(`the broker has filled orders in ${symbol} and not told the fills yet`)
  if (seen.theirs !== seen.held) return doubt(`the broker holds another position in ${symbol} than these books`)
  if (seen.held !== 0 && seen.forgottenBefore > 0)
    return doubt(`it has forgotten another ${purpose} of this position before, and what it says is not worth much`)
  return { kind: 'gone' }
}

function doubt(why: string): ForgottenVerdict {
  return { kind: 'doubt', why }
}

/**
 * How long nothing may have spoken for a forgotten order before it has ended, ms. Never none, whatever the broker promises:
 * it has just shown that it keeps no promise.
 */
export function forgottenWindowMs({ visibilityLagMs }: Pick<BrokerCapabilities, 'visibilityLagMs'>): number {
  return settleWindowMs({ visibilityLagMs, dedupesClientOrderId: false })
}
