/** A polynomial through values at Chebyshev points of [0, 1], the last of which is 0; evaluated in barycentric form. */
export type ChebyshevGrid = Readonly<{
  /** From 1 down to 0. */
  points: Float64Array
  /**
   * What the value at each point counts for at x, written to `into` from `offset` on. The polynomial at x is the sum of
   * these times the values.
   */
  cardinals(x: number, into: Float64Array, offset: number): void
}>

/**
 * @param degree of the polynomial; one point more
 * @see Berrut and Trefethen, "Barycentric Lagrange interpolation", SIAM Review 46 (2004)
 */
export function chebyshevGrid(degree: number): ChebyshevGrid {
  const points = new Float64Array(degree + 1)
  const weights = new Float64Array(degree + 1)
  for (let j = 0; j <= degree; j++) {
    points[j] = (1 + Math.cos((j * Math.PI) / degree)) / 2
    weights[j] = (j % 2 === 0 ? 1 : -1) * (j === 0 || j === degree ? 0.5 : 1)
  }
  return {
    points,
    cardinals(x, into, offset) {
      let sum = 0
      for (let j = 0; j <= degree; j++) {
        const distance = x - points[j]!
        if (distance === 0) {
          into.fill(0, offset, offset + degree + 1)
          into[offset + j] = 1
          return
        }
        sum += into[offset + j] = weights[j]! / distance
      }
      for (let j = 0; j <= degree; j++) into[offset + j]! /= sum
    },
  }
}
