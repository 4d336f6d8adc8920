import { isLimited, isOpenAtVenue, waitsForStop } from './order-state.ts'
import type { Market } from './market.ts'
import type { Tape } from './tape.ts'

/** Forgets orders that ended and works out anew at which prices the others could fill. */
export function settleMarket(market: Market): void {
  market.orders = market.orders.filter(isOpenAtVenue)
  const { underlying } = market
  if (underlying) {
    const wanted = market.orders.length > 0 || market.holding.quantity !== 0
    const listed = underlying.options.includes(market)
    // In an order that does not depend on when the books were opened: fills are numbered in it.
    if (wanted && !listed) underlying.options = [...underlying.options, market].toSorted(bySymbol)
    if (!wanted && listed) underlying.options = underlying.options.filter((option) => option !== market)
    setWakeLevels(underlying)
  }
  market.combos = market.combos.filter(({ legs }) => legs.every(({ order }) => isOpenAtVenue(order)))
  setWakeLevels(market)
}

/** Settles every market that something happened in, and what their options are on. */
export function settleTouched(tape: Tape): void {
  for (const market of tape.markets) settleMarket(market)
  for (const market of tape.markets) if (market.underlying) settleMarket(market.underlying)
}

function bySymbol(one: Market, other: Market): number {
  return one.symbol < other.symbol ? -1 : 1
}

function setWakeLevels(market: Market): void {
  // Options move with every bar, and so do combos of them.
  const alwaysAwake = market.options.length > 0 || market.combos.length > 0
  let below = alwaysAwake ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  let above = Number.POSITIVE_INFINITY
  for (const order of market.orders) {
    if (order.held || order.combo !== undefined) continue
    const waits = waitsForStop(order)
    const trails = waits && order.kind === 'trailing-stop'
    if ((!waits && !isLimited(order)) || (trails && order.bestPx === undefined)) {
      below = Number.POSITIVE_INFINITY
      continue
    }
    const price = waits ? order.stopPx : order.limitPx
    // A stop waits on the far side of the market, a limit on the near one; what trails also wakes at a better price.
    if ((order.side === 'buy') === waits) above = Math.min(above, price)
    else below = Math.max(below, price)
    if (!trails || order.bestPx === undefined) continue
    if (order.side === 'buy') below = Math.max(below, order.bestPx - 1)
    else above = Math.min(above, order.bestPx + 1)
  }
  market.wakeBelow = below
  market.wakeAbove = above
}
