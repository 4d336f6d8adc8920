import { normalCdf, normalPdf } from './normal.ts'
import { gaussLegendre } from './quadrature.ts'

/** An American put with strike 1. */
export type UnitPut = Readonly<{ years: number; rate: number; dividend: number; volatility: number }>

const POINTS = 40

/**
 * The times u at which the equation looks back on the boundary, as parts of the time it stands at: u = τ sin²θ. Both √u
 * and √(τ - u), which is what the integrands depend on, are then smooth in θ, where the points are Gauss–Legendre.
 */
export const LOOK_BACK = lookBack()

function lookBack() {
  const { points, weights } = gaussLegendre(POINTS)
  const angle = points.map((point) => (point * Math.PI) / 2)
  const rest = angle.map(Math.cos)
  return {
    size: POINTS,
    /** u / τ */
    part: angle.map((theta) => Math.sin(theta) ** 2),
    /** √((τ - u) / τ) */
    rest,
    weights: weights.map((weight, k) => weight * Math.PI * Math.sin(angle[k]!) * rest[k]!),
  }
}

/** What the equation leaves over at one time, and how that changes with the boundary. */
export type BoundaryResidual = {
  value: number
  /** Per change of the boundary's logarithm at this time. */
  own: number
  /** Per change of the boundary's logarithm at each of the times it looks back on. */
  past: Float64Array
}

/**
 * The smooth-pasting equation of the exercise boundary B of a put at time to expiry τ: at the boundary the delta of the
 * option is -1. It is "FP-A", N/D = B, written as B·D - N, with everything discounted to now.
 *
 * @param time     τ, years
 * @param boundary logarithm of B(τ)
 * @param past     logarithm of B at the times of LOOK_BACK
 * @param into     where the answer is written
 * @see Andersen, Lake and Offengenden, "High-performance American option pricing", J. Comput. Finance 20 (2016), §3
 */
export function boundaryResidual(
  put: UnitPut,
  time: number,
  boundary: number,
  past: Float64Array,
  into: BoundaryResidual,
): void {
  const { rate, dividend, volatility } = put
  const drift = rate - dividend + (volatility * volatility) / 2
  const spot = Math.exp(boundary)
  const deviation = volatility * Math.sqrt(time)
  const plus = (boundary + drift * time) / deviation
  const minus = plus - deviation
  const above = (Math.exp(-rate * time) * normalPdf(minus)) / deviation
  const below = (spot * Math.exp(-dividend * time) * normalPdf(plus)) / deviation
  const hedge = spot * Math.exp(-dividend * time) * normalCdf(plus)
  let value = below + hedge - above
  let own = 2 * below + hedge - (plus * below - minus * above) / deviation
  const { size, rest, weights } = LOOK_BACK
  for (let k = 0; k < size; k++) {
    const span = time * rest[k]! * rest[k]!
    const spread = deviation * rest[k]!
    const upper = (boundary - past[k]! + drift * span) / spread
    const lower = upper - spread
    const earned = (rate * time * weights[k]! * Math.exp(-rate * span) * normalPdf(lower)) / spread
    const paid = dividend * time * weights[k]! * Math.exp(-dividend * span) * spot
    const steep = (paid * normalPdf(upper)) / spread
    const flat = paid * normalCdf(upper)
    const slope = steep + (earned * lower - steep * upper) / spread
    value += flat + steep - earned
    own += flat + steep + slope
    into.past[k] = -slope
  }
  into.value = value
  into.own = own
}
