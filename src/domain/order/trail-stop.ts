import { ticks, type Ticks } from '../units/units.ts'
import { signOf, type Side, type Trail } from './order.ts'

/**
 * Where a trailing stop stands below (above, for a buy) the best price.
 *
 * A percentage is rounded away from the best price to a whole tick, so the distance is never less than asked for.
 *
 * @param side of the stop order: a sell trails below the highest price, a buy above the lowest
 */
export function trailedStop(side: Side, best: Ticks, trail: Trail): Ticks {
  const distance = trail.by === 'amount' ? trail.ticks : Math.ceil((Math.abs(best) * trail.bps) / 10_000)
  return ticks(best + signOf(side) * Math.max(1, distance))
}

/** True where a stop at `next` gives back less than one at `now`: a trailing stop never goes back. */
export function isBetterStop(side: Side, now: Ticks, next: Ticks): boolean {
  return side === 'sell' ? next > now : next < now
}
