/**
 * The value below and above which lies half of the weight, interpolated between the middles of neighbouring weights, so
 * that a small change of one weight or value is a small change of the answer.
 *
 * @param values  at least one
 * @param weights of each, more than 0
 */
export function weightedMedian(values: readonly number[], weights: readonly number[]): number {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]! || a - b)
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2
  let below = 0
  let lastMiddle = 0
  let lastValue = values[order[0]!]!
  for (const [place, index] of order.entries()) {
    const weight = weights[index]!
    const middle = below + weight / 2
    const value = values[index]!
    if (middle >= half) {
      if (place === 0 || middle === lastMiddle) return value
      return lastValue + ((value - lastValue) * (half - lastMiddle)) / (middle - lastMiddle)
    }
    below += weight
    lastMiddle = middle
    lastValue = value
  }
  return lastValue
}

/** Middle of unweighted numbers; 0 of none. Sorts what it is given. */
export function medianOf(values: Float64Array): number {
  if (values.length === 0) return 0
  values.sort()
  const upper = values.length >> 1
  return values.length % 2 === 1 ? values[upper]! : (values[upper - 1]! + values[upper]!) / 2
}
