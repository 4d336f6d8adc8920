/**
 * The whole number nearest to a fraction, the even one where two are as near.
 *
 * @param denominator above 0
 */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n
  const magnitude = negative ? -numerator : numerator
  let quotient = magnitude / denominator
  const twice = 2n * (magnitude % denominator)
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) quotient++
  return negative ? -quotient : quotient
}
