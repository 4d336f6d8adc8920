/** Neighbours of a question, nearest first; of equal distance the smaller row first. */
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

/** Looks at every vector: right by construction, and fast enough for some thousands. */
export function openExactScan(dimensions: number): NearestNeighbours {
  const vectors: number[] = []
  const rows: number[] = []
  const distanceOf = (query: Vector, place: number) => {
    let sum = 0
    for (let i = 0; i < dimensions; i++) {
      // What is stored and asked for is rounded alike, as an index of 32-bit floats does.
      const apart = Math.fround(query[i]!) - vectors[place * dimensions + i]!
      sum += apart * apart
    }
    return Math.sqrt(sum)
  }
  return {
    get size() {
      return rows.length
    },
    add(vector, row) {
      for (let i = 0; i < dimensions; i++) vectors.push(Math.fround(vector[i]!))
      rows.push(row)
    },
    nearest(query, k) {
      const found = rows
        .map((row, place) => ({ row, distance: distanceOf(query, place) }))
        .sort((a, b) => a.distance - b.distance || a.row - b.row)
        .slice(0, k)
      return {
        rows: found.map(({ row }) => row),
        distances: found.map(({ distance }) => distance),
        length: found.length,
      }
    },
    each(visit) {
      for (const [place, row] of rows.entries()) visit(vectors.slice(place * dimensions, (place + 1) * dimensions), row)
    },
  }
}
