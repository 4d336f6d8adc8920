import type {
  ChartBarRow,
  ChartBarsAnswer,
  ChartFill,
  ChartLevel,
  ChartMarksAnswer,
} from '../../src/contracts/launcher/charts.ts'

/** What stands about a chart beside its bars. */
export type ChartAbout = Omit<ChartBarsAnswer, 'bars' | 'sessions' | 'older' | 'gap'>

/** Bars of one symbol in one timeframe, and what the account did there. Replaced, never changed. */
export type PriceSeries = Readonly<{
  about: ChartAbout
  /** Oldest first. */
  bars: readonly ChartBarRow[]
  sessions: ChartBarsAnswer['sessions']
  /** There are bars before the first one. */
  older: boolean
  fills: readonly ChartFill[]
  levels: readonly ChartLevel[]
  /** Marks older than the ones here were left out. */
  partial: boolean
}>

/** Bars kept while they grow; older ones are read again when somebody looks for them. */
export const MOST_KEPT = 6_000

const NO_MARKS = { fills: [], levels: [], partial: false }

export function seriesOf(answer: ChartBarsAnswer): PriceSeries {
  const { bars, sessions, older, gap: _, ...about } = answer
  return { about, bars, sessions, older, ...NO_MARKS }
}

/** The series with what came since: its last bar as it is now, and those after it. */
export function withNewer(series: PriceSeries, answer: ChartBarsAnswer): PriceSeries {
  const { bars, sessions, older, gap, ...about } = answer
  const [first] = bars
  if (!first) return { ...series, about }
  // Too much has come to join on: the newest bars are a series of their own.
  if (gap) return { ...series, about, bars, sessions, older }
  const before = series.bars.filter(([time]) => time < first[0])
  const joined = [...before, ...bars]
  const kept = joined.slice(-MOST_KEPT)
  return {
    ...series,
    about,
    bars: kept,
    sessions: joinedSessions(series.sessions, sessions),
    older: series.older || kept.length < joined.length,
  }
}

/** The series with bars from before its first. */
export function withOlder(series: PriceSeries, answer: ChartBarsAnswer): PriceSeries {
  const [first] = series.bars
  const before = answer.bars.filter(([time]) => first === undefined || time < first[0])
  return {
    ...series,
    bars: [...before, ...series.bars],
    sessions: joinedSessions(answer.sessions, series.sessions),
    older: answer.older,
  }
}

/** The series with marks: those of the same fill or order take the place of older ones. */
export function withMarks(series: PriceSeries, { fills, levels, partial }: ChartMarksAnswer): PriceSeries {
  if (fills.length === 0 && levels.length === 0) return partial === series.partial ? series : { ...series, partial }
  return {
    ...series,
    fills: merged(series.fills, fills, ({ fillId }) => fillId).sort((a, b) => a.at - b.at),
    levels: merged(series.levels, levels, ({ clientOrderId }) => clientOrderId),
    partial: series.partial || partial,
  }
}

/** Index of the bar that a moment falls into: the last that starts no later; -1 before the first. */
export function barIndexAt(bars: readonly ChartBarRow[], at: number): number {
  let low = 0
  let high = bars.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (bars[middle]![0] <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Date of the session that a bar is, where bars are sessions: they may begin the evening before. */
export function sessionDateAt({ about, sessions }: PriceSeries, at: number): string | undefined {
  return about.timeframe === '1d' ? sessions.find(({ open }) => open === at)?.date : undefined
}

/** A price in ticks as a number to draw; figures that are read use exact text. */
export function drawnPrice(ticks: number, { tickUnits, priceDigits }: ChartAbout): number {
  return (ticks * tickUnits) / 10 ** priceDigits
}

/** A price in ticks as text; fractions of a tick are rounded to the digits of the instrument. */
export function priceText(ticks: number, about: ChartAbout): string {
  return drawnPrice(ticks, about).toFixed(about.priceDigits)
}

function merged<T>(before: readonly T[], now: readonly T[], keyOf: (one: T) => string): T[] {
  return [...new Map([...before, ...now].map((one) => [keyOf(one), one])).values()]
}

function joinedSessions(a: PriceSeries['sessions'], b: PriceSeries['sessions']): PriceSeries['sessions'] {
  return [...new Map([...a, ...b].map((one) => [one.open, one])).values()].sort((x, y) => x.open - y.open)
}
