import type { EpochMs, Lots, MinorUnits } from '../units/units.ts'
import type { ClientOrderId } from './order.ts'

/**
 * Orders that follow one another, written down before the first is sent: each is sent when the one before has filled,
 * sized to what it filled. After a crash the plan goes on where it was.
 */
export type TradePlan = Readonly<{
  /** The call it belongs to. */
  signalId: string
  kind: 'legs' | 'reverse'
  steps: readonly PlanStep[]
  /** Market time at which a step that has not filled is given up. */
  deadline: EpochMs
  state: PlanState
  /** Why it is unwound or has failed; '' while all is well. */
  reason: string
  /** Most that one unit may cost, minor units; checked before the first leg is sent. */
  netLimitMinor?: MinorUnits
}>

export type PlanStep = Readonly<{
  clientOrderId: ClientOrderId
  symbol: string
  /** Lots of this leg in one unit of the whole. */
  ratio: Lots
  /** The order that takes back what this leg has filled, should a later one fail. */
  unwindId: ClientOrderId
  /** Lots that earlier tries have taken back. */
  unwound?: Lots
}>

/**
 * `opening`: steps are sent one after another. `unwinding`: what filled is taken back. `done` and `unwound` are ends.
 */
export type PlanState = 'opening' | 'unwinding' | 'done' | 'unwound'

export function isPlanOpen({ state }: TradePlan): boolean {
  return state === 'opening' || state === 'unwinding'
}
