import type { NearestNeighbours, Vector } from '../../src/domain/pool/nearest-neighbours.ts'

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
