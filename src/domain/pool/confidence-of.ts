import type { Estimate } from './estimate.ts'
import { wilsonLowerBound } from './wilson.ts'

/** Win rates outside these are never what a setup breaks even at. */
const LEAST_BREAK_EVEN = 0.1
const MOST_BREAK_EVEN = 0.9

/**
 * Confidence of an estimate: the lower bound of its win rate, mapped so that 0.5 is where it breaks even.
 *
 * What a trade wins and loses on average says which win rate that is: loss / (win + loss). Below it the bound is
 * stretched over 0..0.5, above it over 0.5..1, so that setups with far and near targets compare.
 */
export function confidenceOf(estimate: Estimate): number {
  const bound = wilsonLowerBound(estimate.winRate, estimate.size)
  const even = breakEven(estimate)
  return bound < even ? (0.5 * bound) / even : 0.5 + (0.5 * (bound - even)) / (1 - even)
}

/** Win rate at which the average win and the average loss cancel out. */
export function breakEven({ win, loss }: Pick<Estimate, 'win' | 'loss'>): number {
  return Math.min(MOST_BREAK_EVEN, Math.max(LEAST_BREAK_EVEN, loss / (win + loss)))
}
