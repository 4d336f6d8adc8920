import { contractShareOf } from '../instrument/contract-share.ts'
import type { Instrument } from '../instrument/instrument.ts'
import type { RiskLimits } from './risk-limits.ts'
import type { RiskState } from './risk-state.ts'

/** Earlier entries there must be before their mean says anything. */
const LEAST_SIZES = 5

/**
 * Why an entry is far larger than this account's entries are; undefined where it is not. Sizes are compared in contracts,
 * since an account may trade micros and minis, and said in lots of what is judged.
 */
export function beyondUsual(
  quantity: number,
  { sizesMilli }: Pick<RiskState, 'sizesMilli'>,
  { fatFingerMultiple: times }: Pick<RiskLimits, 'fatFingerMultiple'>,
  instrument: Instrument,
): string | undefined {
  const entries = sizesMilli.length
  if (times === 0 || entries < LEAST_SIZES) return undefined
  let sum = 0
  for (const size of sizesMilli) sum += size
  const share = contractShareOf(instrument)
  if (quantity * share * entries <= times * sum) return undefined
  return `${quantity} lots are more than ${times} × the usual ${(sum / entries / share).toFixed(1)}`
}
