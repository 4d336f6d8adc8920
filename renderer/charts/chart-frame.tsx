import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useEffectEvent, useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { chartColors, type ChartColors } from './chart-colors.ts'

/** What can be done with any picture on a canvas. */
type Movable = Readonly<{ pan: (share: number) => void; zoom: (factor: number) => void; close: () => void }>

/** What a key does, by its name. */
export type ChartKeys<D> = Readonly<Record<string, (drawing: D) => void>>

export const MOVING_KEYS: ChartKeys<Movable> = {
  ArrowLeft: (drawing) => drawing.pan(-0.1),
  ArrowRight: (drawing) => drawing.pan(0.1),
  ArrowUp: (drawing) => drawing.zoom(0.8),
  ArrowDown: (drawing) => drawing.zoom(1.25),
  '+': (drawing) => drawing.zoom(0.8),
  '-': (drawing) => drawing.zoom(1.25),
}

type Drawn<D> = Readonly<{
  box: RefObject<HTMLDivElement | null>
  drawing: RefObject<D | undefined>
  /** Of the theme as it is; undefined before the box is there. */
  colors: ChartColors | undefined
}>

/** A picture in a box of its own, as long as the box is there. */
export function useDrawing<D extends Movable>(draw: (box: HTMLElement) => D): Drawn<D> {
  const box = useRef<HTMLDivElement>(null)
  const drawing = useRef<D>(undefined)
  const [colors, setColors] = useState<ChartColors>()
  // As it is at once: whoever changes it while the picture is being loaded would get the old colours for good.
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const open = useEffectEvent(draw)
  useEffect(() => {
    if (!box.current) return undefined
    const drawn = (drawing.current = open(box.current))
    return () => {
      drawing.current = undefined
      drawn.close()
    }
  }, [])
  useEffect(() => {
    if (box.current) setColors(chartColors(box.current))
  }, [scheme])
  return { box, drawing, colors }
}

type ChartFrameProps<D> = Readonly<{
  drawn: Drawn<D>
  keys: ChartKeys<D>
  label: string
  /** What there is to see, in words, and what the keys do. */
  summary: string
}>

/** The box of a picture, moved with the keyboard; whoever can't see it is told what it shows. */
export function ChartFrame<D>({ drawn, keys, label, summary }: ChartFrameProps<D>) {
  const { box, drawing } = drawn
  const help = useId()
  const onKeyDown = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
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
        {summary}
      </p>
    </div>
  )
}
