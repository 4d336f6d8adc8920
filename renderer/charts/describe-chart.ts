import type { Times } from '../format/zoned-times.ts'
import { fillMarks, markSentence } from './fill-markers.ts'
import { priceText, type PriceSeries } from './price-series.ts'

/** What a chart shows, in words, for those who can not see it. */
export function describeChart(series: PriceSeries, times: Times): string {
  const { bars, about, levels } = series
  const [first, last] = [bars[0], bars.at(-1)]
  if (!first || !last) return 'There are no bars yet.'
  const high = bars.reduce((most, bar) => Math.max(most, bar[2]), first[2])
  const low = bars.reduce((least, bar) => Math.min(least, bar[3]), first[3])
  const price = (ticks: number) => priceText(ticks, about)
  const vwap = last[6] === null ? '' : ` The VWAP is ${price(last[6])}.`
  const mark = fillMarks(series).at(-1)
  const fill = mark ? ` Last fill, ${times.minute(bars[mark.bar]![0])}: ${markSentence(mark, series)}.` : ' No fills.'
  const working = levels.filter(({ until }) => until === null)
  const orders = working.map(({ purpose, path }) => `${purpose} at ${price(path.at(-1)![1])}`).join(', ')
  return (
    `${bars.length} bars of ${about.timeframe} from ${times.minute(first[0])} to ${times.minute(last[0])} ${times.zoneName}. ` +
    `Last close ${price(last[4])}, between ${price(low)} and ${price(high)}.${vwap}${fill}` +
    (orders ? ` Working: ${orders}.` : '')
  )
}
