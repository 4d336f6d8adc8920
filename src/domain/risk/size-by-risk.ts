import { lots, type Lots, type MinorUnits } from '../units/units.ts'

/**
 * Position size that loses a fixed share of equity if the stop is hit.
 *
 * Rounds down, so the loss never exceeds the share asked for.
 *
 * @param equity       account equity, minor units
 * @param riskBps      share of equity to put at risk, basis points (100 = 1 %)
 * @param stopDistance entry to stop, ticks, greater than 0
 * @param tickValue    worth of one tick on one lot, minor units
 * @returns whole lots; 0 when a single lot already risks too much
 * @throws {RangeError} stopDistance is not positive: a bug in the caller, not a market event
 * @see Tharp, "Trade Your Way to Financial Freedom", percent-risk model
 */
export function sizeByRisk(equity: MinorUnits, riskBps: number, stopDistance: number, tickValue: MinorUnits): Lots {
  if (!(stopDistance > 0)) throw new RangeError(`stop distance ${stopDistance} is not positive`)
  if (equity <= 0) return lots(0)
  return lots(Math.floor((equity * riskBps) / 10_000 / (stopDistance * tickValue)))
}
