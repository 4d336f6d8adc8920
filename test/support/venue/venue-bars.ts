import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { findSeries, openMarketDb } from '../../../src/adapters/market-data/market-db.ts'
import { openBarReader } from '../../../src/adapters/market-data/read-bars.ts'
import { formatStoredPrice } from '../../../src/domain/market/price-text.ts'
import type { VenueBar } from './start-venue.ts'

/** The minutes that a home has of a symbol, as a venue can be given them. */
export function venueBars(layout: HomeLayout, symbol: string): VenueBar[] {
  const db = openMarketDb(layout, 'read')
  try {
    const read = openBarReader(db, findSeries(db, symbol, '1m')!.id)
    return read(-1e15, Number.MAX_SAFE_INTEGER, 10_000).map(([time, ...prices]) => {
      const [open, high, low, close] = prices.map(formatStoredPrice)
      return { symbol, time, open: open!, high: high!, low: low!, close: close! }
    })
  } finally {
    db.close()
  }
}
