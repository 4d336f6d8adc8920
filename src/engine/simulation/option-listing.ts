import type { Instrument } from '../../domain/instrument/instrument.ts'
import { isListedOption, type ListedOption, type OptionMarket } from '../../domain/options/option-market.ts'
import { ticks, type EpochMs, type Ticks } from '../../domain/units/units.ts'
import { spreadAround } from './fill-order.ts'
import { expiresAt } from './option-bar.ts'
import { reachMarket, type Venue } from './venue.ts'
import { markOf } from './why-no-money.ts'

/**
 * The contracts listed on an underlying at a moment, expired ones aside.
 *
 * @param spot last price of the underlying, which strikes are listed around
 */
export type OptionListing = (underlying: Instrument, at: EpochMs, spot: Ticks) => readonly Instrument[]

/** The venue's answers about options: what is listed, and at which prices its market orders would now be filled. */
export function openOptionMarket(venue: () => Venue, listing: OptionListing | undefined): OptionMarket {
  return {
    chain(underlying: string, at: EpochMs): readonly ListedOption[] {
      const market = reachMarket(venue(), underlying)
      if (!market?.instrument || market.underlying || Number.isNaN(market.last)) return []
      if (!listing || !venue().terms.options) return []
      const { calendar } = venue().others
      return listing(market.instrument, at, ticks(market.last))
        .filter(isListedOption)
        .filter((option) => expiresAt(option, calendar) > at)
    },
    quote(symbol: string) {
      const market = reachMarket(venue(), symbol)
      const { terms } = venue()
      if (!market?.underlying || !terms.options || Number.isNaN(market.underlying.last)) return undefined
      const mark = markOf(venue(), market)
      const { bid, ask } = spreadAround(mark, terms.options.spreadTicks)
      // Nobody bids for what is worth nothing.
      return { ...(bid > 0 ? { bid: ticks(bid) } : {}), ask: ticks(ask), markPx: ticks(mark) }
    },
  }
}
