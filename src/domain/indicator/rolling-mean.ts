import { restoreInto, snapshotOf } from './indicator-state.ts'

const SEEN = 0
const NEXT = 1
const SUM = 2
const FIRST_VALUE = 3

/** Mean of the last `period` values, the newest included. Ready after `period` values. */
export class RollingMean {
  readonly #period: number
  /** Count, place of the next value, sum, then the values as a ring. */
  readonly #state: Float64Array

  constructor(period: number) {
    this.#period = period
    this.#state = new Float64Array(FIRST_VALUE + period)
  }

  push(value: number): void {
    const state = this.#state
    const place = FIRST_VALUE + state[NEXT]!
    state[SUM]! += value - state[place]!
    state[place] = value
    if (state[SEEN]! < this.#period) state[SEEN]! += 1
    state[NEXT]! += 1
    if (state[NEXT]! === this.#period) this.#wrap()
  }

  get ready(): boolean {
    return this.#state[SEEN]! === this.#period
  }

  /** Meaningless until ready. */
  get value(): number {
    return this.#state[SUM]! / this.#period
  }

  snapshot(): number[] {
    return snapshotOf(this.#state)
  }

  /** @throws {RangeError} not a snapshot of a mean of the same period */
  restore(snapshot: readonly number[]): void {
    restoreInto(this.#state, snapshot)
  }

  /** Adding and taking away lets rounding errors pile up; once a round the sum is made anew. */
  #wrap(): void {
    const state = this.#state
    let sum = 0
    for (let place = FIRST_VALUE; place < state.length; place++) sum += state[place]!
    state[SUM] = sum
    state[NEXT] = 0
  }
}
