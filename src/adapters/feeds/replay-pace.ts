import type { FeedClock } from './feed-clock.ts'

/** A longer silence is a closed market: it is passed over instead of waited for. */
const LONGEST_WAIT_MS = 600_000
/** A bot that falls further behind goes on from where it is instead of racing after the clock. */
const LARGEST_BACKLOG_MS = 1_000

/** When the bars of a replay are due: as fast as they are taken (`max`), or at a multiple of real time. */
export class ReplayPace {
  readonly #speed: 'max' | number
  readonly #span: number
  readonly #clock: FeedClock
  /** Wall time at which the next bar is due, was due the last time, and the start of that bar; not for `max`. */
  #due: number | undefined
  #lastDue = 0
  #previous: number | undefined

  /** @param span timeframe of the bars, ms */
  constructor(speed: 'max' | number, span: number, clock: FeedClock) {
    this.#speed = speed
    this.#span = span
    this.#clock = clock
  }

  /** Milliseconds of wall time until the bar that starts at `time` is due; 0 or less: now. */
  waitFor(time: number): number {
    if (this.#speed === 'max') return 0
    const now = this.#clock.now()
    this.#due ??= this.#previous === undefined ? now : this.#lastDue + this.#pause(time - this.#previous) / this.#speed
    return this.#due - now
  }

  /** Takes note that the bar that was waited for has been given out. */
  given(time: number): void {
    if (this.#due === undefined) return
    const now = this.#clock.now()
    this.#lastDue = now - this.#due > LARGEST_BACKLOG_MS ? now : this.#due
    this.#due = undefined
    this.#previous = time
  }

  /** Market time to let pass between two bars that start `since` apart. */
  #pause(since: number): number {
    return since > LONGEST_WAIT_MS ? Math.min(since, this.#span) : since
  }
}
