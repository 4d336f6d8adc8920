import type { Reason } from '../../domain/decision/decision.ts'
import { clientOrderId, type ClientOrderId } from '../../domain/order/order.ts'
import { overshotLots, type FillBack } from '../../domain/order/overshot.ts'
import type { TradeCommand, TradeOutcome } from '../../domain/order/trade-command.ts'
import { isPlanOpen, type TradePlan } from '../../domain/order/trade-plan.ts'
import type { TradeCallRecord, TradeStore } from '../../domain/order/trade-store.ts'
import { epochMs } from '../../domain/units/units.ts'
import type { Statements } from '../sqlite/late-statements.ts'

type CallRow = {
  signal_id: string
  at: number
  account_id: string
  user_id: string
  signature: string
  command: string
  orders: string
  reasons: string
  outcome: string | null
}

type FillRow = FillBack & { id: string }

/** Calls of the trading service, and the plans of those that take several orders. */
export function tradeQueries(
  db: Statements,
  order: (id: ClientOrderId) => ReturnType<TradeStore['latestOrder']>,
): Omit<TradeStore, 'insertOrderedCall'> {
  const call = db.prepare(
    `SELECT decision_id AS signal_id, at, account_id, user_id, signature, command, orders, coalesce(call_reasons, reasons) AS reasons,
       outcome FROM decisions WHERE decision_id = ? AND command IS NOT NULL
     UNION ALL SELECT * FROM trade_calls WHERE signal_id = ?`,
  )
  // A decision of this name that was not a call's stays as it was; a call of this name is never made again.
  const insertDecided = db.prepare(
    `INSERT INTO decisions (decision_id, at, bar_time, symbol, action, side, quantity, price, confidence, reasons, features,
       account_id, user_id, signature, command, orders, call_reasons, outcome)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (decision_id) DO UPDATE SET account_id = excluded.account_id, user_id = excluded.user_id,
       signature = excluded.signature, command = excluded.command, orders = excluded.orders,
       call_reasons = coalesce(excluded.call_reasons, excluded.reasons), outcome = excluded.outcome
     WHERE command IS NULL`,
  )
  const insertCall = db.prepare(
    `INSERT INTO trade_calls (signal_id, at, account_id, user_id, signature, command, orders, reasons, outcome)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const endCall = db.prepare('UPDATE trade_calls SET outcome = ? WHERE signal_id = ?')
  const endDecided = db.prepare('UPDATE decisions SET outcome = ? WHERE decision_id = ? AND command IS NOT NULL')
  const openPlans = db.prepare('SELECT plan FROM trade_plans WHERE open = 1 ORDER BY seq').pluck()
  const planOf = db.prepare('SELECT plan FROM trade_plans WHERE signal_id = ?').pluck()
  const savePlan = db.prepare(
    `INSERT INTO trade_plans (signal_id, plan, open) VALUES (?, ?, ?)
     ON CONFLICT (signal_id) DO UPDATE SET plan = excluded.plan, open = excluded.open`,
  )
  const latest = db
    .prepare('SELECT client_order_id FROM orders WHERE symbol = ? AND purpose = ? ORDER BY seq DESC LIMIT 1')
    .pluck()
  const under = db.prepare('SELECT client_order_id FROM orders WHERE parent = ? ORDER BY seq').pluck()
  const fillsBack = db.prepare(
    `SELECT f.client_order_id AS id, f.side, f.quantity, o.purpose FROM fills f
     LEFT JOIN orders o ON o.client_order_id = f.client_order_id
     WHERE f.symbol = ? ORDER BY f.seq DESC`,
  )
  const forgotten = db
    .prepare(
      `SELECT count(*) FROM orders WHERE symbol = ? AND purpose = ? AND status = 'abandoned' AND venue_order_id IS NOT NULL
         AND seq > coalesce((SELECT seq FROM orders WHERE client_order_id = ?), 0)`,
    )
    .pluck()
  const booked = db.prepare('SELECT coalesce(sum(quantity), 0) FROM fills WHERE client_order_id = ?').pluck()
  /** Oldest first. */
  const entryIds = (symbol: string, held: number): readonly string[] => {
    const ids = new Set<string>()
    let left = held
    for (const row of fillsBack.iterate(symbol) as Iterable<FillRow>) {
      if (left === 0 || left > 0 !== held > 0) break
      if (row.purpose === 'entry') ids.add(row.id)
      left -= row.side === 'buy' ? row.quantity : -row.quantity
    }
    return [...ids].reverse()
  }
  return {
    tradeCall: (signalId) => {
      const row = call.get(signalId, signalId) as CallRow | undefined
      return row && fromRow(row)
    },
    insertTradeCall: (it, decision) => {
      const { accountId, userId, signature } = it
      const [command, orders] = [JSON.stringify(it.command), JSON.stringify(it.orders)]
      const outcome = it.outcome === undefined ? null : JSON.stringify(it.outcome)
      const reasons = JSON.stringify(it.reasons)
      if (!decision) {
        insertCall.run(it.signalId, it.at, accountId, userId, signature, command, orders, reasons, outcome)
        return
      }
      const { changes } = insertDecided.run(
        it.signalId,
        it.at,
        decision.barTime,
        decision.symbol,
        decision.action,
        decision.side ?? null,
        decision.quantity,
        decision.price,
        decision.confidence,
        decision.reasons === it.reasons ? reasons : JSON.stringify(decision.reasons),
        JSON.stringify(decision.features),
        accountId,
        userId,
        signature,
        command,
        orders,
        decision.reasons === it.reasons ? null : reasons,
        outcome,
      )
      if (changes === 0) throw new Error(`the call ${it.signalId} was made before`)
    },
    endTradeCall: (signalId, outcome) => {
      const text = JSON.stringify(outcome)
      if (endDecided.run(text, signalId).changes === 0) endCall.run(text, signalId)
    },
    openTradePlans: () => (openPlans.all() as string[]).map((text) => JSON.parse(text) as TradePlan),
    tradePlan(signalId) {
      const text = planOf.get(signalId) as string | undefined
      return text === undefined ? undefined : (JSON.parse(text) as TradePlan)
    },
    saveTradePlan: (plan) => void savePlan.run(plan.signalId, JSON.stringify(plan), isPlanOpen(plan) ? 1 : 0),
    ordersUnder: (entry) =>
      (under.all(entry) as string[]).flatMap((id) => {
        const found = order(clientOrderId(id))
        return found ? [found] : []
      }),
    entriesHeld: (symbol, held) => entryIds(symbol, held).flatMap((id) => order(clientOrderId(id)) ?? []),
    overshot: (symbol, held) => {
      const found = overshotLots(held, fillsBack.iterate(symbol) as Iterable<FillRow>)
      const by = found.by && order(clientOrderId(found.by.id))
      return by && { lots: found.lots, by }
    },
    forgottenOrders: (symbol, purpose, held) =>
      forgotten.get(symbol, purpose, entryIds(symbol, held)[0] ?? null) as number,
    bookedLots: (id) => booked.get(id) as number,
    latestOrder: (symbol, purpose) => {
      const id = latest.get(symbol, purpose) as string | undefined
      return id === undefined ? undefined : order(clientOrderId(id))
    },
  }
}

function fromRow(row: CallRow): TradeCallRecord {
  return {
    signalId: row.signal_id,
    at: epochMs(row.at),
    accountId: row.account_id,
    userId: row.user_id,
    signature: row.signature,
    command: JSON.parse(row.command) as TradeCommand,
    orders: JSON.parse(row.orders) as ClientOrderId[],
    reasons: JSON.parse(row.reasons) as Reason[],
    ...(row.outcome === null ? {} : { outcome: JSON.parse(row.outcome) as TradeOutcome }),
  }
}
