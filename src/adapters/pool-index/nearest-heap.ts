import type { Neighbours } from '../../domain/pool/nearest-neighbours.ts'

/** What was found: nearest first, equal distances by row number. It is the caller's own. */
export type Nearest = Neighbours &
  Readonly<{
    rows: Uint32Array
    /** Euclidean, in the unit of the vectors. */
    distances: Float32Array
  }>

/** Keeps the k nearest of what it is offered: a heap with the farthest on top. */
export class NearestHeap {
  /** Squared distance that a vector must not exceed to be kept; infinite while fewer than k are there. */
  worst = Number.POSITIVE_INFINITY
  #most = 0
  #size = 0
  #squares = new Float32Array(0)
  #rows = new Uint32Array(0)

  /** Empty again, for the `most` nearest. */
  reset(most: number): void {
    this.#most = most
    this.#size = 0
    this.worst = Number.POSITIVE_INFINITY
    if (this.#rows.length >= most) return
    this.#squares = new Float32Array(most)
    this.#rows = new Uint32Array(most)
  }

  /** Whether it would be kept. */
  wants(square: number, row: number): boolean {
    if (this.#size < this.#most) return true
    return square < this.worst || (square === this.worst && row < this.#rows[0]!)
  }

  /** @param square squared distance, finite; one that `wants` said yes to */
  keep(square: number, row: number): void {
    if (this.#size < this.#most) this.#rise(this.#size++, square, row)
    else this.#sink(square, row, this.#size)
    if (this.#size === this.#most) this.worst = this.#squares[0]!
  }

  /** All of it, nearest first; it must be reset after that. */
  drain(): Nearest {
    const size = this.#size
    for (let last = size - 1; last > 0; last--) {
      const square = this.#squares[last]!
      const row = this.#rows[last]!
      this.#squares[last] = this.#squares[0]!
      this.#rows[last] = this.#rows[0]!
      this.#sink(square, row, last)
    }
    const rows = this.#rows.slice(0, size)
    const distances = new Float32Array(size)
    for (let at = 0; at < size; at++) distances[at] = Math.sqrt(this.#squares[at]!)
    return { rows, distances, length: size }
  }

  #rise(from: number, square: number, row: number): void {
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.#isFarther(square, row, above)) break
      this.#move(above, at)
      at = above
    }
    this.#squares[at] = square
    this.#rows[at] = row
  }

  /** Puts it in the place of the top of the first `size`. */
  #sink(square: number, row: number, size: number): void {
    const squares = this.#squares
    const rows = this.#rows
    let at = 0
    for (let below = 1; below < size; below = 2 * at + 1) {
      if (below + 1 < size) {
        const left = squares[below]!
        const right = squares[below + 1]!
        // A number, not a branch: which child is farther no processor can guess.
        below += Number(right > left)
        if (left === right && rows[below + 1]! > rows[below]!) below++
      }
      const other = squares[below]!
      if (square > other || (square === other && row > rows[below]!)) break
      squares[at] = other
      rows[at] = rows[below]!
      at = below
    }
    squares[at] = square
    rows[at] = row
  }

  #isFarther(square: number, row: number, at: number): boolean {
    const other = this.#squares[at]!
    return square > other || (square === other && row > this.#rows[at]!)
  }

  #move(from: number, to: number): void {
    this.#squares[to] = this.#squares[from]!
    this.#rows[to] = this.#rows[from]!
  }
}
