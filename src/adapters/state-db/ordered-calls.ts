import type { Decision } from '../../domain/decision/decision.ts'
import type { OrderRecord } from '../../domain/order/order-record.ts'
import type { TradeCallRecord, TradeStore } from '../../domain/order/trade-store.ts'
import type { Statements } from '../sqlite/late-statements.ts'

/** Calls that decide on one plain order: decision, call and order in one statement, and so in a commit of its own. */
export function orderedCalls(db: Statements, generation: number): Pick<TradeStore, 'insertOrderedCall'> {
  const insert = db.prepare(
    `INSERT INTO ordered_calls (generation, decision_id, at, account_id, user_id, signature, command, bar_time, action, price, reasons,
       features, client_order_id, symbol, side, quantity, type, limit_px, stop_px, time_in_force, purpose, confidence, reason)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return {
    insertOrderedCall: (call, decision, record) => {
      if (!isWhole(call, decision, record)) return false
      const { order } = record
      try {
        insert.run(
          generation,
          call.signalId,
          call.at,
          call.accountId,
          call.userId,
          call.signature,
          JSON.stringify(call.command),
          decision.barTime,
          decision.action,
          decision.price,
          JSON.stringify(call.reasons),
          JSON.stringify(decision.features),
          order.clientOrderId,
          order.symbol,
          order.side,
          order.quantity,
          order.type.kind,
          'limitPx' in order.type ? order.type.limitPx : null,
          'stopPx' in order.type ? order.type.stopPx : null,
          order.timeInForce,
          order.purpose,
          record.confidence,
          record.reason,
        )
        return true
      } catch (error) {
        // A decision or an order of this name is there: what that means is for those who write them one by one.
        if (error instanceof Error && 'code' in error && error.code === 'SQLITE_CONSTRAINT_UNIQUE') return false
        throw error
      }
    },
  }
}

/** True where what is written once says it for the call, its decision and its order alike. */
function isWhole(call: TradeCallRecord, decision: Decision, record: OrderRecord): boolean {
  const { order } = record
  return (
    isPlain(record) &&
    call.outcome === undefined &&
    call.reasons === decision.reasons &&
    call.signalId === decision.decisionId &&
    call.signalId === record.signalId &&
    call.signalId === record.decisionId &&
    call.at === decision.at &&
    call.at === record.createdAt &&
    call.at === record.updatedAt &&
    decision.symbol === order.symbol &&
    decision.side === order.side &&
    decision.quantity === order.quantity &&
    decision.confidence === record.confidence &&
    call.orders.length === 1 &&
    call.orders[0] === order.clientOrderId
  )
}

/** An intent that stands alone: nothing is known of it but what it is. */
function isPlain(record: OrderRecord): boolean {
  const { order } = record
  return (
    record.status === 'intent' &&
    record.cumQty === 0 &&
    record.parent === undefined &&
    record.venueOrderId === undefined &&
    record.replaces === undefined &&
    record.cancelReason === undefined &&
    record.trail === undefined &&
    order.bracket === undefined &&
    order.oco === undefined &&
    order.type.kind !== 'trailing-stop'
  )
}
