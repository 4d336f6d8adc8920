import { restoreInto, snapshotOf } from './indicator-state.ts'

const SEEN = 0
const LAST = 1
const GAIN = 2
const LOSS = 3

/**
 * Relative strength index with Wilder's smoothing: the first averages are plain means of `period` changes, each later
 * one moves by 1/period. Ready after period + 1 closes.
 *
 * @see Wilder, "New Concepts in Technical Trading Systems" (1978)
 */
export class WilderRsi {
  readonly #period: number
  readonly #pace: number
  readonly #state = new Float64Array(4)

  constructor(period: number) {
    this.#period = period
    this.#pace = 1 / period
  }

  push(close: number): void {
    const state = this.#state
    const seen = state[SEEN]!
    const change = close - state[LAST]!
    state[LAST] = close
    if (seen > this.#period) {
      // Without a branch: which way a price moves is what a processor guesses worst.
      const size = Math.abs(change)
      state[GAIN]! += ((size + change) * 0.5 - state[GAIN]!) * this.#pace
      state[LOSS]! += ((size - change) * 0.5 - state[LOSS]!) * this.#pace
      return
    }
    state[SEEN] = seen + 1
    if (seen === 0) return
    if (change > 0) state[GAIN]! += change
    else state[LOSS]! -= change
    if (seen === this.#period) {
      state[GAIN]! /= this.#period
      state[LOSS]! /= this.#period
    }
  }

  get ready(): boolean {
    return this.#state[SEEN]! > this.#period
  }

  /** 0 (only losses) to 100 (only gains); 50 where nothing moved. Meaningless until ready. */
  get value(): number {
    return share(this.#state[GAIN]!, this.#state[LOSS]!)
  }

  /** What `value` would be had every move gone the other way; 100 − value, but rounded the same way. */
  get mirrored(): number {
    return share(this.#state[LOSS]!, this.#state[GAIN]!)
  }

  snapshot(): number[] {
    return snapshotOf(this.#state)
  }

  /** @throws {RangeError} not a snapshot of an RSI */
  restore(snapshot: readonly number[]): void {
    restoreInto(this.#state, snapshot)
  }
}

function share(of: number, other: number): number {
  const both = of + other
  return both > 0 ? (100 * of) / both : 50
}
