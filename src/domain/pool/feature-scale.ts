import { medianOf } from './weighted-median.ts'

/** Features that a cell compares by. */
export const DIMENSIONS = 12
/** A value farther out than this many spreads counts as this far: it is unlike everything, however far it is. */
const FARTHEST = 12
/** Makes the median absolute deviation of a normal distribution its standard deviation (1 / Φ⁻¹(¾)). */
const MAD_TO_SIGMA = 1.482_602_218_505_602

/** How the features of a cell become numbers that compare: names in the order of the vector, middle and spread of each. */
export type FeatureScale = Readonly<{
  names: readonly string[]
  middles: readonly number[]
  /** 0 for a feature that does not vary: it tells nothing and is left out. */
  spreads: readonly number[]
}>

/**
 * The names that speak in a cell: those that most trades have, in the order of the alphabet where they have them alike.
 *
 * @param counts trades that have each name
 */
export function namesOf(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, DIMENSIONS)
    .map(([name]) => name)
}

/**
 * Scale from samples, by median and median absolute deviation, so that a few wild values move nothing. A feature whose
 * deviation is 0 for most but not all (a flag that is rarely set) takes its standard deviation instead.
 *
 * @param columns values of each name, without those that lack it
 * @see Huber, "Robust Statistics" (1981), §5.1
 */
export function scaleOf(names: readonly string[], columns: readonly Float64Array[]): FeatureScale {
  const middles = columns.map((column) => medianOf(column))
  const spreads = columns.map((column, index) => {
    const middle = middles[index]!
    const deviation = medianOf(column.map((value) => Math.abs(value - middle))) * MAD_TO_SIGMA
    return deviation > 0 ? deviation : standardDeviation(column)
  })
  return { names, middles, spreads }
}

/** Writes the vector of a setup: a missing feature is 0, the middle of what others had. */
export function standardise(scale: FeatureScale, features: Readonly<Record<string, number>>, into: Float32Array): void {
  into.fill(0)
  for (let i = 0; i < scale.names.length; i++) {
    const value = features[scale.names[i]!]
    const spread = scale.spreads[i]!
    if (value === undefined || spread === 0) continue
    into[i] = Math.min(FARTHEST, Math.max(-FARTHEST, (value - scale.middles[i]!) / spread))
  }
}

/** What a vector says of a feature: the value it came from, as far as it was not cut. */
export function unscaled(scale: FeatureScale, vector: Float32Array | readonly number[], place: number): number {
  return scale.middles[place]! + vector[place]! * scale.spreads[place]!
}

function standardDeviation(column: Float64Array): number {
  if (column.length === 0) return 0
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length
  return Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length)
}
