import type { Instrument } from '../instrument/instrument.ts'
import { ticks, type EpochMs, type Ticks } from '../units/units.ts'
import { PRICE_DIGITS } from './price-text.ts'

/** A bar as market.db keeps it: prices in units of 10^-8, so that it does not depend on an instrument's tick size. */
export type StoredBar = { time: EpochMs; open: number; high: number; low: number; close: number; volume: number }

/** Size of one tick in units of 10^-8; fractional where an instrument counts finer than that. */
export function storedTick(instrument: Instrument): number {
  const shift = PRICE_DIGITS - instrument.priceDigits
  return shift >= 0 ? instrument.tickUnits * 10 ** shift : instrument.tickUnits / 10 ** -shift
}

/**
 * The tick nearest to a stored price, at least one.
 *
 * Rounding is monotone: a price that is not lower never gets fewer ticks, so high ≥ low holds after it.
 *
 * @param tick size of one tick, units of 10^-8 (`storedTick`)
 */
export function storedToTicks(price: number, tick: number): Ticks {
  return ticks(Math.max(1, Math.round(price / tick)))
}
