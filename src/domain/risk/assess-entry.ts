import type { Reason } from '../decision/decision.ts'
import { lots, type Lots, type MinorUnits } from '../units/units.ts'

/** Limits of one account. Money in minor units of the instrument's currency. */
export type RiskLimits = Readonly<{
  maxPositionLots: number
  maxOrderLots: number
  maxTradesPerDay: number
  /** Realised net loss of a session at which entries stop; 0 means no limit. */
  maxDailyLossMinor: MinorUnits
}>

/** What the account stands at when an entry is judged. */
export type Exposure = Readonly<{
  /** Signed lots. */
  position: Lots
  /** Lots of entry orders that may still fill, unknown ones included. */
  workingEntryLots: Lots
  tradesToday: number
  /** Realised P&L of the session after fees, minor units. */
  realizedTodayMinor: MinorUnits
}>

export type EntryVerdict =
  | Readonly<{ kind: 'allowed'; quantity: Lots; reasons: readonly Reason[] }>
  | Readonly<{ kind: 'denied'; reasons: readonly Reason[] }>

/**
 * Judges an entry of `wanted` lots against every limit and tells all reasons, not the first.
 *
 * A limit on size shrinks the entry (with a reason); a limit on whether to trade at all denies it.
 */
export function assessEntry(wanted: Lots, exposure: Exposure, limits: RiskLimits): EntryVerdict {
  const denied: Reason[] = []
  const shrunk: Reason[] = []
  const taken = Math.abs(exposure.position) + exposure.workingEntryLots
  const room = Math.max(0, limits.maxPositionLots - taken)
  if (breachesDailyLoss(exposure.realizedTodayMinor, limits))
    denied.push({ code: 'daily-loss', text: `realised loss today has reached the limit of the account` })
  if (exposure.tradesToday >= limits.maxTradesPerDay)
    denied.push({ code: 'max-trades', text: `${exposure.tradesToday} trades today, at most ${limits.maxTradesPerDay}` })
  if (room === 0)
    denied.push({ code: 'max-position', text: `${taken} lots held or working, at most ${limits.maxPositionLots}` })
  if (wanted === 0) denied.push({ code: 'size-zero', text: 'one lot would already risk more than allowed per trade' })
  if (wanted > limits.maxOrderLots)
    shrunk.push({ code: 'max-order', text: `${wanted} lots wanted, at most ${limits.maxOrderLots} an order` })
  if (Math.min(wanted, limits.maxOrderLots) > room && room > 0)
    shrunk.push({ code: 'max-position', text: `room for ${room} of ${wanted} lots, at most ${limits.maxPositionLots}` })
  if (denied.length > 0) return { kind: 'denied', reasons: [...denied, ...shrunk] }
  return { kind: 'allowed', quantity: lots(Math.min(wanted, limits.maxOrderLots, room)), reasons: shrunk }
}

/** True when the session's realised loss has reached the limit. */
export function breachesDailyLoss(realizedTodayMinor: MinorUnits, limits: RiskLimits): boolean {
  return limits.maxDailyLossMinor > 0 && realizedTodayMinor <= -limits.maxDailyLossMinor
}
