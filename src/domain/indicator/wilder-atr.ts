import { restoreInto, snapshotOf } from './indicator-state.ts'

const SEEN = 0
const LAST_CLOSE = 1
const AVERAGE = 2

/**
 * Average true range with Wilder's smoothing, in the unit of the prices. The first true range is high − low, the first
 * average the plain mean of `period` true ranges. Ready after `period` bars.
 *
 * @see Wilder, "New Concepts in Technical Trading Systems" (1978)
 */
export class WilderAtr {
  readonly #period: number
  readonly #pace: number
  readonly #state = new Float64Array(3)

  constructor(period: number) {
    this.#period = period
    this.#pace = 1 / period
  }

  push(high: number, low: number, close: number): void {
    const state = this.#state
    const seen = state[SEEN]!
    const last = state[LAST_CLOSE]!
    state[LAST_CLOSE] = close
    if (seen < this.#period) {
      state[SEEN] = seen + 1
      state[AVERAGE]! += seen === 0 ? high - low : trueRange(high, low, last)
      if (seen + 1 === this.#period) state[AVERAGE]! /= this.#period
      return
    }
    state[AVERAGE]! += (trueRange(high, low, last) - state[AVERAGE]!) * this.#pace
  }

  get ready(): boolean {
    return this.#state[SEEN]! >= this.#period
  }

  /** Meaningless until ready. */
  get value(): number {
    return this.#state[AVERAGE]!
  }

  snapshot(): number[] {
    return snapshotOf(this.#state)
  }

  /** @throws {RangeError} not a snapshot of an ATR */
  restore(snapshot: readonly number[]): void {
    restoreInto(this.#state, snapshot)
  }
}

function trueRange(high: number, low: number, lastClose: number): number {
  return Math.max(high, lastClose) - Math.min(low, lastClose)
}
