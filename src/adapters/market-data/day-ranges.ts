import type { HomeLayout } from '../home/layout.ts'
import { isInstrument, resolveInstrument } from '../../domain/instrument/catalogue.ts'
import type { DayRange } from '../../domain/pool/judge-contribution.ts'
import { storedTick } from '../../domain/market/stored-bar.ts'
import { listSeries, openMarketDb } from './market-db.ts'

export interface DayRanges {
  /**
   * Highest minus lowest price of a product around a UTC day, ticks: of the month that moved most, where there are several.
   *
   * @param symbol as the pool names it: the product, or a symbol itself
   * @returns undefined where that day is not known from its beginning to its end
   */
  rangeOf(symbol: string, day: string): DayRange | undefined
  close(): void
}

const DAY_MS = 86_400_000
/** A trade that ended on a day may have begun in the evening before. */
const BEFORE_MS = DAY_MS / 2
const REMEMBERED = 5_000

/** Ranges from the bars of a home's `market.db`. @throws {Refused} as openMarketDb */
export function openDayRanges(layout: HomeLayout): DayRanges {
  const db = openMarketDb(layout, 'read')
  const read = db.sql.prepare<[number, number, number], { high: number | null; low: number | null }>(
    'SELECT max(high) AS high, min(low) AS low FROM bars WHERE series = ? AND time >= ? AND time < ?',
  )
  const known = new Map<string, DayRange>()

  function measured(symbol: string, day: string): DayRange | undefined {
    const from = Date.parse(day)
    const ranges = listSeries(db).flatMap((series) => {
      const instrument = resolveInstrument(series.symbol)
      if (!isInstrument(instrument) || (instrument.root !== symbol && series.symbol !== symbol)) return []
      // Half a day would make honest trades look impossible: there must be bars before it and after it.
      if (series.from === null || series.to === null || series.from > from || series.to < from + DAY_MS) return []
      const { high, low } = read.get(series.id, from - BEFORE_MS, from + DAY_MS)!
      return high === null || low === null ? [] : [(high - low) / storedTick(instrument)]
    })
    return ranges.length > 0 ? Math.max(...ranges) : undefined
  }

  return {
    rangeOf(symbol, day) {
      const name = `${symbol} ${day}`
      const remembered = known.get(name)
      if (remembered !== undefined) return remembered
      const range = measured(symbol, day)
      if (known.size >= REMEMBERED) known.clear()
      // What is not known may be imported any time.
      if (range !== undefined) known.set(name, range)
      return range
    },
    close: () => db.close(),
  }
}
