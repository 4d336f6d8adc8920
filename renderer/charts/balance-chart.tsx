import { useEffect } from 'react'
import type { EquityAnswer } from '../../src/contracts/launcher/charts.ts'
import type { Times } from '../format/zoned-times.ts'
import { ChartFrame, MOVING_KEYS, useDrawing, type ChartKeys } from './chart-frame.tsx'
import { drawBalance, type BalanceDrawing } from './draw-balance.ts'

const KEYS: ChartKeys<BalanceDrawing> = { ...MOVING_KEYS, Home: (drawing) => drawing.fit() }

type BalanceChartProps = Readonly<{ curve: EquityAnswer; times: Times; label: string; summary: string }>

/** Balance and drawdown on a canvas, moved with pointer or keyboard. */
export default function BalanceChart({ curve, times, label, summary }: BalanceChartProps) {
  const drawn = useDrawing(drawBalance)
  const { drawing, colors } = drawn
  useEffect(() => {
    if (colors) drawing.current?.show(curve, { colors, times })
  }, [drawing, curve, times, colors])
  const help = `${summary} Left and right move, up and down zoom, Home shows all.`
  return <ChartFrame drawn={drawn} keys={KEYS} label={label} summary={help} />
}
