import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import type { EquityAnswer } from '../../src/contracts/launcher/charts.ts'
import type { Times } from '../format/zoned-times.ts'
import { chartColors, type ChartColors } from './chart-colors.ts'
import { drawBalance, type BalanceDrawing } from './draw-balance.ts'

const KEYS: Readonly<Record<string, (drawing: BalanceDrawing) => void>> = {
  ArrowLeft: (drawing) => drawing.pan(-0.1),
  ArrowRight: (drawing) => drawing.pan(0.1),
  ArrowUp: (drawing) => drawing.zoom(0.8),
  ArrowDown: (drawing) => drawing.zoom(1.25),
  '+': (drawing) => drawing.zoom(0.8),
  '-': (drawing) => drawing.zoom(1.25),
  Home: (drawing) => drawing.fit(),
}

type BalanceChartProps = Readonly<{ curve: EquityAnswer; times: Times; label: string; summary: string }>

/** Balance and drawdown on a canvas, moved with pointer or keyboard. */
export default function BalanceChart({ curve, times, label, summary }: BalanceChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const drawing = useRef<BalanceDrawing>(undefined)
  const [colors, setColors] = useState<ChartColors>()
  const scheme = useComputedColorScheme()
  const help = useId()
  useEffect(() => {
    if (!box.current) return undefined
    const drawn = (drawing.current = drawBalance(box.current))
    return () => {
      drawing.current = undefined
      drawn.close()
    }
  }, [])
  useEffect(() => {
    if (box.current) setColors(chartColors(box.current))
  }, [scheme])
  useEffect(() => {
    if (colors) drawing.current?.show(curve, { colors, times })
  }, [curve, times, colors])
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
        {summary} Left and right move, up and down zoom, Home shows all.
      </p>
    </div>
  )
}
