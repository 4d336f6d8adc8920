import { describe, expect, it } from 'vitest'
import {
  barIndexAt,
  MOST_KEPT,
  priceText,
  seriesOf,
  withMarks,
  withNewer,
  withOlder,
} from '../../../renderer/charts/price-series.ts'
import { describeChart } from '../../../renderer/charts/describe-chart.ts'
import { fillMarks, markSentence, markText } from '../../../renderer/charts/fill-markers.ts'
import { timesIn } from '../../../renderer/format/zoned-times.ts'
import type { ChartBarRow } from '../../../src/contracts/launcher/charts.ts'
import { chartBar, chartFill, fakeChart } from '../../support/fake-account-book.ts'

const answerOf = (bars: ChartBarRow[], more: Partial<{ gap: boolean; older: boolean }> = {}) => ({
  ...{ ...fakeChart(0).about, bars, sessions: [], older: false, gap: false },
  ...more,
})
const barsOf = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => chartBar(from + n))
const minutesOf = ({ bars }: { bars: readonly ChartBarRow[] }) => bars.map(([at]) => at / 60_000)

describe('a price series', () => {
  it('grows at its end, and its last bar is taken over as it is now', () => {
    const grown = withNewer(seriesOf(answerOf(barsOf(0, 3))), answerOf([chartBar(2, { close: 2_000 }), chartBar(3)]))
    expect(minutesOf(grown)).toEqual([0, 1, 2, 3])
    expect(grown.bars[2]?.[4]).toBe(2_000)
  })

  it('grows at its begin without a bar twice', () => {
    const series = seriesOf(answerOf(barsOf(5, 8), { older: true }))
    const grown = withOlder(series, answerOf(barsOf(2, 6)))
    expect(minutesOf(grown)).toEqual([2, 3, 4, 5, 6, 7])
    expect(grown.older).toBe(false)
  })

  it('begins anew where too much has come to join on', () => {
    const series = seriesOf(answerOf(barsOf(0, 3)))
    expect(minutesOf(withNewer(series, answerOf(barsOf(10, 12), { gap: true })))).toEqual([10, 11])
  })

  it('keeps a bounded number of bars, and knows then that there are older ones', () => {
    const grown = withNewer(seriesOf(answerOf(barsOf(0, MOST_KEPT))), answerOf(barsOf(MOST_KEPT - 1, MOST_KEPT + 10)))
    expect(grown.bars).toHaveLength(MOST_KEPT)
    expect(grown.older).toBe(true)
  })

  it('takes a fill that is told twice once, and an order as it is now', () => {
    const level = { clientOrderId: 's1', purpose: 'stop', side: 'sell', quantity: 2, status: 'acknowledged' } as const
    const marks = { fills: [chartFill(1)], partial: false, cursor: '1:1' }
    const once = withMarks(seriesOf(answerOf(barsOf(0, 3))), {
      ...marks,
      levels: [{ ...level, path: [[60_000, 990]], until: null }],
    })
    const twice = withMarks(once, {
      ...marks,
      levels: [{ ...level, status: 'canceled', path: [[60_000, 990]], until: 120_000 }],
    })
    expect(twice.fills).toHaveLength(1)
    expect(twice.levels.map(({ status }) => status)).toEqual(['canceled'])
  })

  it('knows which bar a moment falls into', () => {
    const bars = barsOf(2, 5)
    expect([0, 119_999, 120_000, 200_000, 9_999_999].map((at) => barIndexAt(bars, at))).toEqual([-1, -1, 0, 1, 2])
  })

  it('writes prices with the digits of the instrument', () => {
    expect(priceText(24_736, { ...fakeChart(0).about })).toBe('6184.00')
    expect(priceText(24_737.5, { ...fakeChart(0).about })).toBe('6184.38')
  })
})

describe('marks of a chart', () => {
  const marked = (fills: ReturnType<typeof chartFill>[]) =>
    withMarks(seriesOf(answerOf(barsOf(0, 10))), { fills, levels: [], partial: false, cursor: '0:0' })

  it('are one for the fills of an order in a bar, at their average price', () => {
    const fills = [
      chartFill(3, { fillId: 'a', clientOrderId: 'o', quantity: 1, price: 1_000 }),
      chartFill(3, { fillId: 'b', clientOrderId: 'o', quantity: 3, price: 1_004 }),
    ]
    const series = marked(fills)
    const [mark] = fillMarks(series)
    expect(fillMarks(series)).toHaveLength(1)
    expect(mark).toMatchObject({ bar: 3, quantity: 4, price: 1_003 })
    expect([markText(mark!), markSentence(mark!, series)]).toEqual(['Buy 4', 'Entry: bought 4 at 250.75'])
  })

  it('before the first bar are left out', () => {
    const series = { ...marked([chartFill(1), chartFill(7)]), bars: barsOf(5, 10) }
    expect(fillMarks(series).map(({ bar }) => bar)).toEqual([2])
  })

  it('are told in words to those who do not see the chart', () => {
    const text = describeChart(marked([chartFill(3, { purpose: 'stop', side: 'sell' })]), timesIn('UTC', 'UTC'))
    expect(text).toContain('10 bars of 1m from 1970-01-01 00:00 to 1970-01-01 00:09 UTC.')
    expect(text).toContain('Last close 252.25')
    expect(text).toContain('Last fill, 1970-01-01 00:03: Stop: sold 2 at 250.00.')
  })
})
