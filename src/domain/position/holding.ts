import { lots, type Lots, type Ticks } from '../units/units.ts'

/**
 * What is held of one instrument and what it cost, exactly.
 *
 * `quantity` is signed lots. `cost` is the sum of price × signed lots of what is still held, in ticks × lots, so the
 * average price is the exact rational `cost / quantity`, for a short too (both are negative).
 *
 * `credit` is the money by which its fills were better than the ticks in `cost`, minor units; absent where there is none.
 */
export type Holding = Readonly<{ quantity: Lots; cost: number; credit?: number }>

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
  /** The execution's own credit as it falls to the lots it closed and to those it opened, minor units. */
  credit: Readonly<{ closed: number; opened: number }>
  /** Credit that the closed lots have earned, the held ones' share and the execution's, minor units. */
  earned: number
}>

/**
 * Average-cost arithmetic in integers.
 *
 * Closing part of a holding releases its share of the cost, rounded half to even to a whole tick × lot; what is left
 * keeps the remainder; credit is released in the same way. From flat to flat the released parts add up to the whole
 * exactly, so nothing is ever lost to rounding.
 *
 * @param signedLots lots bought (positive) or sold (negative), not 0
 * @param credit     minor units by which the execution was better than `price`
 * @throws {RangeError} a result beyond 2^53: a bug in the caller, no account is that large
 */
export function changeHolding(before: Holding, signedLots: number, price: Ticks, credit = 0): HoldingStep {
  const held = before.quantity
  const closes = held !== 0 && held > 0 !== signedLots > 0
  const closed = closes ? Math.min(Math.abs(held), Math.abs(signedLots)) : 0
  const opened = Math.abs(signedLots) - closed
  const sign = signedLots > 0 ? 1 : -1
  const released = closed === 0 ? 0 : shareOf(before.cost, closed, Math.abs(held))
  const realized = closed === 0 ? 0 : whole(-sign * price * closed - released)
  const cost = whole(before.cost - released + sign * opened * price)
  const kept = before.credit ?? 0
  const leaving = closed === 0 ? 0 : shareOf(kept, closed, Math.abs(held))
  const closedCredit = closed === 0 ? 0 : shareOf(credit, closed, Math.abs(signedLots))
  const left = whole(kept - leaving + credit - closedCredit)
  return {
    after: {
      quantity: lots(held + signedLots),
      cost: cost === 0 ? 0 : cost,
      ...(left === 0 ? {} : { credit: left }),
    },
    closed: lots(closed),
    opened: lots(opened),
    realized: realized === 0 ? 0 : realized,
    credit: { closed: closedCredit, opened: credit - closedCredit },
    earned: leaving + closedCredit,
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
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} can't be counted exactly`)
  return value
}
