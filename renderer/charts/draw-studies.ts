import type {
  AutoscaleInfo,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts'
import type { ChartBarRow, ChartLevel } from '../../src/contracts/launcher/charts.ts'
import type { ChartColors } from './chart-colors.ts'
import { barIndexAt, drawnPrice, type PriceSeries } from './price-series.ts'

/** What is drawn over the bars, and whether. */
export type StudyChoice = Readonly<{ vwap: boolean; orders: boolean }>

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0]
type Pen = CanvasRenderingContext2D
type Scale = Readonly<{
  x: (bar: number) => number
  y: (price: number) => number
  from: number
  to: number
  width: number
  height: number
}>

const VWAP = 6
const SIGMA = 7

/**
 * VWAP with its bands, the begins of sessions, and where entries, stops and targets stood. Drawn by hand: a line of the
 * library would join one session's VWAP to the next, and would need a series for every order.
 */
export class Studies implements ISeriesPrimitive<Time> {
  #series: PriceSeries | undefined
  #choice: StudyChoice = { vwap: true, orders: true }
  #colors: ChartColors | undefined
  #attached: SeriesAttachedParameter<Time> | undefined
  readonly #views: readonly IPrimitivePaneView[] = [
    { zOrder: () => 'bottom', renderer: () => ({ draw: (target) => this.#draw(target, 'ground') }) },
    { zOrder: () => 'normal', renderer: () => ({ draw: (target) => this.#draw(target, 'lines') }) },
  ]

  attached(parameter: SeriesAttachedParameter<Time>): void {
    this.#attached = parameter
  }

  detached(): void {
    this.#attached = undefined
  }

  show(series: PriceSeries, choice: StudyChoice, colors: ChartColors): void {
    this.#series = series
    this.#choice = choice
    this.#colors = colors
    this.#attached?.requestUpdate()
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views
  }

  /** What is drawn must be in view: bands of the bars in view, and orders that work. */
  autoscaleInfo(from: Logical, to: Logical): AutoscaleInfo | null {
    const series = this.#series
    if (!series) return null
    const { bars, about, levels } = series
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    const see = (ticks: number) => {
      low = Math.min(low, ticks)
      high = Math.max(high, ticks)
    }
    const last = Math.min(bars.length - 1, Math.ceil(to))
    if (this.#choice.vwap)
      for (let bar = Math.max(0, Math.floor(from)); bar <= last; bar++) {
        const [vwap, sigma] = [bars[bar]![VWAP], bars[bar]![SIGMA] ?? 0]
        if (vwap === null) continue
        see(vwap - about.bandSigma * sigma)
        see(vwap + about.bandSigma * sigma)
      }
    if (this.#choice.orders && to >= bars.length - 1)
      for (const { until, path } of levels) if (until === null) see(path.at(-1)![1])
    if (low > high) return null
    return { priceRange: { minValue: drawnPrice(low, about), maxValue: drawnPrice(high, about) } }
  }

  #draw(target: Target, layer: Layer): void {
    const [series, colors] = [this.#series, this.#colors]
    if (!series || !colors || series.bars.length === 0) return
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const scale = this.#scale(mediaSize, series.bars.length)
      if (!scale) return
      context.save()
      if (layer === 'ground') drawSessions(context, scale, series, colors)
      if (this.#choice.vwap) drawVwap(context, scale, series, colors, layer)
      if (this.#choice.orders && layer === 'lines')
        for (const level of series.levels) drawLevel(context, scale, series, level, colors)
      context.restore()
    })
  }

  #scale({ width, height }: { width: number; height: number }, bars: number): Scale | undefined {
    const time = this.#attached?.chart.timeScale()
    const visible = time?.getVisibleLogicalRange()
    const series = this.#attached?.series
    if (!time || !visible || !series) return undefined
    return {
      x: (bar) => time.logicalToCoordinate(bar as Logical) ?? 0,
      y: (price) => series.priceToCoordinate(price) ?? 0,
      from: Math.max(0, Math.floor(visible.from) - 1),
      to: Math.min(bars - 1, Math.ceil(visible.to) + 1),
      ...{ width, height },
    }
  }
}

function drawSessions(
  pen: Pen,
  { x, from, to, height }: Scale,
  { bars, sessions }: PriceSeries,
  colors: ChartColors,
): void {
  // Of days as bars every one begins a session.
  if (sessions.length > bars.length / 2) return
  pen.strokeStyle = colors.line
  pen.setLineDash([2, 4])
  pen.lineWidth = 1
  for (const { open } of sessions) {
    const bar = barIndexAt(bars, open)
    const at = bar < 0 || bars[bar]![0] < open ? bar + 1 : bar
    if (at <= 0 || at < from || at > to) continue
    const left = Math.round((x(at - 1) + x(at)) / 2) + 0.5
    pen.beginPath()
    pen.moveTo(left, 0)
    pen.lineTo(left, height)
    pen.stroke()
  }
  pen.setLineDash([])
}

type Layer = 'ground' | 'lines'

/** Session by session, so that nothing joins one to the next. */
function drawVwap(pen: Pen, scale: Scale, series: PriceSeries, colors: ChartColors, layer: Layer): void {
  const { bars, sessions } = series
  const opens = new Set(sessions.map(({ open }) => barIndexAt(bars, open - 1) + 1))
  let run: number[] = []
  const flush = () => {
    if (run.length > 0) drawRun(pen, scale, series, run, colors, layer)
    run = []
  }
  for (let bar = scale.from; bar <= scale.to; bar++) {
    if (opens.has(bar)) flush()
    if (bars[bar]![VWAP] === null) flush()
    else run.push(bar)
  }
  flush()
}

function drawRun(
  pen: Pen,
  { x, y }: Scale,
  { bars, about }: PriceSeries,
  run: readonly number[],
  colors: ChartColors,
  layer: Layer,
): void {
  const { bandSigma } = about
  const at = (bar: ChartBarRow, sigmas: number) => y(drawnPrice(bar[VWAP]! + sigmas * (bar[SIGMA] ?? 0), about))
  // A session of one bar, a day for instance, has a line as wide as that.
  const half = run.length === 1 ? (x(1) - x(0)) * 0.45 : 0
  const trace = (sigmas: number, order: readonly number[]) => {
    for (const bar of order) {
      pen.lineTo(x(bar) - half, at(bars[bar]!, sigmas))
      if (half > 0) pen.lineTo(x(bar) + half, at(bars[bar]!, sigmas))
    }
  }
  if (layer === 'ground') {
    pen.beginPath()
    trace(bandSigma, run)
    trace(-bandSigma, run.toReversed())
    pen.closePath()
    pen.fillStyle = colors.bandFill
    pen.fill()
    return
  }
  for (const [sigmas, color, width] of [
    [bandSigma, colors.band, 1],
    [-bandSigma, colors.band, 1],
    [0, colors.vwap, 1.5],
  ] as const) {
    pen.beginPath()
    trace(sigmas, run)
    pen.strokeStyle = color
    pen.lineWidth = width
    pen.stroke()
  }
}

/** Stops are dashed, targets dotted, working entries and exits drawn through: the colour only repeats it. */
const DASHES = { stop: [6, 3], target: [2, 3], entry: [], exit: [] } as const

function drawLevel(pen: Pen, scale: Scale, { bars, about }: PriceSeries, level: ChartLevel, colors: ChartColors): void {
  const { x, y, from, to } = scale
  const { path, purpose, until } = level
  const first = barIndexAt(bars, path[0]![0])
  const last = until === null ? bars.length - 1 : barIndexAt(bars, until)
  if (last < from || first > to || last < 0) return
  // In longer bars an order that came and went within one is a speck.
  if (first === last && until !== null && about.timeframe !== '1m') return
  const half = (x(1) - x(0)) / 2
  pen.beginPath()
  for (const [step, [since, ticks]] of path.entries()) {
    const next = path[step + 1]
    const left = x(Math.max(barIndexAt(bars, since), 0)) - (step === 0 ? half : 0)
    const right = next ? x(Math.max(barIndexAt(bars, next[0]), 0)) : x(last) + half
    const height = y(drawnPrice(ticks, about))
    if (step === 0) pen.moveTo(left, height)
    else pen.lineTo(left, height)
    pen.lineTo(until === null && !next ? Math.max(right, x(last) + 60) : right, height)
  }
  pen.setLineDash([...DASHES[purpose]])
  pen.lineWidth = until === null ? 2 : 1.25
  pen.strokeStyle = purpose === 'stop' ? colors.down : purpose === 'target' ? colors.up : colors.entry
  pen.stroke()
  pen.setLineDash([])
}
