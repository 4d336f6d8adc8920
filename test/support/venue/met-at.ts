import type { BookOrder } from './books.ts'
import { instrumentOf, VenueRefusal, type OrderInput } from './order-input.ts'

/**
 * The price at which an order meets a market that traded between `low` and `high`; one price where they are the same.
 * A stop that is reached stays elected. A trailing stop without a level takes its first from these prices.
 *
 * @param slippage ticks that market and stop orders lose
 * @returns undefined when it does not
 */
export function metAt(order: BookOrder, low: number, high: number, slippage: number): number | undefined {
  const buys = order.side === 'buy'
  const slip = buys ? slippage : -slippage
  const isOnePrice = low === high
  if (isStop(order) && !order.elected) {
    if (order.stop === undefined) {
      follow(order, low, high)
      return undefined
    }
    if (buys ? high < order.stop : low > order.stop) return undefined
    order.elected = true
    // A gap opens beyond the level; inside a bar the level itself trades.
    if (order.type !== 'stop-limit') return (isOnePrice ? low : order.stop) + slip
  }
  if (order.limit === undefined) return isOnePrice ? low + slip : undefined
  if (buys ? low > order.limit : high < order.limit) return undefined
  return isOnePrice ? low : order.limit
}

export function isStop({ type }: BookOrder): boolean {
  return type === 'stop' || type === 'stop-limit' || type === 'trailing-stop'
}

/** Moves a trailing stop after the best price; it never goes back. */
export function follow(order: BookOrder, low: number, high: number): void {
  const sells = order.side === 'sell'
  const seen = sells ? high : low
  order.best = order.best === undefined ? seen : sells ? Math.max(order.best, seen) : Math.min(order.best, seen)
  const distance = order.trailAmount ?? Math.ceil(((order.trailBps ?? 0) * order.best) / 10_000)
  order.stop = order.best + (sells ? -distance : distance)
}

/** What one unit of a combo costs at the last prices, minor units. @throws {VenueRefusal} a leg has no price yet */
export function netOf(legs: readonly OrderInput[], last: ReadonlyMap<string, number>): number {
  let net = 0
  for (const { symbol, side, quantity } of legs) {
    const price = last.get(symbol)
    if (price === undefined) throw new VenueRefusal('no-market', `${symbol} has no price yet`)
    net += (side === 'buy' ? 1 : -1) * quantity * price * instrumentOf(symbol).tickValue
  }
  return net
}
