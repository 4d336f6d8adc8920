/**
 * Neighbours of a question, nearest first; of equal distance the smaller row first. The first `length` of each column
 * count.
 */
export type Neighbours = Readonly<{ rows: ArrayLike<number>; distances: ArrayLike<number>; length: number }>

export type Vector = Float32Array | readonly number[]

/** Port to an exact index of vectors. Rows are numbers that the caller gave, each once. */
export interface NearestNeighbours {
  readonly size: number
  /** @param vector copied; finite */
  add(vector: Vector, row: number): void
  /** Up to `k` nearest by Euclidean distance. Valid until the next call. */
  nearest(query: Vector, k: number): Neighbours
  /** Shows every vector, in any order. @param visit must not keep the vector */
  each(visit: (vector: Vector, row: number) => void): void
  /** Gives memory back that the collector does not see. */
  close?(): void
}
