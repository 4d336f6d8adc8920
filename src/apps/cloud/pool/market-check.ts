import { homeLayout } from '../../../adapters/home/layout.ts'
import { openDayRanges } from '../../../adapters/market-data/day-ranges.ts'
import type { DayRange } from '../../../domain/pool/judge-contribution.ts'
import type { Gauge } from '../cloud-metrics.ts'

/** What contributions are held against: how far each market went on its days. */
export type MarketCheck = Readonly<{
  /** Highest minus lowest price of a product around a UTC day, ticks; undefined where the server has no bars of it. */
  rangeOf: (symbol: string, day: string) => DayRange | undefined
  /** Whether there is market data at all. */
  hasData: boolean
  gauges: () => readonly Gauge[]
  close: () => void
}>

/**
 * @param marketHome home of a Slipway whose imported bars tell it; undefined: nothing is known of any market
 * @throws {Refused} its bars can't be read
 */
export function openMarketCheck(marketHome: string | undefined): MarketCheck {
  const ranges = marketHome === undefined ? undefined : openDayRanges(homeLayout(marketHome))
  const counts = { known: 0, unknown: 0 }
  return {
    hasData: ranges !== undefined,
    rangeOf(symbol, day) {
      const range = ranges?.rangeOf(symbol, day)
      counts[range === undefined ? 'unknown' : 'known']++
      return range
    },
    gauges: () => [
      {
        ...{ name: 'slipway_pool_market_data', value: Number(ranges !== undefined) },
        help: '1 where contributions are held against market data.',
      },
      {
        ...{ name: 'slipway_pool_market_known_total', value: counts.known, kind: 'counter' },
        help: 'Contributions whose market is known on their day.',
      },
      {
        ...{ name: 'slipway_pool_market_unknown_total', value: counts.unknown, kind: 'counter' },
        help: 'Contributions that could be held against nothing: no bars of their market on their day.',
      },
    ],
    close: () => ranges?.close(),
  }
}
