/**
 * Weight of a neighbour by its distance: 1 at the question, 0 at the reach.
 *
 * The reach is that of the farthest neighbour asked for, so that it adapts to how dense the pool is there.
 *
 * @param distance 0 or more
 * @param reach    0 where all neighbours are exactly alike: then each counts in full
 * @see Cleveland, "Robust locally weighted regression and smoothing scatterplots", JASA 74 (1979): tricube
 */
export function tricube(distance: number, reach: number): number {
  if (reach <= 0) return 1
  const share = distance / reach
  if (share >= 1) return 0
  const inner = 1 - share * share * share
  return inner * inner * inner
}
