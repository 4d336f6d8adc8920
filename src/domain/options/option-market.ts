import type { Instrument } from '../instrument/instrument.ts'
import type { OptionTerms } from './option-terms.ts'
import type { EpochMs, Ticks } from '../units/units.ts'

/** An option that is listed: what it is, and how it counts. */
export type ListedOption = Instrument & Readonly<{ kind: 'option'; option: OptionTerms }>

/** Prices of an option, ticks; a side nobody quotes is undefined. */
export type OptionQuote = Readonly<{ bid?: Ticks; ask?: Ticks; markPx: Ticks }>

/**
 * The options an account can trade, and what they cost now. Both calls answer at once, from what is known: whoever
 * supplies the port keeps it fresh.
 */
export interface OptionMarket {
  /** Contracts on an underlying that have not expired by `at`; empty where none are listed. In no particular order. */
  chain(underlying: string, at: EpochMs): readonly ListedOption[]
  /** @returns undefined where nobody has a price of it */
  quote(symbol: string): OptionQuote | undefined
}

export function isListedOption(instrument: Instrument): instrument is ListedOption {
  return instrument.kind === 'option' && instrument.option !== undefined
}
