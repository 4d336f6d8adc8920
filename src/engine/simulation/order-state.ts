import type { OrderReport } from '../../domain/broker/broker.ts'
import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { venueOrderId, type OrderType } from '../../domain/order/order.ts'
import { lots, ticks } from '../../domain/units/units.ts'
import { clockOf, marketTime, type Market, type WorkingOrder } from './market.ts'
import type { Tape } from './tape.ts'

export function isOpenAtVenue(order: PaperOrder): boolean {
  return order.status === 'acknowledged' || order.status === 'partially-filled'
}

/** False for a bar that had ended when the order was sent: at its end its prices were known. */
export function wasSentBefore({ at }: PaperOrder, bar: Bar): boolean {
  // The epoch is the time of an order that came before any bar.
  return at < bar.time || at === 0
}

/** Its stop price has not been reached yet. */
export function waitsForStop(order: PaperOrder): boolean {
  return !order.elected && (order.kind === 'stop' || order.kind === 'stop-limit' || order.kind === 'trailing-stop')
}

/** Its price may not be worse than its limit. */
export function isLimited(order: PaperOrder): boolean {
  return order.kind === 'limit' || order.kind === 'stop-limit'
}

/** True where what one of two orders fills must be taken off the other: legs of one bracket, or a pair. */
export function areSiblings(one: PaperOrder, other: PaperOrder): boolean {
  if (one === other) return false
  if (one.parent !== undefined && one.parent === other.parent) return true
  return one.oco === other.clientOrderId || other.oco === one.clientOrderId
}

/** An order as the venue reports it; a held leg has 0 lots until its entry fills. */
export function reportOf(order: PaperOrder): OrderReport {
  const leaves = isOpenAtVenue(order) ? order.quantity - order.cumQty : 0
  const type = typeOf(order)
  return {
    clientOrderId: order.clientOrderId,
    venueOrderId: venueOrderId(`V${order.seq}`),
    symbol: order.symbol,
    side: order.side,
    quantity: lots(order.quantity),
    purpose: order.purpose,
    ...(type === undefined ? {} : { type }),
    status: order.status,
    cumQty: lots(order.cumQty),
    leavesQty: lots(leaves),
    ...(order.parent === undefined ? {} : { parent: order.parent }),
    ...(order.reason === '' ? {} : { reason: order.reason }),
    at: order.at,
  }
}

/** @returns undefined for a trailing stop that was refused for its trail */
function typeOf({ kind, stopPx, limitPx, trail }: PaperOrder): OrderType | undefined {
  switch (kind) {
    case 'market':
      return { kind }
    case 'limit':
      return { kind, limitPx: ticks(limitPx) }
    case 'stop':
      return { kind, stopPx: ticks(stopPx) }
    case 'stop-limit':
      return { kind, stopPx: ticks(stopPx), limitPx: ticks(limitPx) }
    case 'trailing-stop':
      return trail && { kind, trail }
  }
}

/**
 * Ends an order without a fill, and with it the legs that were waiting for an entry that will now never fill, or the
 * other legs of its combo.
 */
export function endOrder(
  market: Market,
  tape: Tape,
  order: PaperOrder,
  status: 'canceled' | 'expired',
  reason: string,
): void {
  if (!isOpenAtVenue(order)) return
  order.status = status
  order.reason = reason
  order.at = marketTime(market)
  tape.touched.add(order)
  tape.markets.add(market)
  tape.reports.push({ order: reportOf(order) })
  if (order.combo !== undefined) {
    const combo = comboOf(market, order)
    for (const leg of combo?.legs ?? []) endOrder(leg.market, tape, leg.order, status, reason)
  }
  if (order.parent !== undefined) return
  for (const leg of market.orders)
    if (leg.parent === order.clientOrderId && leg.held)
      endOrder(market, tape, leg, 'canceled', 'its entry ended unfilled')
}

function comboOf(market: Market, order: PaperOrder) {
  return clockOf(market).combos.find(({ id }) => id === order.combo)
}

/**
 * Cancels what has lost its purpose: the rest of an entry whose position was closed, and orders that could only enlarge
 * the position. Legs of an entry that still works wait for it.
 */
export function tidy(market: Market, tape: Tape, cause: WorkingOrder | undefined): void {
  const held = market.holding.quantity
  if (held === 0 && cause !== undefined)
    for (const order of market.orders)
      if (order !== cause && order.purpose === 'entry' && order.cumQty > 0)
        endOrder(market, tape, order, 'canceled', 'its position was closed')
  for (const order of market.orders) {
    if (order.purpose === 'entry' || order.held || !isOpenAtVenue(order)) continue
    if (held * (order.side === 'buy' ? 1 : -1) < 0) continue
    const entry = order.parent === undefined ? undefined : market.orders.find((o) => o.clientOrderId === order.parent)
    if (entry && isOpenAtVenue(entry)) continue
    endOrder(market, tape, order, 'canceled', held === 0 ? 'the position was closed' : 'there is nothing to reduce')
  }
}
