/**
 * First derivative by differences of fourth order.
 *
 * @param side `above` where the function is not defined below x
 * @see Abramowitz and Stegun, "Handbook of Mathematical Functions", table 25.2
 */
export function slopeOf(
  value: (x: number) => number,
  x: number,
  step: number,
  side: 'around' | 'above' = 'around',
): number {
  if (side === 'around')
    return (8 * (value(x + step) - value(x - step)) - (value(x + 2 * step) - value(x - 2 * step))) / (12 * step)
  return (
    (-25 * value(x) +
      48 * value(x + step) -
      36 * value(x + 2 * step) +
      16 * value(x + 3 * step) -
      3 * value(x + 4 * step)) /
    (12 * step)
  )
}
