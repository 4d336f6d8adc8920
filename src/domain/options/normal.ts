const SQRT_2PI = 2.5066282746310002

/** Density of the standard normal distribution. Keeps its relative accuracy far out, as normalCdf does. */
export function normalPdf(x: number): number {
  return expOfMinusHalfSquare(Math.abs(x)) / SQRT_2PI
}

/**
 * Probability that a standard normal variable is at most x; relative error below 1e-14 on both sides, down to the
 * smallest number a double can hold (x = -37.5), 0 below it. Infinite arguments are allowed.
 *
 * @see Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), in the form of his
 *      ANORM: "Algorithm 715: SPECFUN", ACM TOMS 19 (1993); his coefficients are written as the nearest doubles
 */
export function normalCdf(x: number): number {
  const y = Math.abs(x)
  if (y <= 0.67448975) return 0.5 + x * centre(x * x)
  const tail = expOfMinusHalfSquare(y) * (y <= 5.656854249492381 ? middle(y) : far(y))
  return x > 0 ? 1 - tail : tail
}

/**
 * normalCdf(-y) / exp(-y²/2): the tail beyond y without its steep factor, so that tails too thin for a double can
 * still be compared.
 *
 * @param y at least -8, where the steep factor itself ends to be a number worth dividing by
 */
export function scaledTail(y: number): number {
  if (y <= 0.67448975) return normalCdf(-y) * Math.exp(0.5 * y * y)
  return y <= 5.656854249492381 ? middle(y) : far(y)
}

/**
 * exp(-y²/2) without the error of rounding y² first, which the exponential would make y² times as large: y is split
 * into sixteenths, whose square is exact, and a rest.
 */
function expOfMinusHalfSquare(y: number): number {
  if (y < 3) return Math.exp(-0.5 * y * y)
  if (y > 38.6) return 0
  const coarse = Math.trunc(y * 16) / 16
  return Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * (y - coarse) * (y + coarse))
}

function centre(y: number): number {
  const above =
    (((0.06568233791820745 * y + 2.2352520354606837) * y + 161.02823106855587) * y + 1067.6894854603709) * y +
    18154.98125334356
  const below = (((y + 47.202581904688245) * y + 976.0985517377767) * y + 10260.932208618979) * y + 45507.78933502673
  return above / below
}

function middle(y: number): number {
  const above =
    (((((((1.0765576773720192e-8 * y + 0.39894151208813466) * y + 8.883149794388377) * y + 93.50665613217785) * y +
      597.2702763948002) *
      y +
      2494.5375852903726) *
      y +
      6848.190450536283) *
      y +
      11602.65143764735) *
      y +
    9842.714838383978
  const below =
    (((((((y + 22.266688044328117) * y + 235.387901782625) * y + 1519.3775994075547) * y + 6485.558298266761) * y +
      18615.571640885097) *
      y +
      34900.95272114598) *
      y +
      38912.00328609327) *
      y +
    19685.429676859992
  return above / below
}

function far(y: number): number {
  const z = 1 / (y * y)
  const above =
    ((((0.023073441764940174 * z + 0.215898534057957) * z + 0.12740116116024736) * z + 0.022235277870649807) * z +
      0.0014216191932278934) *
      z +
    2.9112874951168793e-5
  const below =
    ((((z + 1.284260096144911) * z + 0.4682382124808651) * z + 0.06598813786892856) * z + 0.0037823963320275824) * z +
    7.297515550839662e-5
  return (1 / SQRT_2PI - (z * above) / below) / y
}
