import { epochToWall } from '../../domain/calendar/wall-time.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { OptionTerms } from '../../domain/options/option-terms.ts'
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

type Chain = Readonly<{ moment: string; key: string; contracts: readonly ListedOption[] }>

/**
 * A chain is asked for again and again between two bars, and is the same until the strike at the money or the dates
 * change: making hundreds of contracts anew takes longer than an order may.
 */
function rememberingChains() {
  const made = new Map<string, ListedOption>()
  const chains = new Map<string, Chain>()
  return (venue: Venue, { symbol, last }: Market, underlying: Instrument, at: EpochMs): readonly ListedOption[] => {
    const { calendar } = venue.others
    const listed = (strikesEachSide: number) =>
      listedContracts(underlying, at, ticks(last), { strikesEachSide }, calendar)
    const known = chains.get(symbol)
    const moment = `${last} ${at}`
    if (known?.moment === moment) return known.contracts
    const middle = listed(0)
    if ('code' in middle) return []
    const key = middle.map(nameOf).join()
    if (known?.key === key) {
      chains.set(symbol, { ...known, moment })
      return known.contracts
    }
    const terms = listed(STRIKES_EACH_SIDE)
    if ('code' in terms) return []
    const today = epochToWall(at, underlying.session.zone).date
    for (const [name, { option }] of made) if (option.expiry < today) made.delete(name)
    const contracts = terms.flatMap((one) => {
      const name = nameOf(one)
      const found = made.get(name) ?? optionInstrument(one, underlying, calendar)
      if ('code' in found || !isListedOption(found)) return []
      made.set(name, found)
      return [found]
    })
    chains.set(symbol, { moment, key, contracts })
    return contracts
  }
}

function nameOf({ underlying, expiry, type, strike }: OptionTerms): string {
  return `${underlying} ${expiry} ${type} ${strike}`
}
