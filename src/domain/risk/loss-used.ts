import { minorUnits, type MinorUnits } from '../units/units.ts'
import { dayResult } from './judge-worth.ts'
import type { RiskLimits } from './risk-limits.ts'
import { drawdownFloor, type RiskState } from './risk-state.ts'

/** How much of a limit on losses is used up, minor units. */
export type LossUsed = Readonly<{
  rule: 'daily-loss' | 'trailing-drawdown'
  usedMinor: MinorUnits
  limitMinor: MinorUnits
}>

/**
 * The limit on losses that an account is nearest to.
 *
 * @returns undefined where the account has no such limit
 */
export function lossUsed(state: RiskState, equityMinor: number, limits: RiskLimits): LossUsed | undefined {
  const { maxDailyLossMinor, trailingDrawdownMinor } = limits
  const daily =
    maxDailyLossMinor > 0 ? used('daily-loss', -dayResult(state, equityMinor, limits), maxDailyLossMinor) : undefined
  if (trailingDrawdownMinor <= 0) return daily
  const room = equityMinor - drawdownFloor(state, limits)
  const drawdown = used('trailing-drawdown', trailingDrawdownMinor - room, trailingDrawdownMinor)
  return daily && shareOf(daily) >= shareOf(drawdown) ? daily : drawdown
}

function used(rule: LossUsed['rule'], usedMinor: number, limitMinor: number): LossUsed {
  return { rule, usedMinor: minorUnits(Math.max(0, usedMinor)), limitMinor: minorUnits(limitMinor) }
}

function shareOf({ usedMinor, limitMinor }: LossUsed): number {
  return usedMinor / limitMinor
}
