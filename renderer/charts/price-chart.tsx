import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useId, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from 'react'
import type { Times } from '../format/zoned-times.ts'
import { chartColors, type ChartColors } from './chart-colors.ts'
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

const KEYS: Readonly<Record<string, (drawing: PriceDrawing) => void>> = {
  ArrowLeft: (drawing) => drawing.pan(-0.1),
  ArrowRight: (drawing) => drawing.pan(0.1),
  PageUp: (drawing) => drawing.pan(-0.9),
  PageDown: (drawing) => drawing.pan(0.9),
  ArrowUp: (drawing) => drawing.zoom(0.8),
  ArrowDown: (drawing) => drawing.zoom(1.25),
  '+': (drawing) => drawing.zoom(0.8),
  '-': (drawing) => drawing.zoom(1.25),
  Home: (drawing) => drawing.toOldest(),
  End: (drawing) => drawing.toNewest(),
}

/** Bars on a canvas, moved with pointer or keyboard. What it shows is also told in words, and in the table beside it. */
export default function PriceChart({ series, choice, times, label, summary, ref, ...events }: PriceChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const drawing = useRef<PriceDrawing>(undefined)
  const heard = useRef(events)
  useEffect(() => {
    heard.current = events
  })
  const scheme = useComputedColorScheme()
  const help = useId()

  useEffect(() => {
    if (!box.current) return undefined
    const drawn = drawPrices(box.current, {
      onPoint: (bar) => heard.current.onPoint(bar),
      onNearStart: () => heard.current.onNearStart(),
      onFollowing: (isFollowing) => heard.current.onFollowing(isFollowing),
    })
    drawing.current = drawn
    return () => {
      drawing.current = undefined
      drawn.close()
    }
  }, [])
  const [colors, setColors] = useState<ChartColors>()
  useEffect(() => {
    if (box.current) setColors(chartColors(box.current))
  }, [scheme])
  useEffect(() => {
    if (colors) drawing.current?.show(series, { colors, times, choice })
  }, [series, choice, times, colors])
  useImperativeHandle(ref, () => ({ toNewest: () => drawing.current?.toNewest() }), [])

  const onKeyDown = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key]
    if (!act || !drawing.current) return
    event.preventDefault()
    act(drawing.current)
  }
  return (
    <div
      className="chart"
      role="application"
      aria-roledescription="chart"
      aria-label={label}
      aria-describedby={help}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div ref={box} className="chartCanvas" aria-hidden />
      <p id={help} className="forReaders">
        {summary} Left and right move, up and down zoom, Home and End go to the oldest and the newest bar.
      </p>
    </div>
  )
}
