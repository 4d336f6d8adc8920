import type { CancelSignal } from '../../domain/cancel/cancel-signal.ts'
import { refuse } from '../../domain/failure/refusal.ts'
import type { Feed, FeedSpec, FeedStart, FeedStep } from '../../domain/feed/feed.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import { TIMEFRAMES, type Bar, type Timeframe } from '../../domain/market/bar.ts'
import { storedTick, storedToTicks } from '../../domain/market/stored-bar.ts'
import { epochMs, ticks, type EpochMs } from '../../domain/units/units.ts'
import type { HomeLayout } from '../home/layout.ts'
import { findSeries, openMarketDb, withSentences, type MarketDb, type RawBar } from '../market-data/market-db.ts'
import { openBarReader, type BarReader } from '../market-data/read-bars.ts'
import type { FeedClock } from './feed-clock.ts'
import { ReplayPace } from './replay-pace.ts'

export type ReplayOptions = Readonly<{
  layout: HomeLayout
  instrument: Instrument
  timeframe: Timeframe
  spec: Extract<FeedSpec, { kind: 'replay' }>
  start: FeedStart
  clock: FeedClock
}>

/** Larger reads are no faster, and their garbage makes the heap of a bot grow by megabytes. */
const BARS_AT_ONCE = 128
const RETRY_MS = 1_000

/**
 * Replays stored bars: as fast as they are taken (`max`), or at a multiple of real time, in which a bar comes when its
 * span has passed and long silences of the market take no time.
 *
 * Bars come in order of time, each once, after `start.after` where that is given. Prices become the nearest tick.
 *
 * @throws {Refused} 'data-missing' when there are no bars of the instrument, or none between `from` and `to`
 */
export function openReplayFeed(options: ReplayOptions): Feed {
  const db = openMarketDb(options.layout, 'read')
  try {
    return new ReplayFeed(db, readerOf(db, options), options)
  } catch (error) {
    db.close()
    throw error
  }
}

function readerOf(db: MarketDb, { instrument, timeframe, spec }: ReplayOptions): BarReader {
  return withSentences(db.role, () => {
    const series = findSeries(db, instrument.symbol, timeframe)
    if (!series || series.bars === 0)
      refuse(
        'data-missing',
        `There are no ${timeframe} bars of ${instrument.symbol} to replay.`,
        `Import some: slipway data import FILE --symbol ${instrument.symbol} --timeframe ${timeframe}`,
      )
    const read = openBarReader(db, series.id)
    const { after, to } = rangeOf(spec)
    if (read(after, to, 1).length === 0)
      refuse(
        'data-missing',
        `There are no ${timeframe} bars of ${instrument.symbol} between the replay's start and end; they go from ${iso(series.from)} to ${iso(series.to)}.`,
        'Choose a span inside that, or import the missing bars.',
      )
    return read
  })
}

function rangeOf({ from, to }: ReplayOptions['spec']): { after: number; to: number } {
  return { after: from === undefined ? -1 : from - 1, to: to ?? Number.MAX_SAFE_INTEGER }
}

function iso(time: EpochMs | null): string {
  return time === null ? 'nowhere' : new Date(time).toISOString()
}

class ReplayFeed implements Feed {
  readonly #db: MarketDb
  readonly #read: BarReader
  readonly #tick: number
  readonly #pace: ReplayPace
  readonly #clock: FeedClock
  readonly #to: number
  readonly #bar: Bar = { time: epochMs(0), open: ticks(0), high: ticks(0), low: ticks(0), close: ticks(0), volume: 0 }
  #rows: readonly RawBar[] = []
  #next = 0
  #after: number
  /** Nothing is left in the database. */
  #ended = false
  #trouble: string | undefined
  constructor(db: MarketDb, read: BarReader, { instrument, timeframe, spec, start, clock }: ReplayOptions) {
    const range = rangeOf(spec)
    this.#db = db
    this.#read = read
    this.#tick = storedTick(instrument)
    this.#pace = new ReplayPace(spec.speed, TIMEFRAMES[timeframe], clock)
    this.#clock = clock
    this.#to = range.to
    this.#after = Math.max(range.after, start.after ?? -1)
  }

  poll(): Bar | undefined {
    if (this.#next >= this.#rows.length && !this.#load()) return undefined
    const row = this.#rows[this.#next]
    if (row === undefined || this.#pace.waitFor(row[0]) > 0) return undefined
    this.#next++
    return this.#fill(row)
  }

  async next(signal: CancelSignal): Promise<FeedStep> {
    for (;;) {
      if (signal.aborted) return { kind: 'aborted' }
      const bar = this.poll()
      if (bar) return { kind: 'bar', bar }
      if (this.#trouble !== undefined) {
        const message = this.#trouble
        this.#trouble = undefined
        // Told once, then tried again after a while: the next call must not spin.
        await this.#clock.sleep(RETRY_MS, signal)
        return { kind: 'trouble', message }
      }
      const row = this.#rows[this.#next]
      if (row === undefined) return { kind: 'ended' }
      await this.#clock.sleep(this.#pace.waitFor(row[0]), signal)
    }
  }

  close(): void {
    this.#ended = true
    this.#rows = []
    this.#next = 0
    this.#db.close()
  }

  #fill(row: RawBar): Bar {
    const bar = this.#bar
    this.#after = row[0]
    bar.time = row[0] as EpochMs
    bar.open = storedToTicks(row[1], this.#tick)
    bar.high = storedToTicks(row[2], this.#tick)
    bar.low = storedToTicks(row[3], this.#tick)
    bar.close = storedToTicks(row[4], this.#tick)
    bar.volume = row[5]
    this.#pace.given(row[0])
    return bar
  }

  #load(): boolean {
    if (this.#ended) return false
    try {
      this.#rows = this.#read(this.#after, this.#to, BARS_AT_ONCE)
      this.#next = 0
      this.#ended = this.#rows.length < BARS_AT_ONCE
      return this.#rows.length > 0
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error)
      return false
    }
  }
}
