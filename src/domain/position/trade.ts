import { moveValue, type Instrument } from '../instrument/instrument.ts'
import { divideHalfEven } from '../units/divide-half-even.ts'
import { minorUnits, type EpochMs, type Lots, type MinorUnits } from '../units/units.ts'
import type { RoundTrip } from './position.ts'

/** A closed round trip, flat to flat. Prices are decimal strings, money minor units. */
export type Trade = Readonly<{
  tradeId: string
  symbol: string
  side: 'long' | 'short'
  /** Lots entered, all entries together. */
  quantity: Lots
  entryTime: EpochMs
  entryPrice: string
  exitTime: EpochMs
  exitPrice: string
  gross: MinorUnits
  fees: MinorUnits
  /** gross − fees. */
  net: MinorUnits
  exitReason: string
}>

/** The trade that a completed round trip was. */
export function tradeOf(trip: RoundTrip, instrument: Instrument, exitReason: string): Trade {
  const sign = trip.side === 'long' ? 1 : -1
  const { entryCredit = 0, exitCredit = 0 } = trip
  const gross = minorUnits(moveValue(instrument, sign * (trip.exitSum - trip.entrySum), 1) + entryCredit + exitCredit)
  return {
    tradeId: trip.tradeId,
    symbol: instrument.symbol,
    side: trip.side,
    quantity: trip.entryQty,
    entryTime: trip.entryTime,
    entryPrice: formatBetterPx(instrument, trip.entrySum, trip.entryQty, -sign * entryCredit),
    exitTime: trip.exitTime,
    exitPrice: formatBetterPx(instrument, trip.exitSum, trip.exitQty, sign * exitCredit),
    gross,
    fees: trip.fees,
    net: minorUnits(gross - trip.fees),
    exitReason,
  }
}

/** Places written beyond those of a price when an average needs them. */
const EXTRA_PLACES = 2

/**
 * An average price as a decimal string: as many places as a price of the instrument when that is exact, else up to two
 * more, rounded half to even.
 *
 * @param sum      price × lots, ticks; may be signed together with `quantity`
 * @param quantity lots, not 0
 */
export function formatAveragePx(instrument: Instrument, sum: number, quantity: number): string {
  const scaled = BigInt(sum) * BigInt(instrument.tickUnits) * 10n ** BigInt(EXTRA_PLACES)
  const units = divideHalfEven(quantity < 0 ? -scaled : scaled, BigInt(Math.abs(quantity)))
  const places = instrument.priceDigits + EXTRA_PLACES
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0')
  const fraction = digits.slice(-places)
  const kept = fraction.slice(0, instrument.priceDigits) + fraction.slice(instrument.priceDigits).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -places)}${kept === '' ? '' : `.${kept}`}`
}

/**
 * The same where fills lay between ticks.
 *
 * @param credit minor units that belong to the price: above 0 where it was higher than the ticks say
 */
export function formatBetterPx(instrument: Instrument, sum: number, quantity: number, credit: number): string {
  if (credit === 0) return formatAveragePx(instrument, sum, quantity)
  const { tickValue } = instrument
  return formatAveragePx(instrument, moveValue(instrument, sum, 1) + credit, quantity * tickValue)
}
