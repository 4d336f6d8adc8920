/** Points and weights of a rule for integrals; both arrays are as long. */
export type Quadrature = Readonly<{ points: Float64Array; weights: Float64Array }>

/**
 * Gauss–Legendre on [0, 1]: exact for polynomials up to degree 2 size - 1.
 *
 * @see Press et al., "Numerical Recipes", 3rd ed., section 4.6 (roots by Newton's method)
 */
export function gaussLegendre(size: number): Quadrature {
  const points = new Float64Array(size)
  const weights = new Float64Array(size)
  for (let index = 0; index < size; index++) {
    let x = Math.cos((Math.PI * (index + 0.75)) / (size + 0.5))
    let slope = 1
    for (let step = 0; step < 100; step++) {
      let [last, value] = [1, x]
      for (let n = 2; n <= size; n++) [last, value] = [value, ((2 * n - 1) * x * value - (n - 1) * last) / n]
      slope = (size * (x * value - last)) / (x * x - 1)
      const change = value / slope
      x -= change
      if (Math.abs(change) < 1e-16) break
    }
    points[index] = (1 - x) / 2
    weights[index] = 1 / ((1 - x * x) * slope * slope)
  }
  return { points, weights }
}

/**
 * Tanh-sinh on [0, 1]: its points crowd towards 0 as a geometric series, so that a step anywhere near 0, at whatever
 * scale, is met by as many points. Points whose weight does not count are left out.
 *
 * @param step distance of the points before they are transformed; half of it doubles the digits
 * @see Takahasi and Mori, "Double exponential formulas for numerical integration", Publ. RIMS 9 (1974)
 */
export function tanhSinh(step: number): Quadrature {
  const points: number[] = []
  const weights: number[] = []
  for (let index = -Math.floor(3.6 / step); index * step <= 3.6; index++) {
    const t = index * step
    const stretched = (Math.PI / 2) * Math.sinh(t)
    // 1 / (1 + exp(-2x)) is (1 + tanh x) / 2, without its cancellation near 0.
    const point = 1 / (1 + Math.exp(-2 * stretched))
    const weight = (step * (Math.PI / 2) * Math.cosh(t) * 0.5) / Math.cosh(stretched) ** 2
    if (point === 0 || point === 1 || weight < 1e-20) continue
    points.push(point)
    weights.push(weight)
  }
  return { points: Float64Array.from(points), weights: Float64Array.from(weights) }
}
