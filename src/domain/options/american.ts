import { refuse } from '../failure/refusal.ts'
import type { UnitPut } from './boundary-equation.ts'
import { certainAmericanValue } from './certain-american.ts'
import { CERTAIN, europeanValue } from './european.ts'
import { solveExerciseBoundary, type ExerciseBoundary } from './exercise-boundary.ts'
import { normalCdf, normalPdf } from './normal.ts'
import type { OptionType, OptionValue } from './option-pricing.ts'
import { tanhSinh } from './quadrature.ts'
import { slopeOf } from './slope.ts'

/** Many, because just above the boundary the integrands step within a very short time. */
const PREMIUM_RULE = tanhSinh(1 / 32)

/**
 * American option on a spot with a dividend yield.
 *
 * The price is the European one plus the worth of exercising early, an integral along the exercise boundary; a call is
 * the put with spot and strike, rate and dividend exchanged. Price, delta, gamma and theta come from that formula and
 * are exact to some 1e-8 of the strike (a few 1e-8 where years × volatility² exceeds 10); vega and rho are differences
 * of neighbouring prices, exact to some 1e-6 of the strike. Where the option is best exercised now, its price is what
 * that brings, and only delta is not 0.
 *
 * @throws {Refused} setting-invalid: dividend < rate < 0 for a put, rate < dividend < 0 for a call. There the option is
 *         exercised between two boundaries, which this method does not cover
 * @see Kim, "The analytic valuation of American options", Rev. Financial Studies 3 (1990); McDonald and Schroder, "A
 *      parity result for American options", J. Comput. Finance 1 (1998)
 */
export function americanValue(
  type: OptionType,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividend: number,
  volatility: number,
  /** What rho moves: the rate alone, or with it the dividend yield, which keeps the forward where it is. */
  rhoOf: 'spot' | 'forward' = 'spot',
): OptionValue {
  if (volatility * Math.sqrt(years) <= CERTAIN)
    return certainAmericanValue(type, spot, strike, years, rate, dividend, rhoOf)
  const [earned, paid] = type === 'put' ? [rate, dividend] : [dividend, rate]
  if (isNeverExercisedEarly(earned, paid, years)) {
    const value = europeanValue(type, spot, strike, years, rate, dividend, volatility)
    return rhoOf === 'spot' ? value : { ...value, rho: -years * value.price }
  }
  if (hasTwoBoundaries(earned, paid)) refuseTwoBoundaries(type)
  const unit = type === 'put' ? strike : spot
  const x = type === 'put' ? spot / strike : strike / spot
  const put: UnitPut = { years, rate: earned, dividend: paid, volatility }
  const boundary = boundaryOf(put)
  const sign = type === 'call' ? 1 : -1
  if (Math.log(x) <= boundary.logAt(years))
    return { price: sign * (spot - strike), delta: sign, gamma: 0, vega: 0, theta: 0, rho: 0 }

  const { price: unitPrice, delta: unitDelta, gamma: unitGamma } = unitValue(put, x, boundary)
  const price = unit * unitPrice
  const delta = type === 'put' ? unitDelta : unitPrice - x * unitDelta
  const gamma = type === 'put' ? unitGamma / strike : (x * x * unitGamma) / spot
  const drift = rate - dividend
  const theta = rate * price - drift * spot * delta - (volatility * volatility * spot * spot * gamma) / 2
  const priceOf = (changed: UnitPut) =>
    isNeverExercisedEarly(changed.rate, changed.dividend, years)
      ? unit * europeanValue('put', x, 1, years, changed.rate, changed.dividend, changed.volatility).price
      : unit * unitValue(changed, x, boundaryOf(changed, boundary.solution)).price
  const vega = slopeOf((at) => priceOf({ ...put, volatility: at }), volatility, volatility / 100)
  return { price, delta, gamma, vega, theta, rho: rhoOfPut() }

  function rhoOfPut(): number {
    const withRate = (at: number): UnitPut =>
      rhoOf === 'forward' ? { ...put, rate: at, dividend: at } : { ...put, [type === 'put' ? 'rate' : 'dividend']: at }
    const step = Math.min(1e-4, Math.max(Math.abs(rate) / 4, 1e-5))
    const lowest = withRate(rate - 2 * step)
    const oneSided = hasTwoBoundaries(lowest.rate, lowest.dividend)
    return slopeOf((at) => priceOf(withRate(at)), rate, step, oneSided ? 'above' : 'around')
  }
}

/**
 * The price alone of one American option at many spots: its boundary does not depend on the spot, and finding it is most
 * of the work.
 *
 * @throws {Refused} setting-invalid: as {@link americanValue}
 */
export function americanPriceBySpot(
  type: OptionType,
  strike: number,
  years: number,
  rate: number,
  dividend: number,
  volatility: number,
): (spot: number) => number {
  if (volatility * Math.sqrt(years) <= CERTAIN)
    return (spot) => certainAmericanValue(type, spot, strike, years, rate, dividend, 'spot').price
  const [earned, paid] = type === 'put' ? [rate, dividend] : [dividend, rate]
  if (isNeverExercisedEarly(earned, paid, years))
    return (spot) => europeanValue(type, spot, strike, years, rate, dividend, volatility).price
  if (hasTwoBoundaries(earned, paid)) refuseTwoBoundaries(type)
  const put: UnitPut = { years, rate: earned, dividend: paid, volatility }
  const priceAt = unitPriceBySpot(put, boundaryOf(put))
  return (spot) => (type === 'put' ? strike * priceAt(spot / strike) : spot * priceAt(strike / spot))
}

/** @throws {Refused} setting-invalid: the iteration does not settle */
function boundaryOf(put: UnitPut, start?: Float64Array): ExerciseBoundary {
  return (
    solveExerciseBoundary(put, start) ??
    refuse(
      'setting-invalid',
      'The moment of early exercise cannot be found for these numbers.',
      'Ask for the European price, or for less extreme years, rate, dividend or volatility.',
    )
  )
}

/**
 * Exercising early earns nothing, or so little until expiry that it does not show in the price: it is worth less than
 * the interest on the strike.
 */
function isNeverExercisedEarly(earned: number, paid: number, years: number): boolean {
  return earned <= 0 ? earned <= paid : paid >= 0 && earned * years < 1e-12
}

function hasTwoBoundaries(earned: number, paid: number): boolean {
  return earned < 0 && paid < earned
}

function refuseTwoBoundaries(type: OptionType): never {
  const [low, high] = type === 'put' ? ['dividend', 'rate'] : ['rate', 'dividend']
  refuse(
    'setting-invalid',
    `An American ${type} cannot be priced while ${low} is below ${high} and ${high} is below 0.`,
    `Give a ${high} of at least 0, a ${low} of at least the ${high}, or ask for the European price.`,
  )
}

/** Price, delta and gamma of the put with strike 1 at spot x. */
function unitValue(
  put: UnitPut,
  x: number,
  boundary: ExerciseBoundary,
): { price: number; delta: number; gamma: number } {
  const { years, rate, dividend, volatility } = put
  const european = europeanValue('put', x, 1, years, rate, dividend, volatility)
  const drift = rate - dividend + (volatility * volatility) / 2
  const log = Math.log(x)
  if (log <= boundary.logAt(years)) return { price: 1 - x, delta: -1, gamma: 0 }
  let [premium, delta, gamma] = [0, 0, 0]
  const { points, weights } = PREMIUM_RULE
  for (let k = 0; k < points.length; k++) {
    const angle = (points[k]! * Math.PI) / 2
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
    const time = years * sine * sine
    const spread = volatility * Math.sqrt(years) * sine
    const plus = (log - boundary.logAt(years * cosine * cosine) + drift * time) / spread
    const minus = plus - spread
    const weight = weights[k]! * Math.PI * years * sine * cosine
    const earned = weight * rate * Math.exp(-rate * time)
    const paid = weight * dividend * Math.exp(-dividend * time)
    const [dense, densePaid] = [(earned * normalPdf(minus)) / (x * spread), (paid * normalPdf(plus)) / spread]
    const hedge = paid * normalCdf(-plus)
    premium += earned * normalCdf(-minus) - x * hedge
    delta += densePaid - dense - hedge
    gamma += (dense * plus - densePaid * (plus - spread)) / (x * spread)
  }
  return {
    price: Math.max(european.price + Math.max(0, premium), 1 - x),
    delta: european.delta + delta,
    gamma: european.gamma + gamma,
  }
}

/** The price that {@link unitValue} gives, at many spots: what does not depend on the spot is worked out once. */
function unitPriceBySpot(put: UnitPut, boundary: ExerciseBoundary): (x: number) => number {
  const { years, rate, dividend, volatility } = put
  const drift = rate - dividend + (volatility * volatility) / 2
  const { points, weights } = PREMIUM_RULE
  const nodes = Array.from(points, (point, k) => {
    const angle = (point * Math.PI) / 2
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
    const time = years * sine * sine
    const weight = weights[k]! * Math.PI * years * sine * cosine
    return {
      shift: drift * time - boundary.logAt(years * cosine * cosine),
      spread: volatility * Math.sqrt(years) * sine,
      earned: weight * rate * Math.exp(-rate * time),
      paid: weight * dividend * Math.exp(-dividend * time),
    }
  })
  const exercisedBelow = boundary.logAt(years)
  return (x) => {
    const log = Math.log(x)
    if (log <= exercisedBelow) return 1 - x
    let premium = 0
    for (const { shift, spread, earned, paid } of nodes) {
      const plus = (log + shift) / spread
      premium += earned * normalCdf(spread - plus) - x * paid * normalCdf(-plus)
    }
    return Math.max(europeanValue('put', x, 1, years, rate, dividend, volatility).price + Math.max(0, premium), 1 - x)
  }
}
