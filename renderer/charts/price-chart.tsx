import { useEffect, useImperativeHandle, useRef, type Ref } from 'react'
import type { Times } from '../format/zoned-times.ts'
import { ChartFrame, MOVING_KEYS, useDrawing, type ChartKeys } from './chart-frame.tsx'
import { drawPrices, type DrawingEvents, type PriceDrawing } from './draw-prices.ts'
import type { StudyChoice } from './draw-studies.ts'
import type { PriceSeries } from './price-series.ts'

export type PriceChartHandle = Readonly<{ toNewest: () => void }>

type PriceChartProps = DrawingEvents &
  Readonly<{
    series: PriceSeries
    choice: StudyChoice
    times: Times
    label: string
    /** What there is to see, in words. */
    summary: string
    ref?: Ref<PriceChartHandle>
  }>

const KEYS: ChartKeys<PriceDrawing> = {
  ...MOVING_KEYS,
  PageUp: (drawing) => drawing.pan(-0.9),
  PageDown: (drawing) => drawing.pan(0.9),
  Home: (drawing) => drawing.toOldest(),
  End: (drawing) => drawing.toNewest(),
}

/** Bars on a canvas, moved with pointer or keyboard. What it shows is also told in words, and in the table beside it. */
export default function PriceChart({ series, choice, times, label, summary, ref, ...events }: PriceChartProps) {
  const heard = useRef(events)
  useEffect(() => {
    heard.current = events
  })
  const drawn = useDrawing((box) =>
    drawPrices(box, {
      onPoint: (bar) => heard.current.onPoint(bar),
      onNearStart: () => heard.current.onNearStart(),
      onFollowing: (isFollowing) => heard.current.onFollowing(isFollowing),
    }),
  )
  const { drawing, colors } = drawn
  useEffect(() => {
    if (colors) drawing.current?.show(series, { colors, times, choice })
  }, [drawing, series, choice, times, colors])
  useImperativeHandle(ref, () => ({ toNewest: () => drawing.current?.toNewest() }), [drawing])
  const help = `${summary} Left and right move, up and down zoom, Home and End go to the oldest and the newest bar.`
  return <ChartFrame drawn={drawn} keys={KEYS} label={label} summary={help} />
}
