import type { Decision, Reason } from '../decision/decision.ts'
import type { EpochMs } from '../units/units.ts'
import type { ClientOrderId } from './order.ts'
import type { OrderRecord } from './order-record.ts'
import type { TradeCommand, TradeOutcome } from './trade-command.ts'
import type { TradePlan } from './trade-plan.ts'

/** A call of the trading service as it is kept: who asked for what, and what was written because of it. */
export type TradeCallRecord = Readonly<{
  /** Names the call for good: the same one again is answered from here. */
  signalId: string
  at: EpochMs
  accountId: string
  userId: string
  /** Decider as the context names it. */
  signature: string
  command: TradeCommand
  /** Orders written with it; of a cancel or change, the order it is about. */
  orders: readonly ClientOrderId[]
  reasons: readonly Reason[]
  /** Where the call ended without an order, or its answer is not told by what became of its orders. */
  outcome?: TradeOutcome
}>

/** What the trading service keeps beside orders. Writes only inside `transact`, but for the one that says otherwise. */
export interface TradeStore {
  tradeCall(signalId: string): TradeCallRecord | undefined
  /** @param decision what the call decided, under the call's own name; one that is known already is left as it is */
  insertTradeCall(record: TradeCallRecord, decision?: Decision): void
  /**
   * A call, what it decided and the one plain order it decided on, in a statement that is a commit of its own. The order
   * is about to leave: its intent is kept as sent.
   *
   * @returns false where there is more to one of them than such a statement says, or one of their names is known:
   *   nothing was written then
   * @throws {Refused} 'fenced' | 'disk-full' | 'state-corrupt'
   */
  insertOrderedCall(record: TradeCallRecord, decision: Decision, order: OrderRecord): boolean
  /** Keeps how a call ended that could not be known when it was written. */
  endTradeCall(signalId: string, outcome: TradeOutcome): void
  /** Plans that are not done, oldest first. */
  openTradePlans(): readonly TradePlan[]
  /** The plan of a call, whatever it has come to; undefined where the call had none. */
  tradePlan(signalId: string): TradePlan | undefined
  saveTradePlan(plan: TradePlan): void
  /** Every order placed to protect what an entry filled, ended ones included, oldest first. */
  ordersUnder(entry: ClientOrderId): readonly OrderRecord[]
  /** Entries that filled since the symbol was last flat, oldest first. @param held signed lots held of it now */
  entriesHeld(symbol: string, held: number): readonly OrderRecord[]
  /**
   * Lots of the position that orders which were to close one have opened (overshot.ts), and the last of these orders.
   *
   * @param held as above
   * @returns undefined where there are none
   */
  overshot(symbol: string, held: number): Readonly<{ lots: number; by: OrderRecord }> | undefined
  /** Lots of an order whose fills are booked: a status may tell of more before the fills arrive. */
  bookedLots(id: ClientOrderId): number
  /**
   * Orders of this purpose that the broker had acknowledged and did not know any more when they were given up, since the
   * symbol was last flat. @param held as above
   */
  forgottenOrders(symbol: string, purpose: OrderRecord['order']['purpose'], held: number): number
  /** The latest order of this purpose in a symbol, whatever became of it. */
  latestOrder(symbol: string, purpose: OrderRecord['order']['purpose']): OrderRecord | undefined
}
