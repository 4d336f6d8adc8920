import type { CellRows } from './cell-rows.ts'
import { growing } from './growing.ts'

const FIRST_CAPACITY = 64

/** Neighbours of a question, nearest first, as far as an estimate needs to know them: the first `count` of each column. */
export class Witnesses {
  count = 0
  rows = new Uint32Array(FIRST_CAPACITY)
  distances = new Float64Array(FIRST_CAPACITY)
  /** Number of the contributor, and of the instrument. */
  contributors = new Uint32Array(FIRST_CAPACITY)
  instruments = new Uint32Array(FIRST_CAPACITY)
  /** 0..1, by who vouches for it. */
  weights = new Float64Array(FIRST_CAPACITY)
  /** R. */
  results = new Float64Array(FIRST_CAPACITY)

  add(rows: CellRows, row: number, distance: number): void {
    if (this.count === this.rows.length) this.#grow()
    const place = this.count++
    this.rows[place] = row
    this.distances[place] = distance
    this.contributors[place] = rows.contributor(row)
    this.instruments[place] = rows.instrument(row)
    this.weights[place] = rows.weight(row)
    this.results[place] = rows.r(row)
  }

  #grow(): void {
    const capacity = 2 * this.count
    this.rows = growing(new Uint32Array(capacity), this.rows)
    this.distances = growing(new Float64Array(capacity), this.distances)
    this.contributors = growing(new Uint32Array(capacity), this.contributors)
    this.instruments = growing(new Uint32Array(capacity), this.instruments)
    this.weights = growing(new Float64Array(capacity), this.weights)
    this.results = growing(new Float64Array(capacity), this.results)
  }
}
