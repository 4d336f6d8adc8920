import type { RefusalShape } from '../../src/contracts/bot-protocol.ts'
import type { Timeframe } from '../../src/domain/market/bar.ts'
import type { ChartBarsAnswer } from '../../src/contracts/launcher/charts.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { seriesOf, withMarks, withNewer, withOlder, type PriceSeries } from './price-series.ts'

export type PriceView =
  | { readonly phase: 'reading' }
  | { readonly phase: 'refused'; readonly why: RefusalShape }
  | {
      readonly phase: 'ready'
      readonly series: PriceSeries
      readonly isReadingOlder: boolean
      /** The last reading failed: what is shown may be old. */
      readonly trouble: RefusalShape | undefined
    }

export type PriceFollower = Readonly<{
  get: () => PriceView
  subscribe: (listener: () => void) => () => void
  /** Something has changed: reads what is new, at most once in a while. */
  refresh: () => void
  /** Reads bars from before the first one. */
  readOlder: () => void
  /** From now on it reads, until the answer is called; what was seen stays. */
  open: () => () => void
}>

export type Followed = Readonly<{ accountId: string; symbol: string | undefined; timeframe: Timeframe | undefined }>

/** A bot that replays takes thousands of bars a second; the picture changes at most this often, ms. */
const SHORTEST_PAUSE_MS = 1_000
const FIRST_BARS = 600
const MORE_BARS = 600
const NEWER_BARS = 2_000

/**
 * Bars of an account and what it did there, kept up to date: the whole once, then only what is new. One reading at a time.
 */
export function followPrices(
  client: LauncherClient,
  { accountId, symbol, timeframe }: Followed,
  pauseMs = SHORTEST_PAUSE_MS,
): PriceFollower {
  const listeners = new Set<() => void>()
  let end = new AbortController()
  // Nobody has opened it yet.
  end.abort()
  let about = { id: accountId, ...(symbol === undefined ? {} : { symbol }), ...(timeframe ? { timeframe } : {}) }
  const options = () => ({ signal: end.signal })
  let view: PriceView = { phase: 'reading' }
  let cursor: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isReading = false
  let isWanted = false

  function show(next: PriceView): void {
    if (end.signal.aborted) return
    view = next
    for (const listener of listeners) listener()
  }

  const marksOf = (of: string, span: { from?: number; to?: number; after?: string }) =>
    client.chart.marks({ id: accountId, symbol: of, ...span }, options())

  async function readFirst(): Promise<void> {
    const answer = await firstBars()
    const marks = await marksOf(answer.symbol, { from: answer.bars[0]?.[0] ?? 0 })
    cursor = marks.cursor
    show(ready(withMarks(seriesOf(answer), marks)))
  }

  /** What was chosen for another account may be shorter than the bars of this one: then it has its own. */
  async function firstBars(): Promise<ChartBarsAnswer> {
    try {
      return await client.chart.bars({ ...about, limit: FIRST_BARS }, options())
    } catch (error) {
      if (describeFailure(error).code !== 'setting-invalid' || !('timeframe' in about)) throw error
      about = { id: accountId, ...(symbol === undefined ? {} : { symbol }) }
      return client.chart.bars({ ...about, limit: FIRST_BARS }, options())
    }
  }

  async function readNewer(before: PriceSeries): Promise<void> {
    const last = before.bars.at(-1)
    const answer = await client.chart.bars(
      { ...about, limit: NEWER_BARS, ...(last ? { from: last[0] } : {}) },
      options(),
    )
    const marks = await marksOf(answer.symbol, cursor === undefined ? {} : { after: cursor })
    cursor = marks.cursor
    // Older bars may have come in between.
    const now = view.phase === 'ready' ? view.series : before
    show({ ...ready(withMarks(withNewer(now, answer), marks)), isReadingOlder: isReadingOlder() })
  }

  const isReadingOlder = () => view.phase === 'ready' && view.isReadingOlder

  async function read(): Promise<void> {
    const { signal } = end
    isReading = true
    isWanted = false
    try {
      if (view.phase === 'ready') await readNewer(view.series)
      else await readFirst()
    } catch (error) {
      // Closed meanwhile, and perhaps opened again: that is no trouble.
      if (!signal.aborted) {
        const why = describeFailure(error)
        show(view.phase === 'ready' ? { ...view, trouble: why } : { phase: 'refused', why })
      }
    }
    isReading = false
    timer = setTimeout(
      () => {
        timer = undefined
        if (isWanted && !end.signal.aborted) void read()
      },
      signal.aborted ? 0 : pauseMs,
    )
  }

  async function readOlder(): Promise<void> {
    if (view.phase !== 'ready' || view.isReadingOlder || !view.series.older) return
    const [first] = view.series.bars
    if (!first) return
    show({ ...view, isReadingOlder: true })
    try {
      const answer = await client.chart.bars({ ...about, limit: MORE_BARS, before: first[0] }, options())
      const marks = await marksOf(answer.symbol, { from: answer.bars[0]?.[0] ?? 0, to: first[0] })
      if (view.phase !== 'ready') return
      // Meanwhile the series may have begun anew: then these bars do not join it.
      const joins = view.series.bars[0]?.[0] === first[0]
      show(ready(joins ? withMarks(withOlder(view.series, answer), marks) : view.series))
    } catch (error) {
      if (view.phase === 'ready') show({ ...view, isReadingOlder: false, trouble: describeFailure(error) })
    }
  }

  return {
    get: () => view,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refresh() {
      isWanted = true
      if (!isReading && timer === undefined && !end.signal.aborted) void read()
    },
    readOlder: () => void readOlder(),
    open() {
      const opened = (end = new AbortController())
      return () => opened.abort()
    },
  }
}

function ready(series: PriceSeries): PriceView & { phase: 'ready' } {
  return { phase: 'ready', series, isReadingOlder: false, trouble: undefined }
}
