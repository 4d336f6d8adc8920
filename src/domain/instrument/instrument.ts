import type { OptionRules } from '../options/option-rules.ts'
import type { OptionTerms } from '../options/option-terms.ts'
import { formatDecimal } from '../units/decimal.ts'
import { minorUnits, ticks, type MinorUnits, type Ticks } from '../units/units.ts'

/** A currency and the number of decimal places its minor unit has (USD 2, INR 2, USDT 6). */
export type Currency = Readonly<{ code: string; digits: number }>

export type InstrumentKind = 'future' | 'equity' | 'index' | 'perpetual' | 'option'

/** Trading hours of a session, wall time in the instrument's zone; a session that opens the evening before has `opensDayBefore`. */
export type SessionHours = Readonly<{
  /** IANA zone, e.g. America/Chicago. */
  zone: string
  /** Minutes after local midnight. */
  openMinute: number
  closeMinute: number
  /** True where the session of a trade date opens on the evening of the day before (CME). */
  opensDayBefore: boolean
  /** Trade dates, 0 = Sunday … 6 = Saturday. */
  weekdays: readonly number[]
  /** Hours that replaced the ones above, from their first trade date on; oldest first. */
  changes?: readonly HoursChange[]
}>

/** New opening hours from a trade date (YYYY-MM-DD) on, minutes after local midnight. */
export type HoursChange = Readonly<{ from: string; openMinute: number; closeMinute: number }>

/** Which holiday facts apply. `none` is a market without holidays. */
export type CalendarId = 'nyse' | 'cme-equity' | 'cme-other' | 'nse' | 'none'

/**
 * What is traded and how it counts.
 *
 * A price is `ticks × tickUnits × 10^-priceDigits`; one tick on one lot is worth `tickValue` minor units.
 */
export type Instrument = Readonly<{
  symbol: string
  /** The product a futures month belongs to (6EH4 → 6E); the symbol itself elsewhere. */
  root: string
  name: string
  kind: InstrumentKind
  exchange: string
  currency: Currency
  tickUnits: number
  priceDigits: number
  tickValue: MinorUnits
  /** Units of the underlying in one lot, as a decimal string (125000 EUR, 100 oz, 0.001 BTC). */
  lotSize: string
  /**
   * What one lot counts as in limits that add up contracts of all instruments, thousandths of a full contract: 100 for a
   * micro. Left out: see `contractShareOf`.
   */
  contractMilli?: number
  session: SessionHours
  calendar: CalendarId
  /** Only of an option. */
  option?: OptionTerms
  /** How options on it are listed, where the user describes them; ours are in options/. */
  options?: OptionRules
}>

/** Tick size as a float, for indicators and display only. */
export function tickSize(instrument: Instrument): number {
  return instrument.tickUnits / 10 ** instrument.priceDigits
}

/** The nearest tick to a price given as a float (market data enters here, nothing else). */
export function priceToTicks(instrument: Instrument, price: number): Ticks {
  return ticks(Math.round((price * 10 ** instrument.priceDigits) / instrument.tickUnits))
}

/** A price as an exact decimal string. */
export function formatPrice(instrument: Instrument, price: Ticks): string {
  return formatDecimal(price * instrument.tickUnits, instrument.priceDigits)
}

/** Money as an exact decimal string, without the currency. */
export function formatMoney(currency: Currency, amount: MinorUnits): string {
  return formatDecimal(amount, currency.digits)
}

/** Worth of a price move on a position, minor units. */
export function moveValue(instrument: Instrument, move: number, quantity: number): MinorUnits {
  return minorUnits(move * quantity * instrument.tickValue)
}
