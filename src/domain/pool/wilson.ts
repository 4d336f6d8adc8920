/** One-sided 90 %: in nine of ten cases the true rate is above the bound. */
export const WILSON_Z = 1.281_551_565_545

/**
 * Lower end of Wilson's score interval of a rate.
 *
 * @param rate 0..1
 * @param size effective sample size, more than 0
 * @see Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927)
 */
export function wilsonLowerBound(rate: number, size: number, z = WILSON_Z): number {
  const z2 = z * z
  const center = rate + z2 / (2 * size)
  const spread = z * Math.sqrt((rate * (1 - rate)) / size + z2 / (4 * size * size))
  return Math.min(1, Math.max(0, (center - spread) / (1 + z2 / size)))
}

/**
 * Size of an unweighted sample that is worth as much as this weighted one.
 *
 * @param sum    of the weights
 * @param square sum of their squares
 * @see Kish, "Survey Sampling" (1965), §11.7
 */
export function effectiveSize(sum: number, square: number): number {
  return square > 0 ? (sum * sum) / square : 0
}
