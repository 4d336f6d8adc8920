import { epochToWall } from '../../domain/calendar/wall-time.ts'
import type { Instrument, OptionTerms } from '../../domain/instrument/instrument.ts'
import { listedContracts } from '../../domain/options/option-chain.ts'
import { optionInstrument } from '../../domain/options/option-instrument.ts'
import { isListedOption, type ListedOption, type OptionMarket } from '../../domain/options/option-market.ts'
import { ticks, type EpochMs } from '../../domain/units/units.ts'
import { spreadAround } from './fill-order.ts'
import { hasExpired } from './expiry.ts'
import type { Market } from './market.ts'
import { reachMarket, type Venue } from './venue.ts'
import { markOf } from './why-no-money.ts'

/** Strikes listed on each side of the money. */
const STRIKES_EACH_SIDE = 25

/**
 * The venue's answers about options: what is listed, around the last price of the underlying, and at which prices its
 * market orders would now be filled.
 */
export function openOptionMarket(venue: () => Venue): OptionMarket {
  const chainOf = rememberingChains()
  return {
    chain(underlying: string, at: EpochMs): readonly ListedOption[] {
      const market = reachMarket(venue(), underlying)
      if (!market?.instrument || market.underlying || Number.isNaN(market.last) || !venue().terms.options) return []
      return chainOf(venue(), market, market.instrument, at)
    },
    quote(symbol: string) {
      const market = reachMarket(venue(), symbol)
      const { terms } = venue()
      if (!market?.underlying || !terms.options || Number.isNaN(market.underlying.last)) return undefined
      if (hasExpired(venue(), market)) return undefined
      const mark = markOf(venue(), market)
      const { bid, ask } = spreadAround(mark, terms.options.spreadTicks)
      // Nobody bids for what is worth nothing.
      return { ...(bid > 0 ? { bid: ticks(bid) } : {}), ask: ticks(ask), markPx: ticks(mark) }
    },
  }
}

/** A chain is asked for again and again between two bars, and changes with the price and the date only. */
function rememberingChains() {
  const contracts = new Map<string, ListedOption>()
  const last = new Map<string, { key: string; chain: readonly ListedOption[] }>()
  return (venue: Venue, market: Market, underlying: Instrument, at: EpochMs): readonly ListedOption[] => {
    const { calendar } = venue.others
    const key = `${market.last} ${at}`
    const known = last.get(market.symbol)
    if (known?.key === key) return known.chain
    const today = epochToWall(at, underlying.session.zone).date
    const extent = { strikesEachSide: STRIKES_EACH_SIDE }
    const terms = listedContracts(underlying, at, ticks(market.last), extent, calendar)
    if ('code' in terms) return []
    for (const [name, { option }] of contracts) if (option.expiry < today) contracts.delete(name)
    const chain = terms.flatMap((one) => {
      const name = nameOf(one)
      const found = contracts.get(name) ?? optionInstrument(one, underlying, calendar)
      if ('code' in found || !isListedOption(found)) return []
      contracts.set(name, found)
      return [found]
    })
    last.set(market.symbol, { key, chain })
    return chain
  }
}

function nameOf({ underlying, expiry, type, strike }: OptionTerms): string {
  return `${underlying} ${expiry} ${type} ${strike}`
}
