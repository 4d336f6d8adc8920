import { restoreInto, snapshotOf } from './indicator-state.ts'

const BARS = 0
const ORIGIN = 1
const WEIGHT = 2
/** Weighted mean of high + low + close − 3·origin. */
const MEAN = 3
/** Weighted sum of squared distances from that mean. */
const SPREAD = 4
/** 1 once a bar of the session had volume. */
const BY_VOLUME = 5

/** Which band a bar traded beyond and closed back inside of. */
export type BandBounce = 'none' | 'lower' | 'upper' | 'both'

/**
 * Volume-weighted average of the typical price (high + low + close) / 3 since `reset`, and its volume-weighted
 * standard deviation (of the population). Bars count alike until one has volume; from then on only volume counts.
 *
 * Prices are whole ticks measured from the session's first close, three times the typical price is a whole number
 * too, and mean and spread are updated by West's method: no large squares are ever subtracted from each other, and a
 * session turned upside down gives exactly the opposite numbers.
 *
 * @see West, "Updating mean and variance estimates: an improved method", CACM 22 (1979)
 */
export class SessionVwap {
  readonly #bandSigma: number
  readonly #state = new Float64Array(6)

  /** @param bandSigma distance of the bands from the VWAP, standard deviations */
  constructor(bandSigma: number) {
    this.#bandSigma = bandSigma
  }

  reset(): void {
    this.#state.fill(0)
  }

  /** @param volume 0 or more, in any unit */
  push(high: number, low: number, close: number, volume: number): void {
    const state = this.#state
    if (state[BARS]! === 0) state[ORIGIN] = close
    state[BARS]! += 1
    let weight = 1
    if (volume > 0) {
      weight = volume
      if (state[BY_VOLUME]! === 0) this.#forgetEqualWeights()
    } else if (state[BY_VOLUME]! === 1) return

    const origin = state[ORIGIN]!
    const typical = high - origin + (low - origin) + (close - origin)
    const distance = typical - state[MEAN]!
    const total = state[WEIGHT]! + weight
    const mean = state[MEAN]! + (distance * weight) / total
    state[WEIGHT] = total
    state[MEAN] = mean
    state[SPREAD]! += weight * distance * (typical - mean)
  }

  /**
   * Whether a bar (the newest one pushed, as a rule) traded beyond a band and closed strictly inside it again. 'none'
   * while there is no deviation to measure by.
   *
   * Reads the state itself and answers with a constant: a double that crosses a call V8 did not inline is allocated.
   */
  bounce(high: number, low: number, close: number): BandBounce {
    const state = this.#state
    const weight = state[WEIGHT]!
    const reach = weight > 0 ? (this.#bandSigma * Math.sqrt(state[SPREAD]! / weight)) / 3 : 0
    if (!(reach > 0)) return 'none'
    // Measured from the origin, so that a market turned upside down gives the opposite to the last bit.
    const origin = state[ORIGIN]!
    const offset = state[MEAN]! / 3
    const lower = offset - reach
    const upper = offset + reach
    const at = close - origin
    const offLower = low - origin < lower && at > lower
    const offUpper = high - origin > upper && at < upper
    if (offLower) return offUpper ? 'both' : 'lower'
    return offUpper ? 'upper' : 'none'
  }

  /** Bars since the reset. */
  get bars(): number {
    return this.#state[BARS]!
  }

  /** The price that offsets are measured from: the session's first close, ticks. */
  get origin(): number {
    return this.#state[ORIGIN]!
  }

  /** VWAP − origin, ticks. */
  get offset(): number {
    return this.#state[MEAN]! / 3
  }

  /** VWAP, ticks. */
  get value(): number {
    return this.#state[ORIGIN]! + this.#state[MEAN]! / 3
  }

  /** Standard deviation of the typical price around the VWAP, ticks; 0 before there is any. */
  get sigma(): number {
    const weight = this.#state[WEIGHT]!
    return weight > 0 ? Math.sqrt(this.#state[SPREAD]! / weight) / 3 : 0
  }

  snapshot(): number[] {
    return snapshotOf(this.#state)
  }

  /** @throws {RangeError} not a snapshot of a VWAP */
  restore(snapshot: readonly number[]): void {
    restoreInto(this.#state, snapshot)
  }

  #forgetEqualWeights(): void {
    const state = this.#state
    state[WEIGHT] = 0
    state[MEAN] = 0
    state[SPREAD] = 0
    state[BY_VOLUME] = 1
  }
}
