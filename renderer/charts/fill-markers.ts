import type { SeriesMarker, Time, UTCTimestamp } from 'lightweight-charts'
import type { ChartFill } from '../../src/contracts/launcher/charts.ts'
import type { ChartColors } from './chart-colors.ts'
import { barIndexAt, priceText, type PriceSeries } from './price-series.ts'

/** Fills of one order in one bar. */
export type FillMark = Readonly<{
  bar: number
  side: ChartFill['side']
  purpose: ChartFill['purpose']
  quantity: number
  /** Average price, ticks. */
  price: number
  reason: string
}>

/** What is marked on a chart, oldest first: fills of one order in one bar are one mark. */
export function fillMarks({ bars, fills }: Pick<PriceSeries, 'bars' | 'fills'>): readonly FillMark[] {
  const marks = new Map<string, FillMark>()
  for (const { at, side, purpose, quantity, price, reason, clientOrderId } of fills) {
    const bar = barIndexAt(bars, at)
    if (bar < 0) continue
    const key = `${bar} ${clientOrderId}`
    const before = marks.get(key)
    const all = (before?.quantity ?? 0) + quantity
    const average = ((before?.price ?? 0) * (before?.quantity ?? 0) + price * quantity) / all
    marks.set(key, { bar, side, purpose, quantity: all, price: average, reason })
  }
  return [...marks.values()].sort((a, b) => a.bar - b.bar)
}

const ENDS = { entry: 'Entry', exit: 'Exit', stop: 'Stop', target: 'Target' } as const

/** What a mark stands for, in words: `Buy 8`, `Stop 8`. */
export function markText({ side, purpose, quantity }: FillMark): string {
  const word = purpose === 'entry' || purpose === null ? (side === 'buy' ? 'Buy' : 'Sell') : ENDS[purpose]
  return `${word} ${quantity}`
}

/** The same as a sentence, with its price. */
export function markSentence(mark: FillMark, { about }: Pick<PriceSeries, 'about'>): string {
  const what = mark.purpose ? ENDS[mark.purpose] : 'Fill'
  const side = mark.side === 'buy' ? 'bought' : 'sold'
  return `${what}: ${side} ${mark.quantity} at ${priceText(mark.price, about)}`
}

/** Marks that fit on one bar; more are one mark that says how many. */
const MOST_ON_BAR = 3

/**
 * Buys stand below their bar and point up, sells above and point down; what opens is an arrow, what closes a square.
 *
 * @param isRoomy there is room for words
 */
export function seriesMarkers(series: PriceSeries, colors: ChartColors, isRoomy: boolean): SeriesMarker<Time>[] {
  const byBar = Map.groupBy(fillMarks(series), ({ bar }) => bar)
  return [...byBar].flatMap(([bar, marks]) => {
    const time = (series.bars[bar]![0] / 1_000) as UTCTimestamp
    if (marks.length > MOST_ON_BAR) return [manyMarker(time, marks.length, colors, isRoomy)]
    return marks.map((mark) => markerOf(time, mark, colors, isRoomy))
  })
}

function manyMarker(time: Time, fills: number, colors: ChartColors, isRoomy: boolean): SeriesMarker<Time> {
  const text = isRoomy ? { text: `${fills} fills` } : {}
  return { time, position: 'aboveBar', shape: 'circle', color: colors.entry, size: 1, ...text }
}

function markerOf(time: Time, mark: FillMark, colors: ChartColors, isRoomy: boolean): SeriesMarker<Time> {
  const isBuy = mark.side === 'buy'
  const opens = mark.purpose === 'entry' || mark.purpose === null
  return {
    time,
    position: isBuy ? 'belowBar' : 'aboveBar',
    shape: opens ? (isBuy ? 'arrowUp' : 'arrowDown') : 'square',
    color: colorOf(mark, colors),
    size: opens ? 1.2 : 0.8,
    ...(isRoomy ? { text: markText(mark) } : {}),
  }
}

function colorOf({ purpose }: FillMark, { entry, down, up, warn }: ChartColors): string {
  switch (purpose) {
    case 'stop':
      return down
    case 'target':
      return up
    case 'exit':
      return warn
    default:
      return entry
  }
}
