import type { PaperOrder } from '../../domain/broker/paper-books.ts'
import type { Trail } from '../../domain/order/order.ts'

/**
 * Where a trailing stop stands when `best` is the best price it has seen, ticks: below it for a sell, above it for a
 * buy, at the distance asked for, rounded away from the price to a whole tick, one at least.
 */
export function trailedStop(side: PaperOrder['side'], trail: Trail, best: number): number {
  const distance = trail.by === 'amount' ? trail.ticks : Math.max(1, Math.ceil((Math.abs(best) * trail.bps) / 10_000))
  return side === 'sell' ? best - distance : best + distance
}

/**
 * Lets a trailing stop see a price. It follows a better one and never goes back.
 *
 * @returns true when the order changed
 */
export function followPrice(order: PaperOrder, px: number): boolean {
  const { side, trail, bestPx } = order
  if (!trail || (bestPx !== undefined && (side === 'sell' ? px <= bestPx : px >= bestPx))) return false
  const level = trailedStop(side, trail, px)
  if (bestPx === undefined) order.stopPx = level
  else order.stopPx = side === 'sell' ? Math.max(order.stopPx, level) : Math.min(order.stopPx, level)
  order.bestPx = px
  return true
}
