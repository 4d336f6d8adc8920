import { boundaryResidual, LOOK_BACK, type UnitPut } from './boundary-equation.ts'
import { chebyshevGrid, type ChebyshevGrid } from './chebyshev.ts'
import { solveLinearSystem } from './linear-system.ts'

/** Where an American put with strike 1 is exercised: at and below a price that depends on the time to expiry. */
export type ExerciseBoundary = Readonly<{
  /** Logarithm of the boundary at a time to expiry, years. */
  logAt(years: number): number
  /** For the boundary of an option that differs little, to begin with. */
  solution: Float64Array
}>

/** Fewer points are less exact and converge more surely; the first that converge are taken. */
const GRIDS = [24, 12, 8].map(chebyshevGrid)
const MOST_STEPS = 40
const CONVERGED = 1e-11

/**
 * Finds the exercise boundary of a put for which there is exactly one: rate above 0, or rate 0 and dividend below 0.
 *
 * The unknown is H = ln²(B/X), X being the boundary just before expiry, as a polynomial in a variable that is √τ at
 * first and bends where the boundary nears that of a perpetual option. H is found by Newton's method on all points at
 * once: the fixed-point iterations of the literature diverge for low rates, long times and small volatilities.
 *
 * @param start solution of a similar put
 * @returns undefined when the iteration does not settle
 * @see Andersen, Lake and Offengenden, "High-performance American option pricing", J. Comput. Finance 20 (2016), §5
 */
export function solveExerciseBoundary(put: UnitPut, start?: Float64Array): ExerciseBoundary | undefined {
  for (const grid of GRIDS) {
    const solved =
      (start?.length === grid.points.length ? solveOn(grid, put, start) : undefined) ?? solveOn(grid, put, undefined)
    if (solved) return solved
  }
  return undefined
}

function solveOn(grid: ChebyshevGrid, put: UnitPut, start: Float64Array | undefined): ExerciseBoundary | undefined {
  const size = grid.points.length - 1
  const scale = timeScale(put)
  const times = grid.points.map((point, i) => (i === 0 ? put.years : scale.time(point)))
  const top = Math.log(highestBoundary(put))
  const solution = start?.slice() ?? guess(put, times, top)
  const shares = new Float64Array(size * LOOK_BACK.size * (size + 1))
  for (let i = 0; i < size; i++)
    for (let k = 0; k < LOOK_BACK.size; k++)
      grid.cardinals(scale.point(times[i]! * LOOK_BACK.part[k]!), shares, (i * LOOK_BACK.size + k) * (size + 1))

  for (let step = 0; step < MOST_STEPS; step++) {
    const change = newtonStep(put, times, top, shares, solution)
    if (!Number.isFinite(change)) return undefined
    if (change < CONVERGED) return { logAt: (years) => evaluate(grid, scale.point(years), top, solution), solution }
  }
  return undefined
}

/** Improves the solution in place; returns the largest change of √H. */
function newtonStep(
  put: UnitPut,
  times: Float64Array,
  top: number,
  shares: Float64Array,
  solution: Float64Array,
): number {
  const size = times.length - 1
  const past = new Float64Array(LOOK_BACK.size)
  const roots = new Float64Array(LOOK_BACK.size)
  const residual = { value: 0, own: 0, past: new Float64Array(LOOK_BACK.size) }
  const rows: Float64Array[] = []
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < LOOK_BACK.size; k++) {
      const from = (i * LOOK_BACK.size + k) * (size + 1)
      let square = 0
      for (let j = 0; j < size; j++) square += shares[from + j]! * solution[j]!
      roots[k] = square > 0 ? Math.sqrt(square) : 0
      past[k] = top - roots[k]!
    }
    const root = Math.sqrt(solution[i]!)
    boundaryResidual(put, times[i]!, top - root, past, residual)
    const row = new Float64Array(size + 1)
    for (let k = 0; k < LOOK_BACK.size; k++) {
      if (roots[k] === 0) continue
      const from = (i * LOOK_BACK.size + k) * (size + 1)
      const slope = -residual.past[k]! / (2 * roots[k]!)
      for (let j = 0; j < size; j++) row[j]! += slope * shares[from + j]!
    }
    row[i]! -= residual.own / (2 * root)
    row[size] = residual.value
    rows.push(row)
  }
  const steps = solveLinearSystem(rows)
  let change = 0
  for (let i = 0; i < size; i++) {
    const before = solution[i]!
    // Not too far at once: the first steps can overshoot, and H stays positive.
    const after = Math.min(before * 4, Math.max(before / 4, before - steps[i]!))
    solution[i] = after
    change = Math.max(change, Math.abs(Math.sqrt(after) - Math.sqrt(before)))
    if (Number.isNaN(after)) return Number.NaN
  }
  return change
}

function evaluate(grid: ChebyshevGrid, point: number, top: number, solution: Float64Array): number {
  const shares = new Float64Array(solution.length)
  grid.cardinals(point, shares, 0)
  let square = 0
  for (let j = 0; j < solution.length; j++) square += shares[j]! * solution[j]!
  return top - Math.sqrt(Math.max(0, square))
}

/** The boundary just before expiry: below it, interest on the strike exceeds the dividends. */
function highestBoundary({ rate, dividend }: UnitPut): number {
  return dividend <= rate ? 1 : rate / dividend
}

/**
 * Times to expiry as points of [0, 1]: √(τ/T) as long as T is short against the time in which the boundary settles, and
 * denser at short times where it is long.
 */
function timeScale({ years, rate, dividend, volatility }: UnitPut) {
  const drift = rate - dividend - (volatility * volatility) / 2
  const pace = (drift * drift) / (4 * volatility * volatility) + rate / 2
  const whole = -Math.expm1(-pace * years)
  return pace * years < 1e-6
    ? { point: (time: number) => Math.sqrt(time / years), time: (point: number) => point * point * years }
    : {
        point: (time: number) => Math.sqrt(-Math.expm1(-pace * time) / whole),
        time: (point: number) => -Math.log1p(-point * point * whole) / pace,
      }
}

/** From the boundary just before expiry down to that of the perpetual put, as steep as it is near expiry. */
function guess({ rate, dividend, volatility }: UnitPut, times: Float64Array, top: number): Float64Array {
  const variance = volatility * volatility
  const drift = rate - dividend - variance / 2
  const power = (-drift - Math.sqrt(drift * drift + 2 * rate * variance)) / variance
  const perpetual = power < 0 ? Math.log(Math.max(1e-6, power / (power - 1))) : Math.log(1e-6)
  const gap = Math.max(1e-12, top - Math.min(top, perpetual))
  const steepness = dividend > rate ? 0.6388 : 2
  return times.map((time) => (gap * -Math.expm1((-steepness * volatility * Math.sqrt(time)) / gap)) ** 2)
}
