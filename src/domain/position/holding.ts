import { lots, type Lots, type Ticks } from '../units/units.ts'

/**
 * What is held of one instrument and what it cost, exactly.
 *
 * `quantity` is signed lots. `cost` is the sum of price × signed lots of what is still held, in ticks × lots, so the
 * average price is the exact rational `cost / quantity`, for a short too (both are negative).
 */
export type Holding = Readonly<{ quantity: Lots; cost: number }>

export const EMPTY_HOLDING: Holding = Object.freeze({ quantity: lots(0), cost: 0 })

/** What one execution did to a holding. */
export type HoldingStep = Readonly<{
  after: Holding
  /** Lots of the execution that closed what was held, unsigned. */
  closed: Lots
  /** Lots of the execution that opened or added, unsigned. */
  opened: Lots
  /** Gain on the closed lots against their cost, ticks × lots; negative is a loss. */
  realized: number
}>

/**
 * Average-cost arithmetic in integers.
 *
 * Closing part of a holding releases its share of the cost, rounded half to even to a whole tick × lot; what is left
 * keeps the remainder. From flat to flat the released parts add up to the cost exactly, so nothing is ever lost to
 * rounding.
 *
 * @param signedLots lots bought (positive) or sold (negative), not 0
 * @throws {RangeError} a result beyond 2^53: a bug in the caller, no account is that large
 */
export function changeHolding(before: Holding, signedLots: number, price: Ticks): HoldingStep {
  const held = before.quantity
  const closes = held !== 0 && held > 0 !== signedLots > 0
  const closed = closes ? Math.min(Math.abs(held), Math.abs(signedLots)) : 0
  const opened = Math.abs(signedLots) - closed
  const sign = signedLots > 0 ? 1 : -1
  const released = closed === 0 ? 0 : shareOf(before.cost, closed, Math.abs(held))
  const realized = closed === 0 ? 0 : whole(-sign * price * closed - released)
  const cost = whole(before.cost - released + sign * opened * price)
  return {
    after: { quantity: lots(held + signedLots), cost: cost === 0 ? 0 : cost },
    closed: lots(closed),
    opened: lots(opened),
    realized: realized === 0 ? 0 : realized,
  }
}

/** `total × part / of`, rounded half to even, without leaving the safe integers on the way. */
function shareOf(total: number, part: number, of: number): number {
  if (part === of) return total
  const magnitude = Math.abs(total)
  const each = Math.floor(magnitude / of)
  const rest = whole((magnitude - each * of) * part)
  const more = Math.floor(rest / of)
  const twice = 2 * (rest - more * of)
  let share = whole(each * part) + more
  if (twice > of || (twice === of && share % 2 === 1)) share++
  return total < 0 ? -share : share
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} ticks × lots can't be counted exactly`)
  return value
}
