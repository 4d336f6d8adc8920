/** Trades that are compared with those before them. */
export const DRIFT_WINDOW = 100
/** Standard errors between the two win rates from which the pool is said to drift. */
const ALARM_Z = 4
/** What came before must be at least so many. */
const LEAST_BEFORE = 100

/** Watches whether the newest trades of a cell win as often as those before: a change of market, or of who contributes. */
export class DriftWatch {
  readonly #recent = new Uint8Array(DRIFT_WINDOW)
  #next = 0
  #seen = 0
  #recentWins = 0
  #beforeWins = 0

  see(won: boolean): void {
    if (this.#seen >= DRIFT_WINDOW) {
      this.#beforeWins += this.#recent[this.#next]!
      this.#recentWins -= this.#recent[this.#next]!
    }
    this.#recent[this.#next] = won ? 1 : 0
    this.#recentWins += won ? 1 : 0
    this.#next = (this.#next + 1) % DRIFT_WINDOW
    this.#seen++
  }

  /** Standard errors between the newest and the ones before; 0 while there are too few (two-proportion z, pooled). */
  get z(): number {
    const before = this.#seen - DRIFT_WINDOW
    if (before < LEAST_BEFORE) return 0
    const pooled = (this.#recentWins + this.#beforeWins) / this.#seen
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / DRIFT_WINDOW + 1 / before))
    return error > 0 ? (this.#recentWins / DRIFT_WINDOW - this.#beforeWins / before) / error : 0
  }

  get alarmed(): boolean {
    return Math.abs(this.z) >= ALARM_Z
  }
}
