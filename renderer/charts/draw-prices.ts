import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  type TickMarkType,
  type CandlestickData,
  type HistogramData,
  type IChartApi,
  type LogicalRange,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import type { ChartBarRow } from '../../src/contracts/launcher/charts.ts'
import type { Times } from '../format/zoned-times.ts'
import type { ChartColors } from './chart-colors.ts'
import { Studies, type StudyChoice } from './draw-studies.ts'
import { seriesMarkers } from './fill-markers.ts'
import { drawnPrice, sessionDateAt, type PriceSeries } from './price-series.ts'
import { tickText } from './tick-text.ts'

export type PriceLook = Readonly<{ colors: ChartColors; times: Times; choice: StudyChoice }>

export type PriceDrawing = Readonly<{
  show: (series: PriceSeries, look: PriceLook) => void
  /** Moves the view by a share of its width, to the past where negative. */
  pan: (share: number) => void
  /** Above 1 shows more bars. */
  zoom: (factor: number) => void
  toNewest: () => void
  toOldest: () => void
  close: () => void
}>

export type DrawingEvents = Readonly<{
  /** The bar under the pointer; undefined: none. */
  onPoint: (bar: number | undefined) => void
  /** The view has come near the first bar. */
  onNearStart: () => void
  /** Whether the newest bar is in view. */
  onFollowing: (isFollowing: boolean) => void
}>

/** Bars before the first one in view at which older ones are read. */
const NEAR = 40
/** Bars shown at first. */
const FIRST_VIEW = 130
const FEWEST = 50
/** Pixels a bar must have so that marks may have words: of longer bars more are marked. */
const ROOMY = { '1m': 7, '5m': 9, '15m': 16, '1h': 28, '1d': 56 } as const
const ROOM_AT_END = 6

/** A price chart in an element: bars, volume, marks and studies. Knows nothing of where they come from. */
export function drawPrices(element: HTMLElement, events: DrawingEvents): PriceDrawing {
  const chart = createChart(element, {
    autoSize: true,
    layout: { attributionLogo: false, fontSize: 11 },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.08, bottom: 0.2 } },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      secondsVisible: false,
      rightOffset: ROOM_AT_END,
      minBarSpacing: 1,
    },
    kineticScroll: { mouse: false, touch: false },
  })
  const candles = chart.addSeries(CandlestickSeries, { borderVisible: false, priceLineVisible: true })
  const volume = chart.addSeries(HistogramSeries, {
    ...{ priceScaleId: 'volume', priceFormat: { type: 'volume' } },
    ...{ lastValueVisible: false, priceLineVisible: false },
  })
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.86, bottom: 0 }, visible: false })
  const studies = new Studies()
  candles.attachPrimitive(studies)
  const markers = createSeriesMarkers(candles, [])
  const time = chart.timeScale()
  let shown: { series: PriceSeries; look: PriceLook } | undefined
  let isRoomy = true

  function putBars(series: PriceSeries): void {
    const { bars, about } = series
    const before = shown?.series
    const isSame = before?.about.symbol === about.symbol && before.about.timeframe === about.timeframe
    const grows = isSame && before.bars.length > 0 && before.bars[0]?.[0] === bars[0]?.[0]
    if (grows && bars.length >= before.bars.length) {
      for (const row of bars.slice(before.bars.length - 1)) {
        candles.update(candleOf(row, series))
        volume.update(volumeOf(row))
      }
      return
    }
    candles.applyOptions({
      priceFormat: { type: 'price', precision: about.priceDigits, minMove: about.tickUnits / 10 ** about.priceDigits },
    })
    candles.setData(bars.map((row) => candleOf(row, series)))
    volume.setData(bars.map(volumeOf))
    if (isSame) return
    // A handful of bars is not blown up to fill the width.
    const first = Math.max(bars.length - FIRST_VIEW, Math.min(0, bars.length - FEWEST))
    time.setVisibleLogicalRange({ from: first, to: bars.length + ROOM_AT_END })
  }

  function putMarkers(): void {
    if (!shown) return
    const { series, look } = shown
    markers.setMarkers(look.choice.orders ? seriesMarkers(series, look.colors, isRoomy) : [])
  }

  function onRange(range: LogicalRange | null): void {
    if (!range || !shown) return
    const bars = shown.series.bars.length
    if (range.from < NEAR) events.onNearStart()
    events.onFollowing(range.to >= bars - 1)
    const roomy = time.options().barSpacing >= ROOMY[shown.series.about.timeframe]
    if (roomy === isRoomy) return
    isRoomy = roomy
    putMarkers()
  }
  time.subscribeVisibleLogicalRangeChange(onRange)
  chart.subscribeCrosshairMove(({ logical }) => {
    const bars = shown?.series.bars.length ?? 0
    const bar = logical === undefined ? undefined : Math.round(logical)
    events.onPoint(bar !== undefined && bar >= 0 && bar < bars ? bar : undefined)
  })

  const move = (change: (from: number, to: number) => { from: number; to: number }) => {
    const range = time.getVisibleLogicalRange()
    if (range) time.setVisibleLogicalRange(change(range.from, range.to))
  }

  return {
    show(series, look) {
      if (
        look.colors !== shown?.look.colors ||
        look.times !== shown.look.times ||
        series.about.timeframe !== shown.series.about.timeframe
      )
        dress(chart, look, series)
      if (look.colors !== shown?.look.colors)
        candles.applyOptions({
          ...{ upColor: look.colors.up, downColor: look.colors.down },
          ...{ wickUpColor: look.colors.up, wickDownColor: look.colors.down },
        })
      if (look.colors !== shown?.look.colors) volume.applyOptions({ color: look.colors.volume })
      if (series.bars !== shown?.series.bars) putBars(series)
      shown = { series, look }
      studies.show(series, look.choice, look.colors)
      putMarkers()
      onRange(time.getVisibleLogicalRange())
    },
    pan: (share) => move((from, to) => ({ from: from + (to - from) * share, to: to + (to - from) * share })),
    zoom: (factor) => move((from, to) => ({ from: to - Math.max(10, (to - from) * factor), to })),
    // By distance from the end, which holds when bars come in before the next frame is drawn.
    toNewest: () => time.scrollToPosition(ROOM_AT_END, false),
    toOldest: () => move((from, to) => ({ from: 0, to: to - from })),
    close: () => chart.remove(),
  }
}

function candleOf([at, open, high, low, close]: ChartBarRow, { about }: PriceSeries): CandlestickData<Time> {
  const price = (ticks: number) => drawnPrice(ticks, about)
  return { time: secondsOf(at), open: price(open), high: price(high), low: price(low), close: price(close) }
}

function volumeOf([at, , , , , volume]: ChartBarRow): HistogramData<Time> {
  return { time: secondsOf(at), value: volume }
}

const secondsOf = (at: number) => (at / 1_000) as UTCTimestamp

/** Colours and times; sessions as bars are named for their date, which may begin the evening before. */
function dress(chart: IChartApi, { colors, times }: PriceLook, series: PriceSeries): void {
  const dateOf = (at: number) => sessionDateAt(series, at)
  chart.applyOptions({
    layout: {
      background: { type: ColorType.Solid, color: colors.surface },
      textColor: colors.quiet,
      panes: { separatorColor: colors.line },
    },
    grid: { vertLines: { color: colors.grid }, horzLines: { color: colors.grid } },
    crosshair: {
      vertLine: { color: colors.quiet, labelBackgroundColor: colors.quiet },
      horzLine: { color: colors.quiet, labelBackgroundColor: colors.quiet },
    },
    localization: { timeFormatter: (at: Time) => dateOf(msOf(at)) ?? times.minute(msOf(at)) },
    timeScale: {
      tickMarkFormatter: (at: Time, type: TickMarkType) =>
        tickText(type, dateOf(msOf(at)) ?? times.day(msOf(at)), times.minute(msOf(at))),
    },
  })
}

function msOf(time: Time): number {
  return Number(time) * 1_000
}
