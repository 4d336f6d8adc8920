import { clipR } from './estimate.ts'
import { weightedMedian } from './weighted-median.ts'

/** What a contributor gave to a cell, in sums. */
export type Record = { count: number; sumR: number; weight: number }

/** A record shorter than this says too little of who made it. */
const LONG_ENOUGH = 10
/** Fewer records than this can't say who is odd. */
const ENOUGH = 5
/** Median absolute deviations (as standard deviations) that a mean may be away from the middle of the means. */
const FARTHEST = 3
const MAD_TO_SIGMA = 1.482_602_218_505_602
/** Honest traders differ by this much at least, R. */
const LEAST_SPREAD = 0.15
/** Spread of a single trade, R: a short record strays by chance. */
const TRADE_SPREAD = 1.2

export function addToRecord(record: Record, r: number): void {
  record.count++
  record.sumR += clipR(r)
}

/**
 * Contributors whose trades of a cell, taken together, don't fit with what the others saw there: they are not heard.
 *
 * The middle is the median of their means, so that it stays with the honest while these are the larger half.
 *
 * @param records   by contributor
 * @param strangers those without a licence: they are held against the middle, and have no say in where it is, because
 *                  there may be any number of them
 * @returns the numbers of the odd ones
 */
export function oddContributors(
  records: ReadonlyMap<number, Readonly<Record>>,
  strangers: ReadonlySet<number> = new Set(),
): ReadonlySet<number> {
  const long = [...records].filter(([, { count, weight }]) => count >= LONG_ENOUGH && weight > 0)
  const judges = long.filter(([contributor]) => !strangers.has(contributor))
  if (judges.length < ENOUGH) return new Set()
  const means = judges.map(([, record]) => meanOf(record))
  const weights = judges.map(([, { weight }]) => weight)
  const middle = weightedMedian(means, weights)
  const spread = Math.max(
    LEAST_SPREAD,
    MAD_TO_SIGMA *
      weightedMedian(
        means.map((mean) => Math.abs(mean - middle)),
        weights,
      ),
  )
  return new Set(
    long
      .filter(([, record]) => {
        const allowed = FARTHEST * Math.max(spread, TRADE_SPREAD / Math.sqrt(record.count))
        return Math.abs(meanOf(record) - middle) > allowed
      })
      .map(([contributor]) => contributor),
  )
}

const meanOf = ({ sumR, count }: Readonly<Record>) => sumR / count
