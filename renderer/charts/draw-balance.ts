import {
  BaselineSeries,
  ColorType,
  createChart,
  AreaSeries,
  LineType,
  type AreaData,
  type TickMarkType,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import type { EquityAnswer } from '../../src/contracts/launcher/charts.ts'
import type { Times } from '../format/zoned-times.ts'
import type { ChartColors } from './chart-colors.ts'
import { tickText } from './tick-text.ts'

export type BalanceDrawing = Readonly<{
  show: (curve: EquityAnswer, look: Readonly<{ colors: ChartColors; times: Times }>) => void
  pan: (share: number) => void
  zoom: (factor: number) => void
  fit: () => void
  close: () => void
}>

/** Share of the height that the drawdown below the balance takes. */
const DRAWDOWN_SHARE = 0.34

/** Balance above, distance below its highest underneath, over one axis of bookings. */
export function drawBalance(element: HTMLElement): BalanceDrawing {
  const chart = createChart(element, {
    autoSize: true,
    layout: { attributionLogo: false, fontSize: 11 },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.1, bottom: 0.08 } },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, minBarSpacing: 0.1, rightOffset: 1 },
    kineticScroll: { mouse: false, touch: false },
  })
  const balance = chart.addSeries(BaselineSeries, {
    lineWidth: 2,
    lineType: LineType.WithSteps,
    priceLineVisible: false,
  })
  const drawdown = chart.addSeries(
    AreaSeries,
    {
      ...{ invertFilledArea: true, lineWidth: 1, lineType: LineType.WithSteps, priceLineVisible: false },
    },
    1,
  )
  chart.panes()[0]?.setStretchFactor(1 - DRAWDOWN_SHARE)
  chart.panes()[1]?.setStretchFactor(DRAWDOWN_SHARE)
  const time = chart.timeScale()
  let shown: EquityAnswer | undefined
  const move = (change: (from: number, to: number) => { from: number; to: number }) => {
    const range = time.getVisibleLogicalRange()
    if (range) time.setVisibleLogicalRange(change(range.from, range.to))
  }
  return {
    show(curve, { colors, times }) {
      const scale = 10 ** curve.digits
      const isFirst = shown === undefined
      shown = curve
      chart.applyOptions({
        layout: {
          background: { type: ColorType.Solid, color: colors.surface },
          textColor: colors.quiet,
          panes: { separatorColor: colors.line, enableResize: false },
        },
        grid: { vertLines: { color: colors.grid }, horzLines: { color: colors.grid } },
        localization: { timeFormatter: (at: Time) => times.minute(Number(at) * 1_000) },
        timeScale: {
          tickMarkFormatter: (at: Time, type: TickMarkType) =>
            tickText(type, times.day(Number(at) * 1_000), times.minute(Number(at) * 1_000)),
        },
      })
      const priceFormat = { type: 'price', precision: curve.digits, minMove: 1 / scale } as const
      balance.applyOptions({
        priceFormat,
        baseValue: { type: 'price', price: curve.opening / scale },
        ...{ topLineColor: colors.up, topFillColor1: faint(colors.up), topFillColor2: faint(colors.up) },
        ...{ bottomLineColor: colors.down, bottomFillColor1: faint(colors.down), bottomFillColor2: faint(colors.down) },
      })
      drawdown.applyOptions({
        ...{ priceFormat, lineColor: colors.down, topColor: faint(colors.down), bottomColor: faint(colors.down) },
      })
      const at = risingTimes(curve)
      balance.setData(curve.points.map(([, value], n) => pointOf(at[n]!, value / scale)))
      drawdown.setData(curve.points.map(([, , value], n) => pointOf(at[n]!, value / scale)))
      if (isFirst) time.fitContent()
    },
    pan: (share) => move((from, to) => ({ from: from + (to - from) * share, to: to + (to - from) * share })),
    zoom: (factor) => move((from, to) => ({ from: to - Math.max(5, (to - from) * factor), to })),
    fit: () => time.fitContent(),
    close: () => chart.remove(),
  }
}

/** Seconds, each later than the one before: of bookings in one second none may be lost. */
function risingTimes({ points }: EquityAnswer): number[] {
  let last = 0
  return points.map(([at]) => (last = Math.max(last + 1, Math.floor(at / 1_000))))
}

function pointOf(time: number, value: number): AreaData<Time> {
  return { time: time as UTCTimestamp, value }
}

/** A colour of ours is always written as #rrggbb. */
function faint(color: string): string {
  return `${color}22`
}
