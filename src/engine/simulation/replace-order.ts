import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import type { OrderChange, OrderType } from '../../domain/order/order.ts'
import { epochMs, lots, ticks } from '../../domain/units/units.ts'
import { marketTime, type Market, type WorkingOrder } from './market.ts'
import { areSiblings, reportOf, tidy, waitsForStop } from './order-state.ts'
import { trailedStop } from './trail-stop.ts'
import type { Venue } from './venue.ts'
import type { Tape } from './tape.ts'
import { settleTouched } from './wake.ts'
import { whyNoMoney } from './why-no-money.ts'
import { isPositive, whyBadTrail, whyWrongWayRound } from './why-rejected.ts'

/**
 * Changes a working order in place; it works like that from the next bar on. An order whose quantity becomes what it
 * has filled already is filled.
 *
 * @returns why the change was refused, and then nothing changed; undefined when it was made
 */
export function replaceWorking(
  venue: Venue,
  market: Market,
  tape: Tape,
  order: WorkingOrder,
  change: OrderChange,
): string | undefined {
  const refused = whyNotChanged(venue, market, order, change)
  if (refused !== undefined) return refused
  order.quantity = change.quantity ?? order.quantity
  order.limitPx = change.limitPx ?? order.limitPx
  order.stopPx = change.stopPx ?? order.stopPx
  if (change.trail) {
    order.trail = change.trail
    if (order.bestPx !== undefined) order.stopPx = trailedStop(order.side, change.trail, order.bestPx)
  }
  order.at = epochMs(Math.max(order.at, marketTime(market)))
  tape.touched.add(order)
  tape.markets.add(market)
  if (change.quantity !== undefined && order.quantity === order.cumQty) {
    order.status = 'filled'
    tape.reports.push({ order: reportOf(order) })
    tidy(market, tape, undefined)
  }
  settleTouched(tape)
  return undefined
}

function whyNotChanged(
  venue: Venue,
  market: Market,
  order: WorkingOrder,
  { quantity, limitPx, stopPx, trail }: OrderChange,
): string | undefined {
  const { kind } = order
  if (order.combo !== undefined) return 'a leg of a combo cannot be changed alone'
  if (quantity === undefined && limitPx === undefined && stopPx === undefined && !trail) return 'nothing to change'
  for (const price of [limitPx, stopPx])
    if (price !== undefined && !isPositive(price)) return `${price} ticks is no price`
  if (limitPx !== undefined && kind !== 'limit' && kind !== 'stop-limit') return `a ${kind} order has no limit price`
  if (stopPx !== undefined && kind !== 'stop' && kind !== 'stop-limit')
    return `a ${kind} order has no stop price to set`
  if (trail && kind !== 'trailing-stop') return `a ${kind} order does not trail`
  if ((stopPx !== undefined || trail) && !waitsForStop(order)) return 'its stop has been reached'
  if (quantity !== undefined) {
    if (order.parent !== undefined) return 'a leg of a bracket has the size of what its entry filled'
    if (!isPositive(quantity)) return `${quantity} lots can't be traded`
    if (quantity < order.cumQty) return `${order.cumQty} lots have filled already`
  }
  return (
    (trail && whyBadTrail(trail)) ??
    whyNoLongerFits(market, order, limitPx ?? order.limitPx, stopPx ?? order.stopPx) ??
    whyTooDear(venue, market, order, quantity, limitPx)
  )
}

/** Stop and target around an entry, or of a pair, keep their sides. */
function whyNoLongerFits(market: Market, order: WorkingOrder, limitPx: number, stopPx: number): string | undefined {
  const at = { ...order, limitPx, stopPx }
  const rows = market.orders.map((one) => (one === order ? at : one))
  const entry = rows.find((one) => one.clientOrderId === (order.parent ?? order.clientOrderId))
  const legs = rows.filter(({ parent }) => parent !== undefined && parent === entry?.clientOrderId)
  const pair = legs.length > 0 ? legs : [at, ...rows.filter((one) => one !== at && areSiblings(order, one))]
  const stop = pair.find((one) => one.kind === 'stop' || one.kind === 'stop-limit')
  const target = pair.find(({ kind }) => kind === 'limit')
  if (!stop || !target || stop.purpose === 'entry' || stop.side !== target.side) return undefined
  const entryPx = legs.length > 0 && entry && entry.cumQty === 0 ? priceOf(entry) : undefined
  return whyWrongWayRound(stop.side === 'sell' ? 'buy' : 'sell', entryPx, stop.stopPx, target.limitPx)
}

function priceOf({ kind, limitPx, stopPx }: PaperOrder): number | undefined {
  if (kind === 'limit') return limitPx
  return kind === 'stop' || kind === 'stop-limit' ? stopPx : undefined
}

/** An entry that grows, or pays more, is looked at like a new one. */
function whyTooDear(
  venue: Venue,
  market: Market,
  order: WorkingOrder,
  quantity: number | undefined,
  limitPx: number | undefined,
): string | undefined {
  if (order.purpose !== 'entry' || ((quantity ?? 0) <= order.quantity && limitPx === undefined)) return undefined
  const left = (quantity ?? order.quantity) - order.cumQty
  const px = limitPx ?? (order.limitPx || undefined)
  const type: OrderType = px === undefined ? { kind: 'market' } : { kind: 'limit', limitPx: ticks(px) }
  return whyNoMoney(venue, [{ market, side: order.side, quantity: lots(left), type }], new Set([order]))
}
