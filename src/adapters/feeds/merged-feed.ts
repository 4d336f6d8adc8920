import type { CancelSignal } from '../../domain/cancel/cancel-signal.ts'
import type { Feed, FeedStep } from '../../domain/feed/feed.ts'
import type { Bar } from '../../domain/market/bar.ts'
import type { FeedClock } from './feed-clock.ts'
import type { ReplayPace } from './replay-pace.ts'

export type MergeOptions = Readonly<{
  /** In the order that decides between bars of the same time. */
  feeds: readonly Feed[]
  /**
   * Set for bars of the past, in which no bar is given before an earlier one of another feed: when each is due. Real time
   * waits for nobody: an instrument without a trade in a minute has no bar of it.
   */
  replay: ReplayPace | undefined
  clock: FeedClock
}>

/**
 * Several instruments in one feed, in order of time, those of the same time in the order of the feeds; `lane` tells which
 * of them the last bar was of. The same bars always come in the same order, wherever a feed begins.
 */
export function openMergedFeed(options: MergeOptions): Feed & { readonly lane: number } {
  return new MergedFeed(options)
}

class MergedFeed implements Feed {
  readonly #feeds: readonly Feed[]
  readonly #replay: ReplayPace | undefined
  readonly #clock: FeedClock
  /** The next bar of each feed, where it is here. */
  readonly #heads: (Bar | undefined)[]
  readonly #ended: boolean[]
  #lane = 0
  /** The head of `#lane` was given out: its feed may be asked for another. */
  #taken = false

  constructor({ feeds, replay, clock }: MergeOptions) {
    this.#feeds = feeds
    this.#replay = replay
    this.#clock = clock
    this.#heads = feeds.map(() => undefined)
    this.#ended = feeds.map(() => false)
  }

  get lane(): number {
    return this.#lane
  }

  poll(): Bar | undefined {
    const first = this.#first()
    if (first < 0) return undefined
    const bar = this.#heads[first]!
    if (this.#replay) {
      if (this.#replay.waitFor(bar.time) > 0) return undefined
      this.#replay.given(bar.time)
    }
    this.#lane = first
    this.#taken = true
    return bar
  }

  async next(signal: CancelSignal): Promise<FeedStep> {
    for (;;) {
      if (signal.aborted) return { kind: 'aborted' }
      const bar = this.poll()
      if (bar) return { kind: 'bar', bar }
      const first = this.#first()
      if (first >= 0 && this.#replay) {
        await this.#clock.sleep(this.#replay.waitFor(this.#heads[first]!.time), signal)
        continue
      }
      if (this.#ended.every(Boolean)) return { kind: 'ended' }
      const trouble = await this.#waitForAny(signal)
      if (trouble) return trouble
    }
  }

  close(): void {
    for (const feed of this.#feeds) feed.close()
    this.#heads.fill(undefined)
    this.#ended.fill(true)
  }

  beside(lane: number): Bar | undefined {
    const head = this.#heads[lane]
    return this.#taken && lane !== this.#lane && head?.time === this.#heads[this.#lane]?.time ? head : undefined
  }

  /** Index of the earliest bar that may be given now; -1 when one must wait. */
  #first(): number {
    if (this.#taken) {
      this.#heads[this.#lane] = undefined
      this.#taken = false
    }
    let missing = this.#fill()
    // A minute may have ended between two looks: a bar of the first feed must not come after its twin of the second.
    if (!this.#replay && missing > 0 && missing < this.#heads.length) missing = this.#fill()
    if (this.#replay && missing > 0) return -1
    let first = -1
    let earliest = Number.POSITIVE_INFINITY
    // Counted, because an iterator for every bar would be garbage for every bar.
    for (let lane = 0; lane < this.#heads.length; lane++) {
      const head = this.#heads[lane]
      if (!head || head.time >= earliest) continue
      first = lane
      earliest = head.time
    }
    return first
  }

  /** Asks every feed without a head for one. @returns how many have none and have not ended */
  #fill(): number {
    let missing = 0
    for (let lane = 0; lane < this.#feeds.length; lane++) {
      if (this.#heads[lane] || this.#ended[lane]) continue
      const bar = this.#feeds[lane]!.poll()
      if (bar) this.#heads[lane] = bar
      else missing++
    }
    return missing
  }

  /** Waits until one of the feeds has something. @returns what the caller must know of */
  async #waitForAny(signal: CancelSignal): Promise<FeedStep | undefined> {
    const others = new AbortController()
    const abort = () => others.abort()
    signal.addEventListener('abort', abort, { once: true })
    const waits = this.#feeds.flatMap((feed, lane) =>
      this.#heads[lane] || this.#ended[lane] ? [] : [feed.next(others.signal).then((step) => ({ lane, step }))],
    )
    await Promise.race(waits)
    abort()
    signal.removeEventListener('abort', abort)
    let told: FeedStep | undefined
    for (const { lane, step } of await Promise.all(waits)) {
      if (step.kind === 'bar') this.#heads[lane] = step.bar
      else if (step.kind === 'ended') this.#ended[lane] = true
      else if (step.kind === 'trouble') told = step
    }
    return told
  }
}
