import { seededRandom } from './sample-bars.ts'

type Vector = Float32Array | readonly number[]

/** Exact neighbours by the simplest means: every distance, every step rounded to single precision. */
export function nearestByLoop(
  vectors: readonly Vector[],
  query: Vector,
  k: number,
  skip: (row: number) => boolean = () => false,
): { rows: Uint32Array; distances: Float32Array; length: number } {
  const wanted = Float32Array.from(query)
  const found = vectors
    .map((vector, row) => ({ row, square: squaredDistance(Float32Array.from(vector), wanted) }))
    .filter(({ row }) => !skip(row))
    .toSorted((a, b) => a.square - b.square || a.row - b.row)
    .slice(0, k)
  return {
    rows: Uint32Array.from(found, ({ row }) => row),
    distances: Float32Array.from(found, ({ square }) => Math.sqrt(square)),
    length: found.length,
  }
}

/** In four sums, of every fourth feature each. */
function squaredDistance(a: Float32Array, b: Float32Array): number {
  const sums = [0, 0, 0, 0]
  for (const [feature, value] of a.entries()) {
    const gap = Math.fround(value - b[feature]!)
    sums[feature % 4] = Math.fround(sums[feature % 4]! + Math.fround(gap * gap))
  }
  return sums.reduce((all, sum) => Math.fround(all + sum))
}

/** Standard normal vectors, or such around so many centres. */
export function normalVectors({
  count,
  dimensions,
  seed,
  clusters = 0,
}: Readonly<{ count: number; dimensions: number; seed: number; clusters?: number }>): Float32Array[] {
  const random = seededRandom(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const vector = (at: (feature: number) => number) =>
    Float32Array.from({ length: dimensions }, (_, feature) => at(feature))
  const centres = Array.from({ length: clusters }, () => vector(() => 2 * normal()))
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * clusters)]
    return vector((feature) => (centre ? centre[feature]! + 0.3 * normal() : normal()))
  })
}
