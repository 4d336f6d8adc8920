import type { CalendarFacts } from '../../domain/calendar/facts.ts'
import type { CancelSignal } from '../../domain/cancel/cancel-signal.ts'
import type { Feed, FeedSpec, FeedStart, FeedStep } from '../../domain/feed/feed.ts'
import type { Instrument } from '../../domain/instrument/instrument.ts'
import type { Bar } from '../../domain/market/bar.ts'
import { generateSession } from '../../domain/market/generate-bars.ts'
import { openSyntheticSessions, type SyntheticSessionClock } from '../../domain/market/synthetic-sessions.ts'
import { epochMs, ticks, type EpochMs } from '../../domain/units/units.ts'
import type { FeedClock } from './feed-clock.ts'

export type SyntheticOptions = Readonly<{
  instrument: Instrument
  facts: CalendarFacts
  spec: Extract<FeedSpec, { kind: 'synthetic' }>
  start: FeedStart
  clock: FeedClock
}>

/** A feed that never ends, with a word for the person who watches it. */
export interface SyntheticFeed extends Feed {
  /** What one must know of these bars now; undefined while the real market is open. */
  readonly notice: string | undefined
}

const MINUTE_MS = 60_000
/** Bars that a new bot gets at once, so that its indicators need no hour to find their feet. */
const HISTORY_MINUTES = 60
/** A sleep is cut into pieces, so a clock that was set is noticed. */
const LONGEST_SLEEP_MS = 30_000

/**
 * One-minute bars of a made-up market, each when its minute has ended.
 *
 * A bar depends on seed, instrument and minute only, so a feed opened again goes on with the same market. While the
 * real market is closed the made-up one goes on around the clock (`notice` says so; `openSyntheticSessions` has the
 * sessions). Minutes of the current session that passed since `start.after` come at once, as history; earlier sessions
 * are left out. Without `start.after` the last hour comes first.
 */
export function openSyntheticFeed(options: SyntheticOptions): SyntheticFeed {
  return new GeneratedFeed(options)
}

class GeneratedFeed implements SyntheticFeed {
  readonly #options: SyntheticOptions
  readonly #sessions: SyntheticSessionClock
  readonly #bar: Bar = { time: epochMs(0), open: ticks(0), high: ticks(0), low: ticks(0), close: ticks(0), volume: 0 }
  #bars: readonly Bar[] = []
  /** Of the session that `#bars` are of. */
  #open = NaN
  /** Start of the next minute to deliver. */
  #next: number
  #closed = false

  constructor(options: SyntheticOptions) {
    const { instrument, facts, start, clock } = options
    const now = clock.now()
    this.#options = options
    this.#sessions = openSyntheticSessions(instrument, facts)
    const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS
    const wanted = start.after === undefined ? minute - HISTORY_MINUTES * MINUTE_MS : start.after + MINUTE_MS
    // A place later than now (a clock that was set back) is kept: no bar comes twice.
    this.#next = Math.max(Math.ceil(wanted / MINUTE_MS) * MINUTE_MS, this.#sessions.sessionAt(now).open)
  }

  get notice(): string | undefined {
    const { instrument, clock } = this.#options
    if (this.#sessions.sessionAt(clock.now()).market) return undefined
    return `The market of ${instrument.symbol} is closed; made-up bars go on around the clock.`
  }

  poll(): Bar | undefined {
    if (this.#closed || this.#next + MINUTE_MS > this.#options.clock.now()) return undefined
    const session = this.#sessions.sessionAt(this.#next as EpochMs)
    if (session.open !== this.#open) {
      this.#bars = generateSession(this.#options.instrument, this.#options.spec.seed, session)
      this.#open = session.open
    }
    const made = this.#bars[Math.floor((this.#next - session.open) / MINUTE_MS)]
    this.#next += MINUTE_MS
    return made && Object.assign(this.#bar, made)
  }

  async next(signal: CancelSignal): Promise<FeedStep> {
    for (;;) {
      if (signal.aborted) return { kind: 'aborted' }
      if (this.#closed) return { kind: 'ended' }
      const bar = this.poll()
      if (bar) return { kind: 'bar', bar }
      const wait = this.#next + MINUTE_MS - this.#options.clock.now()
      if (wait > 0) await this.#options.clock.sleep(Math.min(wait, LONGEST_SLEEP_MS), signal)
    }
  }

  close(): void {
    this.#closed = true
    this.#bars = []
  }
}
