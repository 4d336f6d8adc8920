import type { ClientOrderId } from './order.ts'

/** Why a venue books a fill in an option that nobody ordered. */
export type SettlementReason = 'expiry' | 'assignment' | 'exercise'

/**
 * What a fill without an order of ours was for, where the venue says so by the name it gives: it settles options under
 * orders called `expiry-…`, `assignment-…` or `exercise-…`.
 */
export function settlementOf(id: ClientOrderId): SettlementReason | undefined {
  const [reason] = id.split('-', 1)
  return reason !== id && (reason === 'expiry' || reason === 'assignment' || reason === 'exercise') ? reason : undefined
}
